//! A sentence as it is now, written over the lines it came from.

use std::collections::HashMap;

use super::block::{Block, DEPREL, DEPS, FORM, HEAD, Id, LEMMA, MISC, Row, Token, comment, escaped, under_of};
use super::{fresh, misc};
use crate::domain::TierRole;
use crate::formats::interlinear::{Column, Sentence, one_line};

/// What could not be carried over.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// Dependencies on words that are gone.
    pub heads: usize,
    /// Multiword tokens whose words changed in number.
    pub ranges: usize,
}

/// The sentence's lines, for words of which some remember the id of the token they were.
pub(super) fn written(old: &Block, now: &Sentence, ids: &[Option<String>], sent_id: &str, lost: &mut Lost) -> String {
    let mut block = Block { comments: old.comments.clone(), leading: old.leading.clone(), ..Block::default() };
    let mut used = vec![false; old.tokens.len()];
    let mut same = old.sound && ids.len() == old.tokens.len();
    for (n, column) in now.words.iter().enumerate() {
        let known = ids
            .get(n)
            .and_then(Option::as_ref)
            .and_then(|id| old.tokens.iter().enumerate().position(|(at, token)| !used[at] && token.id() == *id));
        let token = match known {
            Some(at) => {
                used[at] = true;
                same &= at == n;
                updated(&old.tokens[at], column, lost)
            }
            None => {
                same = false;
                fresh::token(column)
            }
        };
        same &= known.is_some_and(|at| token.surface().cols[FORM] == old.tokens[at].surface().cols[FORM]);
        block.tokens.push(token);
    }
    same &= now.text == old.sentence().text;
    let mut spelled = old.said("text").unwrap_or_default().to_owned();
    if !same {
        spelled = fresh::space(&mut block.tokens, &now.text);
        renumber(&mut block, lost);
    }
    set_comments(&mut block.comments, now, sent_id, &spelled);
    let mut out: Vec<String> = block.comments;
    out.extend(block.leading.iter().map(Row::to_string));
    for token in &block.tokens {
        out.extend(token.range.iter().chain(&token.words).chain(&token.empty).map(Row::to_string));
    }
    out.join("\n")
}

/// A token with what was edited of its word.
fn updated(old: &Token, now: &Column, lost: &mut Lost) -> Token {
    let was = old.column();
    if was == *now {
        return old.clone();
    }
    let mut token = old.clone();
    if token.range.is_some() && was.morphs.len() != now.morphs.len() {
        lost.ranges += 1;
        let mut new = fresh::token(now);
        new.empty.clone_from(&token.empty);
        return new;
    }
    if token.range.is_some() {
        let words = token.words.iter_mut().filter(|row| matches!(row.id, Id::Word(_)));
        for ((row, was), now) in words.zip(&was.morphs).zip(&now.morphs) {
            if was.form != now.form {
                row.cols[FORM] = fresh::or_blank(&now.form);
            }
            if was.gloss != now.gloss {
                row.cols[MISC] = misc::set(&row.cols[MISC], "Gloss", &one_line(&now.gloss));
            }
            if was.citation != now.citation {
                row.cols[LEMMA] = fresh::or_blank(&now.citation);
            }
            if was.category != now.category {
                fresh::set_category(row, &now.category, None, crate::domain::WordKind::Word);
            }
        }
    }
    let new = fresh::token(now);
    let is_range = token.range.is_some();
    if let (Some(row), Some(new)) = (token.surface_mut(), new.words.first()) {
        if was.form != now.form {
            row.cols[FORM].clone_from(&new.cols[FORM]);
        }
        if was.gloss != now.gloss {
            row.cols[MISC] = misc::set(&row.cols[MISC], "Gloss", &one_line(&now.gloss));
        }
        if !is_range {
            if was.category != now.category || was.kind != now.kind {
                fresh::set_category(row, &now.category, None, now.kind);
            }
            if was.morphs != now.morphs {
                for key in ["MSeg", "MGloss"] {
                    let value = misc::get(&new.cols[MISC], key).unwrap_or_default();
                    row.cols[MISC] = misc::set(&row.cols[MISC], key, &value);
                }
                if row.cols[LEMMA] == "_" || !was.morphs.is_empty() {
                    row.cols[LEMMA].clone_from(&new.cols[LEMMA]);
                }
            }
        }
    }
    token
}

