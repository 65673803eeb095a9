//! Headers that are fields: written from them, read into them.

use crate::domain::{LossReport, Media, StreamKind};
use crate::formats::eaf;

use super::NAME;

/// Roles that CHAT knows, of those that others give.
const ROLES: [(&str, &str); 10] = [
    ("speaker", "Speaker"),
    ("interviewer", "Investigator"),
    ("researcher", "Investigator"),
    ("consultant", "Informant"),
    ("informant", "Informant"),
    ("participant", "Participant"),
    ("narrator", "Narrator"),
    ("singer", "Speaker"),
    ("signer", "Speaker"),
    ("recorder", "Camera_Operator"),
];

/// Three-letter codes of the two-letter tags that are read from them.
const LONGER: [(&str, &str); 24] = [
    ("ar", "ara"),
    ("zh", "zho"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("hi", "hin"),
    ("hu", "hun"),
    ("id", "ind"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("ko", "kor"),
    ("nl", "nld"),
    ("no", "nor"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ru", "rus"),
    ("es", "spa"),
    ("sw", "swa"),
    ("sv", "swe"),
    ("tr", "tur"),
    ("vi", "vie"),
    ("sm", "smo"),
];

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// One of `@Participants`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Participant {
    pub code: String,
    pub name: String,
    pub role: String,
}

/// `CHI Adam Target_Child, MOT Mother`.
pub fn participants(text: &str) -> Vec<Participant> {
    let one = |part: &str| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let (code, role) = (words.first()?, words.get(1..).and_then(<[&str]>::last));
        let name = words.get(1..words.len().saturating_sub(1)).unwrap_or_default().join(" ");
        Some(Participant { code: (*code).to_owned(), name, role: role.copied().unwrap_or_default().to_owned() })
    };
    text.split(',').filter_map(one).collect()
}

/// The role as CHAT has it: one word, capitals first.
pub fn role(role: &str) -> String {
    if let Some((_, known)) = ROLES.iter().find(|(name, _)| name.eq_ignore_ascii_case(role)) {
        return (*known).to_owned();
    }
    let is_chat = role.starts_with(|c: char| c.is_ascii_uppercase())
        && role.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    if is_chat { role.to_owned() } else { "Participant".to_owned() }
}

/// The three-letter code of a language.
pub fn language_code(tag: &str) -> String {
    let primary = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
    match LONGER.iter().find(|(short, _)| *short == primary) {
        Some((_, long)) => (*long).to_owned(),
        None if primary.len() == 3 && primary.bytes().all(|b| b.is_ascii_lowercase()) => primary,
        None => "und".to_owned(),
    }
}

/// The tag of the first language of a list of codes.
pub fn language_tag(codes: &str) -> String {
    eaf::language_tag(codes.split(',').next().unwrap_or_default().trim())
}

/// `27-FEB-1974` as `1974-02-27`.
pub fn date(text: &str) -> Option<String> {
    let [day, month, year] = *text.split('-').collect::<Vec<_>>().as_slice() else { return None };
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(month))? + 1;
    let number = |text: &str, length: usize| {
        (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<u32>().ok())?
    };
    let (day, year) = (number(day, 2).filter(|day| (1..=31).contains(day))?, number(year, 4)?);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// `1974-02-27` as `27-FEB-1974`; a date that is less exact has no place in CHAT.
pub fn date_line(date: &str) -> Option<String> {
    let [year, month, day] = *date.split('-').collect::<Vec<_>>().as_slice() else { return None };
    let month = month.parse::<usize>().ok()?.checked_sub(1).and_then(|n| MONTHS.get(n))?;
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    (digits(year, 4) && digits(day, 2)).then(|| format!("{day}-{month}-{year}"))
}

/// The `@Media` line's text for a recording: its name without folder and ending, and what it is.
pub fn media_line(media: &Media) -> String {
    let kept = |key: &str| media.residue.get(NAME).and_then(|r| r.get(key)).and_then(|v| v.as_str());
    if let (Some(path), Some(line)) = (kept("path"), kept("line"))
        && path == media.path
    {
        return line.to_owned();
    }
    let file = media.path.rsplit(['/', '\\']).next().unwrap_or(&media.path);
    let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let video = media.mime.starts_with("video")
        || media.streams.iter().any(|s| s.kind == StreamKind::Video)
        || ["mp4", "mov", "avi", "mkv", "mpg", "mpeg", "m4v", "webm", "mts"].contains(&ending.as_str());
    let kind = if video { "video" } else { "audio" };
    let name: String = name.chars().map(|c| if c.is_whitespace() || c == ',' { '_' } else { c }).collect();
    format!("{name}, {kind}")
}

/// A code for a speaker, from any name: letters and digits, seven at most, not yet taken.
pub fn code(wanted: &str, taken: &[String], report: &mut LossReport) -> String {
    let clean: String = wanted.chars().filter(char::is_ascii_alphanumeric).take(7).collect::<String>().to_uppercase();
    let keeps = !wanted.is_empty()
        && wanted.len() <= 8
        && wanted.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        && !taken.iter().any(|t| t == wanted);
    if keeps {
        return wanted.to_owned();
    }
    let clean = if clean.is_empty() { "SPK".to_owned() } else { clean };
    let numbered =
        (1..).map(|n| if n == 1 { clean.clone() } else { format!("{}{n}", clean.get(..5).unwrap_or(&clean)) });
    let code = { numbered }.find(|code| !taken.contains(code)).unwrap_or(clean);
    report.mapped("codes of speakers", 1, "as CHAT has them: letters and digits, one a main tier");
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_fields() {
        let both = participants("CHI Adam Target_Child, MOT Mother, X");
        assert_eq!((both[0].name.as_str(), both[0].role.as_str()), ("Adam", "Target_Child"));
        assert_eq!((both[1].name.as_str(), both[1].role.as_str()), ("", "Mother"));
        assert_eq!(both[2].role, "");
        assert_eq!(date("27-FEB-1974").as_deref(), Some("1974-02-27"));
        assert_eq!(date_line("1974-02-27").as_deref(), Some("27-FEB-1974"));
        for odd in ["", "1974", "27-XYZ-1974", "99-JAN-1974", "1-JAN-74"] {
            assert_eq!(date(odd), None);
        }
        assert_eq!(date_line("1974-13-01"), None);
        assert_eq!(language_code("en"), "eng");
        assert_eq!(language_code("apy-fonipa"), "apy");
        let mut report = LossReport::default();
        assert_eq!(code("MOT", &["MOT".into()], &mut report), "MOT2");
        assert_eq!(code("A very long name", &[], &mut report), "AVERYLO");
    }
}
