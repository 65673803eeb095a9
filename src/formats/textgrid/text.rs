//! The text formats. Praat reads them as a row of free-standing numbers, quoted texts and flags in angle brackets;
//! everything else between them is for people. So the long and the short format are one.

use super::grid::{Fault, Seconds, Source};

/// Reads a text TextGrid from the first line on.
pub struct TextSource<'a> {
    rest: &'a str,
    line: usize,
    /// Whether the letter before `rest` was white space, or there was none.
    free: bool,
}

/// One thing that counts.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Number(String),
    Text(String),
    Flag(String),
}

impl<'a> TextSource<'a> {
    /// From the start of the file.
    pub fn new(text: &'a str) -> Self {
        Self { rest: text.trim_start_matches('\u{FEFF}'), line: 1, free: true }
    }

    /// File type and object class.
    ///
    /// # Errors
    /// When they are not there.
    pub fn header(&mut self) -> Result<(String, String), Fault> {
        Ok((self.string()?, self.string()?))
    }

    fn fault(&self, problem: impl Into<String>) -> Fault {
        Fault { place: self.place(), problem: problem.into() }
    }

    fn next(&mut self) -> Result<Option<Token>, Fault> {
        while let Some(letter) = self.rest.chars().next() {
            if self.free && letter == '"' {
                return self.quoted().map(Some);
            }
            if self.free && letter == '!' {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.rest = &self.rest[end..];
                continue;
            }
            if letter.is_whitespace() {
                self.line += usize::from(letter == '\n');
                self.free = true;
                self.rest = &self.rest[letter.len_utf8()..];
                continue;
            }
            // A word up to the next white space.
            let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
            let (word, rest) = self.rest.split_at(end);
            self.rest = rest;
            if word.starts_with('<') && word.ends_with('>') {
                return Ok(Some(Token::Flag(word.to_owned())));
            }
            // What starts like a number is one, even when it is none that can be used: then the place of the
            // others stays right.
            let body = word.trim_start_matches(['-', '+']);
            let numeric = body.starts_with(|c: char| c.is_ascii_digit() || c == '.')
                && body.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+'));
            if numeric || matches!(body.to_ascii_lowercase().as_str(), "nan" | "inf" | "undefined--") {
                return Ok(Some(Token::Number(word.to_owned())));
            }
        }
        Ok(None)
    }

    /// A quoted text; a doubled quote in it is one quote.
    fn quoted(&mut self) -> Result<Token, Fault> {
        let fault = self.fault("a text in quotes that never ends");
        let mut text = String::new();
        let mut rest = &self.rest[1..];
        loop {
            let Some(end) = rest.find('"') else { return Err(fault) };
            text.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('"') {
                Some(after) => {
                    text.push('"');
                    rest = after;
                }
                None => break,
            }
        }
        let passed = &self.rest[..self.rest.len() - rest.len()];
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        self.rest = rest;
        self.free = false;
        Ok(Token::Text(text))
    }

    fn expect(&mut self, what: &str) -> Result<Token, Fault> {
        self.next()?.ok_or_else(|| self.fault(format!("the file ends where {what} should stand")))
    }
}

impl Source for TextSource<'_> {
    fn seconds(&mut self) -> Result<Seconds, Fault> {
        match self.expect("a time")? {
            Token::Number(text) => Ok(Seconds::new(text)),
            Token::Text(text) => Err(self.fault(format!("the text {:?} where a time should stand", shorten(&text)))),
            Token::Flag(flag) => Err(self.fault(format!("{} where a time should stand", shorten(&flag)))),
        }
    }
    fn count(&mut self) -> Result<u64, Fault> {
        match self.expect("a count")? {
            Token::Number(text) => text.parse().map_err(|_| self.fault(format!("{} is no count", shorten(&text)))),
            Token::Text(text) | Token::Flag(text) => {
                Err(self.fault(format!("{:?} where a count should stand", shorten(&text))))
            }
        }
    }
    fn string(&mut self) -> Result<String, Fault> {
        match self.expect("a text in quotes")? {
            Token::Text(text) => Ok(text),
            Token::Number(text) | Token::Flag(text) => {
                Err(self.fault(format!("{} where a text in quotes should stand", shorten(&text))))
            }
        }
    }
    fn class(&mut self) -> Result<String, Fault> {
        self.string()
    }
    fn exists(&mut self) -> Result<bool, Fault> {
        match self.expect("<exists>")? {
            Token::Flag(flag) => Ok(flag == "<exists>"),
            Token::Number(text) | Token::Text(text) => {
                Err(self.fault(format!("{:?} where <exists> should stand", shorten(&text))))
            }
        }
    }
    fn place(&self) -> String {
        format!("line {}", self.line)
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() > 40 { text.chars().take(40).chain(['…']).collect() } else { text.to_owned() }
}
