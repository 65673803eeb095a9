//! Search over everything people typed, and the way from a hit to where it stands.

use eframe::egui::Ui;
use unicode_normalization::UnicodeNormalization;

use super::Stamp;
use super::query::QueryPart;
use crate::app::command::{Command, SearchCommand, SearchTab};
use crate::app::core::Core;
use crate::app::i18n::tr_args;
use crate::app::place::Place;
use crate::domain::{RecordId, SessionId, Time};
use crate::store::query::EntryRow;
use crate::store::{Hit, StoreError, search_key};
use crate::ui::UiContext;
use crate::ui::icons::Icon;
use crate::ui::palette::PaletteEntry;
use crate::ui::search::{HitGroup, HitLine, SearchModel, SearchState, search_ui};
use crate::ui::shell::StatusItem;

/// At most this many are shown.
const LIMIT: usize = 300;

/// The place.
#[derive(Default)]
pub struct SearchPlace {
    model: SearchModel,
    state: SearchState,
    stamp: Stamp,
    query: QueryPart,
}

impl SearchPlace {
    /// Asks again when the query or the project changed.
    pub fn refresh(&mut self, core: &mut Core) {
        self.query.gather();
        if !self.stamp.is_old(core) {
            return;
        }
        let lines = lines(core, &self.model.query);
        let Some(mut lines) = core.ask(lines) else { return };
        self.model.more = lines.len() >= LIMIT;
        lines.sort_by_key(|line| line.group);
        let stays = lines.iter().any(|line| Some(line.record) == self.model.selected);
        if !stays {
            self.model.selected = lines.first().map(|line| line.record);
        }
        self.model.hits = lines;
    }

    /// Does a command.
    pub fn perform(&mut self, core: &mut Core, command: SearchCommand) {
        match command {
            SearchCommand::Focus => self.state.focus = true,
            SearchCommand::NextHit => self.step(1),
            SearchCommand::PreviousHit => self.step(-1),
            SearchCommand::OpenHit => {
                if let Some(record) = self.model.selected {
                    open(core, record);
                }
            }
            SearchCommand::Query(query) => {
                self.model.query = query;
                self.model.selected = None;
                self.stamp.spoil();
            }
            SearchCommand::Select(record) => self.model.selected = Some(record),
            SearchCommand::Open(record) => open(core, record),
            SearchCommand::ShowTab(tab) => {
                self.model.tab = tab;
                self.state.focus = true;
            }
            SearchCommand::OtherTab => {
                let query = self.model.tab == SearchTab::Query;
                self.model.tab = if query { SearchTab::Words } else { SearchTab::Query };
                self.state.focus = true;
            }
            SearchCommand::WriteQuery(text) => self.query.write(text),
            SearchCommand::RunQuery => self.query.run(core),
            SearchCommand::CopyAnswer => self.query.state.copy = true,
        }
    }

    /// Draws the place.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, _: &Core) {
        let query = (&mut self.query.state, &self.query.model);
        search_ui(ui, cx, &mut self.state, &self.model, query);
    }

    /// How much was found, for the status bar.
    pub fn status(&self) -> Vec<StatusItem> {
        if self.model.query.trim().is_empty() || self.model.tab == SearchTab::Query {
            return Vec::new();
        }
        let count = self.model.hits.len();
        vec![StatusItem::plain(tr_args("search-status", &[("count", count.into())]))]
    }

    fn step(&mut self, by: isize) {
        let hits = &self.model.hits;
        let at = hits.iter().position(|hit| Some(hit.record) == self.model.selected);
        let next = at.map_or(0, |at| at.saturating_add_signed(by)).min(hits.len().saturating_sub(1));
        self.model.selected = hits.get(next).map(|hit| hit.record);
        self.state.scroll = true;
    }
}

/// The palette's line for an entry.
pub fn palette(row: &EntryRow, language: &str) -> PaletteEntry {
    let gloss = row.glosses.first().and_then(|gloss| gloss.best([language])).unwrap_or_default();
    PaletteEntry {
        label: row.headword.first().unwrap_or_default().to_owned(),
        detail: tr_args("search-palette-entry", &[("gloss", gloss.to_owned().into())]),
        icon: Icon::Lexicon,
        command: Command::Search(SearchCommand::Open(row.id.record())),
    }
}