/// Numbers the words anew and leads every dependency to where its head is now.
fn renumber(block: &mut Block, lost: &mut Lost) {
    let mut places: HashMap<String, String> = HashMap::from([("0".to_owned(), "0".to_owned())]);
    let (mut word, mut empty) = (0, 0);
    let mut number = |row: &mut Row| {
        let old = row.id;
        match row.id {
            Id::Empty(..) => {
                empty += 1;
                row.id = Id::Empty(word, empty);
            }
            _ => {
                word += 1;
                empty = 0;
                row.id = Id::Word(word);
            }
        }
        // A fresh row has the number 0 until now.
        if old != Id::Word(0) {
            places.insert(old.to_string(), row.id.to_string());
        }
    };
    block.leading.iter_mut().for_each(&mut number);
    for token in &mut block.tokens {
        token.words.iter_mut().for_each(&mut number);
        let of_word = |row: &Row| match row.id {
            Id::Word(n) => Some(n),
            _ => None,
        };
        let ends = (token.words.iter().find_map(of_word), token.words.iter().rev().find_map(of_word));
        if let (Some(range), (Some(first), Some(last))) = (token.range.as_mut(), ends) {
            range.id = Id::Range(first, last);
        }
        token.empty.iter_mut().for_each(&mut number);
    }
    let rows = block.tokens.iter_mut().flat_map(|token| token.words.iter_mut().chain(&mut token.empty));
    for row in block.leading.iter_mut().chain(rows) {
        if row.cols[HEAD] != "_" {
            match places.get(&row.cols[HEAD]) {
                Some(head) => row.cols[HEAD].clone_from(head),
                None => {
                    lost.heads += 1;
                    row.cols[HEAD] = "_".to_owned();
                    row.cols[DEPREL] = "_".to_owned();
                }
            }
        }
        if row.cols[DEPS] != "_" {
            let moved: Option<Vec<String>> = row.cols[DEPS]
                .split('|')
                .map(|dep| {
                    let (head, relation) = dep.split_once(':')?;
                    Some(format!("{}:{relation}", places.get(head)?))
                })
                .collect();
            lost.heads += usize::from(moved.is_none());
            row.cols[DEPS] = moved.map_or_else(|| "_".to_owned(), |deps| deps.join("|"));
        }
    }
}

/// Sets a comment where it stood, or after those that are there; no value takes it out.
fn set(comments: &mut Vec<String>, key: &str, nth: usize, value: Option<&str>) {
    let place = comments
        .iter()
        .enumerate()
        .filter(|(_, line)| comment(line).is_some_and(|(known, _)| known == key))
        .map(|(at, _)| at)
        .nth(nth);
    match (place, value) {
        (Some(at), Some(value)) => {
            if comment(&comments[at]).is_none_or(|(_, was)| was != value) {
                comments[at] = format!("# {key} = {value}");
            }
        }
        (Some(at), None) => drop(comments.remove(at)),
        (None, Some(value)) => comments.push(format!("# {key} = {value}")),
        (None, None) => {}
    }
}

fn set_comments(comments: &mut Vec<String>, now: &Sentence, sent_id: &str, spelled: &str) {
    set(comments, "sent_id", 0, Some(sent_id));
    set(comments, "text", 0, Some(spelled));
    let transcribed = (now.text != spelled).then(|| escaped(&now.text));
    set(comments, "text_as_transcribed", 0, transcribed.as_deref());
    let speaker = Some(one_line(&now.speaker)).filter(|s| !s.is_empty());
    let old_key = comments.iter().any(|line| comment(line).is_some_and(|(key, _)| key == "speaker"));
    set(comments, if old_key { "speaker" } else { "speaker_id" }, 0, speaker.as_deref());
    let millis = |time: crate::domain::Time| time.millis().to_string();
    set(comments, "start_ms", 0, now.span.map(|s| millis(s.start)).as_deref());
    set(comments, "end_ms", 0, now.span.map(|s| millis(s.end)).as_deref());
    // The lines that held something under the sentence take what is there now, in order; the rest goes.
    let mut wanted: Vec<(TierRole, String, String)> = now
        .under
        .iter()
        .map(|u| (u.role, u.language.clone(), one_line(&u.text)))
        .filter(|(.., t)| !t.is_empty())
        .collect();
    comments.retain_mut(|line| {
        let Some((key, value)) = comment(line) else { return true };
        let Some((role, language)) = under_of(key).filter(|_| !value.is_empty()) else { return true };
        match wanted.iter().position(|(r, l, _)| *r == role && l == language) {
            Some(at) => {
                let (.., text) = wanted.remove(at);
                if text != value {
                    *line = format!("# {key} = {text}");
                }
                true
            }
            None => false,
        }
    });
    for (role, language, text) in wanted {
        let key = match (role, language.as_str()) {
            (TierRole::Note, "") => "note".to_owned(),
            (TierRole::Note, language) => format!("note_{language}"),
            (TierRole::LiteralTranslation, language) => {
                format!("literal_{}", if language.is_empty() { "und" } else { language })
            }
            (_, language) => format!("text_{}", if language.is_empty() { "und" } else { language }),
        };
        comments.push(format!("# {key} = {text}"));
    }
}
