//! SubRip: numbered cues, leniently read.

use super::cue::{Cue, Document};
use super::stamp;

/// Reads a file's text. A cue begins where its times stand, and lasts to the number of the next.
pub fn parse(text: &str) -> Document {
    let lines: Vec<&str> = text.trim_start_matches('\u{FEFF}').lines().map(|l| l.trim_end_matches('\r')).collect();
    let mut document = Document::default();
    let times: Vec<usize> = (0..lines.len()).filter(|n| stamp::timing(lines[*n]).is_some()).collect();
    let odd = lines.iter().filter(|line| line.contains("-->")).count().saturating_sub(times.len());
    if odd > 0 {
        let warning = format!("{odd} lines have --> between what are no times; taken as text of the cue before");
        document.warnings.push(warning);
    }
    let begins = |place: usize| head_of(&lines, place);
    let first = times.first().map_or(lines.len(), |place| begins(*place));
    document.odd += lines[..first].iter().filter(|line| !line.trim().is_empty()).count();
    for (number, place) in times.iter().enumerate() {
        let Some((start, end, settings)) = stamp::timing(lines[*place]) else { continue };
        let until = times.get(number + 1).map_or(lines.len(), |next| begins(*next)).max(place + 1);
        let body: Vec<&str> = lines[place + 1..until].to_vec();
        let full = body.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
        let text: Vec<&str> = body[..full].iter().copied().filter(|line| !line.trim().is_empty()).collect();
        document.gaps += full - text.len();
        document.cues.push(Cue { start, end, settings: settings.to_owned(), text: text.join("\n"), ..Cue::default() });
    }
    document
}

/// The first line of a cue whose times stand at a place: its number, when there is one.
fn head_of(lines: &[&str], place: usize) -> usize {
    let number = place.checked_sub(1).filter(|n| {
        let line = lines[*n].trim();
        !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit())
    });
    // A number that follows a text without an empty line between may be text: it counts when the times need one.
    match number {
        Some(number) if number == 0 || lines[number - 1].trim().is_empty() => number,
        _ => place,
    }
}

/// The file of cues.
pub fn render(cues: &[Cue]) -> String {
    let mut out = String::new();
    for (number, cue) in (1..).zip(cues) {
        if number > 1 {
            out.push('\n');
        }
        let (start, end) = (stamp::format(cue.start.millis(), ','), stamp::format(cue.end.millis(), ','));
        out.push_str(&format!("{number}\n{start} --> {end}"));
        if !cue.settings.is_empty() {
            out.push(' ');
            out.push_str(&cue.settings);
        }
        out.push('\n');
        out.push_str(&cue.text);
        out.push_str(if cue.text.is_empty() { "" } else { "\n" });
    }
    out
}