/// Goes to where a record stands.
fn open(core: &mut Core, record: RecordId) {
    let table = core.store.read().searched_table(record);
    let Some(Some(table)) = core.ask(table) else { return };
    let at = core.store.read().whereabouts(&table, record);
    let Some(at) = core.ask(at) else { return };
    if table == "person" {
        core.go(Place::People);
    } else if let Some(lexeme) = at.lexeme {
        core.selection.lexeme = Some(lexeme);
        core.go(Place::Lexicon);
    } else if let Some(session) = at.session {
        core.select_session(session);
        if at.annotation.is_none() {
            core.go(Place::Sessions);
            return;
        }
        core.selection.tier = at.tier;
        core.selection.annotation = at.annotation;
        core.selection.word = at.word;
        if let Some(start) = at.start {
            core.seek(start);
        }
        // A word is read in its line; an utterance with a time is heard.
        let heard = at.word.is_none() && at.start.is_some();
        core.go(if heard { Place::Timeline } else { Place::Interlinear });
    }
}

fn lines(core: &Core, query: &str) -> Result<Vec<HitLine>, StoreError> {
    let read = core.store.read();
    let mut lines = Vec::new();
    for hit in read.search(query, LIMIT)? {
        let Some(group) = group(&hit.table) else { continue };
        let at = read.whereabouts(&hit.table, hit.record)?;
        let mut place = match (group, at.session) {
            (HitGroup::Texts | HitGroup::Words, Some(session)) => session_title(core, session, at.session_name)?,
            _ => String::new(),
        };
        if let Some(start) = at.start {
            place = format!("{place}  {}", clock(start));
        }
        lines.push(line(&hit, group, place, query));
    }
    Ok(lines)
}

fn session_title(core: &Core, session: SessionId, name: String) -> Result<String, StoreError> {
    let session = core.store.read().get::<crate::domain::Session>(session)?;
    Ok(session.map_or(name, |session| super::sessions::title_of(&session, core.analysis_language())))
}

fn group(table: &str) -> Option<HitGroup> {
    Some(match table {
        "annotation" => HitGroup::Texts,
        "word" | "morph" => HitGroup::Words,
        "lexeme" | "sense" | "example" => HitGroup::Entries,
        "session" => HitGroup::Sessions,
        "person" => HitGroup::People,
        _ => return None,
    })
}

/// `0:31.240`.
fn clock(time: Time) -> String {
    let millis = time.millis();
    format!("{}:{:02}.{:03}", millis / 60_000, millis / 1000 % 60, millis % 1000)
}

/// How many characters are shown before the match.
const BEFORE: usize = 48;

fn line(hit: &Hit, group: HitGroup, place: String, query: &str) -> HitLine {
    let flat: String = hit.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = find(&flat, query);
    let Some(found) = found else {
        return HitLine { record: hit.record, group, text: flat, found: None, place };
    };
    // A long text is cut before the match, between words.
    let before = flat[..found.start].char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
    let cut = if before == 0 { 0 } else { flat[before..found.start].find(' ').map_or(before, |at| before + at + 1) };
    let lead = if cut > 0 { "… " } else { "" };
    let shift = |at: usize| at - cut + lead.len();
    HitLine {
        record: hit.record,
        group,
        found: Some(shift(found.start)..shift(found.end)),
        text: format!("{lead}{}", &flat[cut..]),
        place,
    }
}

/// Where a text holds what was typed, as the search compares them: without case, composed or not. The whole query
/// first, else its first word that is there.
fn find(text: &str, query: &str) -> Option<std::ops::Range<usize>> {
    // Each folded character with the byte range of the one it came from.
    let mut folded: Vec<(char, usize, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let lower = std::iter::once(c).nfd().flat_map(char::to_lowercase);
        folded.extend(lower.map(|letter| (letter, at, end)));
    }
    let key = search_key(query);
    let at = |wanted: &str| {
        let wanted: Vec<char> = wanted.chars().collect();
        let windows = folded.windows(wanted.len().max(1));
        windows.into_iter().find(|window| window.iter().map(|(c, ..)| c).eq(&wanted)).and_then(|window| {
            let mut end = window.last()?.2;
            // Marks that belong to the last letter go with it.
            for (c, at, after) in &folded {
                if *at == end && unicode_normalization::char::is_combining_mark(*c) {
                    end = *after;
                }
            }
            Some(window.first()?.1..end)
        })
    };
    if key.is_empty() {
        return None;
    }
    at(&key).or_else(|| key.split(' ').find_map(at))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_match_is_found_whatever_its_case_and_composition() {
        assert_eq!(find("Mame KAIKUXI", "kaikuxi"), Some(5..12));
        // Composed in the text, typed in pieces.
        assert_eq!(find("x ãb", "a\u{303}b"), Some(2..5));
        assert_eq!(find("one two", "two zzz"), Some(4..7));
        assert_eq!(find("one", ""), None);
        assert_eq!(find("", "a"), None);
    }
}
