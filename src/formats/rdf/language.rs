//! Language tags: what people and programs write, made into BCP 47 that every consumer accepts.

use std::fmt;

/// A well-formed language tag, in canonical letter case.
///
/// Narrower than BCP 47 in what the OntoLex validator does not take: an extended language stands for itself
/// (`zh-yue` becomes `yue`) and private use is one subtag of up to 8 letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    language: String,
    script: String,
    region: String,
    variants: Vec<String>,
    private: String,
}

/// The only languages under which extended language subtags are registered.
const EXTENDED: [&str; 8] = ["ar", "kok", "lv", "ms", "sgn", "sw", "uz", "zh"];

fn all(part: &str, kind: fn(&char) -> bool, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&part.len()) && part.chars().all(|c| kind(&c))
}
fn letters(part: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    all(part, char::is_ascii_alphabetic, lengths)
}
fn digits(part: &str, length: usize) -> bool {
    all(part, char::is_ascii_digit, length..=length)
}

impl Tag {
    /// Reads a tag. What cannot be understood is not dropped but moved to private use: `apy-IPA old` becomes
    /// `apy-fonipa-x-old`, `spoken!` becomes `und-x-spoken`.
    pub(super) fn parse(text: &str) -> Self {
        let lower = text.trim().to_ascii_lowercase();
        let mut parts =
            lower.split(|c: char| c == '-' || c == '_' || c.is_whitespace()).filter(|p| !p.is_empty()).peekable();
        let mut tag = Self {
            language: "und".to_owned(),
            script: String::new(),
            region: String::new(),
            variants: Vec::new(),
            private: String::new(),
        };
        if let Some(first) = parts.next_if(|p| letters(p, 2..=3)) {
            tag.language = first.to_owned();
            if EXTENDED.contains(&first)
                && let Some(extended) = parts.next_if(|p| letters(p, 3..=3))
            {
                tag.language = extended.to_owned();
            }
        }
        let mut private = String::new();
        let mut in_private = false;
        for part in parts {
            let done = tag.variants.is_empty() && !in_private;
            if in_private || part == "x" {
                private.push_str(if part == "x" && !in_private { "" } else { part });
                in_private = true;
            } else if done && tag.script.is_empty() && tag.region.is_empty() && letters(part, 4..=4) {
                tag.script = part[..1].to_ascii_uppercase() + &part[1..];
            } else if done && tag.region.is_empty() && (letters(part, 2..=2) || digits(part, 3)) {
                tag.region = part.to_ascii_uppercase();
            } else if part == "ipa" {
                tag.add_variant("fonipa");
            } else if all(part, char::is_ascii_alphanumeric, 5..=8)
                || (all(part, char::is_ascii_alphanumeric, 4..=4) && part.starts_with(|c: char| c.is_ascii_digit()))
            {
                tag.add_variant(part);
            } else {
                private.push_str(part);
            }
        }
        tag.private = private.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        tag
    }

    fn add_variant(&mut self, variant: &str) {
        if !self.variants.iter().any(|v| v == variant) {
            self.variants.push(variant.to_owned());
        }
    }
    /// The language alone (`apy` of `apy-Latn-fonipa`).
    pub(super) fn language(&self) -> &str {
        &self.language
    }
    /// Whether texts with it are in the International Phonetic Alphabet.
    pub(super) fn is_phonetic(&self) -> bool {
        self.variants.iter().any(|v| v == "fonipa")
    }
    /// The same language in the International Phonetic Alphabet.
    pub(super) fn phonetic(mut self) -> Self {
        self.add_variant("fonipa");
        self
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.language)?;
        for part in [&self.script, &self.region].into_iter().chain(&self.variants).filter(|p| !p.is_empty()) {
            write!(f, "-{part}")?;
        }
        if !self.private.is_empty() {
            write!(f, "-x-{}", self.private)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Tag;

    #[test]
    fn what_people_write_becomes_bcp_47() {
        for (written, tag) in [
            ("apy", "apy"),
            ("EN_us", "en-US"),
            ("kpv-cyrl", "kpv-Cyrl"),
            ("qaa-fonipa", "qaa-fonipa"),
            ("mag-ipa", "mag-fonipa"),
            ("seh-fonipa-x-etic", "seh-fonipa-x-etic"),
            ("en-Zxxx-x-audio", "en-Zxxx-x-audio"),
            ("sl-rozaj-biske-1994", "sl-rozaj-biske-1994"),
            ("zh-yue", "yue"),
            ("qaa-x-kal-audio", "qaa-x-kalaudio"),
            ("x-kal", "und-x-kal"),
            ("spoken!", "und-x-spoken"),
            ("", "und"),
            ("ŋ", "und"),
            ("apy-IPA old", "apy-fonipa-x-old"),
            ("es-419", "es-419"),
        ] {
            assert_eq!(Tag::parse(written).to_string(), tag, "{written}");
        }
    }
}
