//! Commands of the place: deciding, going on, naming, looking.

use super::gather::author;
use super::{PeoplePlace, analysis, proposing, stopped};
use crate::app::command::{Command, PeopleCommand};
use crate::app::core::{Core, Message};
use crate::app::edit;
use crate::app::edit::reviews::Verdict;
use crate::app::i18n::tr;
use crate::domain::{Annotation, PersonId, Span, Tag, TagId, TagStatus, Time, TrackId};
use crate::ui::people::{Editor, Naming, Who};

/// A nudge: a frame of film.
const NUDGE: Time = Time::from_millis(40);
/// Before and after a proposal that plays.
const AROUND: Time = Time::from_millis(250);

impl PeoplePlace {
    /// Does a command of this place.
    pub fn perform(&mut self, core: &mut Core, command: PeopleCommand) {
        use PeopleCommand as Do;
        self.dirty = true;
        let Some(command) = self.meant(core, command) else { return };
        if command == Do::ToggleCards || (command == Do::ForgetPrints && self.cards.is_none()) {
            self.toggle_cards(core);
        }
        let Some(command) = self.perform_on_cards(core, command) else { return };
        if matches!(command, Do::Relabel | Do::Retime | Do::Note | Do::Nudge { .. }) {
            // Their editor stands where these do.
            (self.agreeing, self.state.rule, self.cards) = (None, None, None);
        }
        match command {
            Do::PlayProposal => self.play(core),
            Do::NextProposal => self.step(core, 1),
            Do::PreviousProposal => self.step(core, -1),
            Do::Accept => self.decide(core, &Verdict::Accept),
            Do::Reject => self.decide(core, &Verdict::Reject),
            Do::Unsure => self.decide(core, &Verdict::NotAssessable),
            Do::Nudge { start, later } => self.nudge(core, start, later),
            Do::TurnBody { right, up } => self.state.space.step(right, up),
            Do::FaceBody => self.state.space = Default::default(),
            Do::ToggleBlind => self.toggle_blind(core),
            Do::Settle => self.settle(core),
            Do::ToggleAgreement => self.toggle_agreement(),
            // Done above, or nothing without the cards.
            Do::ToggleCards
            | Do::OpenCard(_)
            | Do::NameCard(_)
            | Do::TakeApart(_)
            | Do::DeleteTrack(_)
            | Do::SetConsent { .. }
            | Do::MergePeople { .. }
            | Do::ForgetPrints
            | Do::ForgetPrintsNow
            | Do::ToggleKeepPrints => {}
            Do::Compare { first, second } => self.compare(first, second),
            Do::ShowCell { row, column } => self.show_cell(core, row, column),
            Do::ShowPair(pair) => self.show_pair(core, pair),
            Do::MakeIntervals => self.toggle_rule(core),
            Do::OpenRecipe(name) => self.open_recipe(core, &name),
            Do::SaveRecipe => self.save_recipe(core),
            Do::RunRecipe => self.run_recipe(core, false),
            Do::RunRecipeEverywhere => self.run_recipe(core, true),
            Do::RelabelAs { tag, label } => {
                // Another label keeps the times that were given before.
                let span = self.span_of(core, tag);
                if let Some(span) = span {
                    core.selection.tag = Some(tag);
                    self.decide(core, &Verdict::Change { span, value: label });
                }
            }
            Do::RetimeTo { tag, span } => {
                let value = self.value_of(core, tag);
                core.selection.tag = Some(tag);
                self.decide(core, &Verdict::Change { span, value });
            }
            Do::Relabel => {
                if let Some(tag) = self.selected(core) {
                    self.state.editor = Some(Editor::relabel(&self.value_of(core, tag)));
                }
            }
            Do::Note => {
                if let Some(tag) = self.selected(core) {
                    self.state.editor = Some(Editor::note(&self.note_on(core, tag)));
                }
            }
            Do::NoteAs { tag, note } => {
                if core.edit(|store| edit::reviews::note(store, tag, note.trim())).is_some() {
                    self.state.editor = None;
                }
            }
            Do::Retime => {
                if let Some(tag) = self.selected(core)
                    && let Some(span) = self.span_of(core, tag)
                {
                    self.state.editor = Some(Editor::retime(span));
                }
            }
            Do::WhoSpeaks => proposing::who_speaks(core),
            Do::Calibrate => proposing::calibrate(core),
            Do::ForgetCalibration => proposing::forget_calibration(core),
            Do::MarkNeutral => proposing::mark_neutral(core, self.moment),
            Do::NameTrack => self.open_naming(core),
            Do::AddPerson => self.state.naming = Some(Naming { fresh: true, ..Naming::default() }),
            Do::AddPersonAs { code, track } => {
                core.edit(|store| edit::tags::add_person(store, &code, track));
            }
            Do::AssignTrack { track, person } => self.assign(core, track, person),
            Do::Queue(order) => {
                self.order = order;
                self.first_of_queue(core);
            }
            Do::Everyone => {
                self.who = None;
            }
            Do::SelectPerson(person) => self.only(core, Who::Person(person)),
            Do::SelectTrack(track) => {
                core.selection.track = Some(track);
                self.only(core, Who::Track(track));
            }
            Do::SelectProposal(tag) => core.selection.tag = Some(tag),
            Do::ShowMoment(time) => self.show(core, time),
            Do::Analyse => {
                if self.looking.is_some() {
                    core.messages.push(Message::Note(tr("people-busy")));
                } else {
                    self.state.analyse = analysis::form(core);
                }
            }
            Do::StartAnalysis { models, fps, how } => {
                if self.looking.is_some() {
                    core.messages.push(Message::Note(tr("people-busy")));
                } else {
                    self.state.analyse = None;
                    self.looking = analysis::start(core, models, fps, how);
                }
            }
            Do::ShowLooks => self.list_looks(core),
            Do::ShowLook(run) => self.show_look(core, run),
            Do::ResumeAnalysis => self.resume(core),
            Do::PauseAnalysis => {
                if let Some(looking) = &self.looking {
                    looking.toggle_pause();
                }
            }
            Do::StopRecipe => {
                if let Some(running) = &self.running {
                    running.stop();
                }
            }
            Do::StopAnalysis => {
                if let Some(looking) = &self.looking {
                    looking.stop();
                }
            }
        }
    }

    /// Goes on with the last run over this session that was broken off.
    fn resume(&mut self, core: &mut Core) {
        if self.looking.is_some() {
            core.messages.push(Message::Note(tr("people-busy")));
            return;
        }
        let stopped = stopped::newest(core);
        match stopped {
            Some(stopped) => self.looking = analysis::go_on(core, &stopped),
            None => core.messages.push(Message::Note(tr("people-nothing-stopped"))),
        }
    }

    /// What a command means while a dialog or an editor is open: under a dialog no key decides anything, and Accept
    /// keeps what the editor says.
    fn meant(&self, core: &Core, command: PeopleCommand) -> Option<PeopleCommand> {
        use PeopleCommand as Do;
        if self.state.is_modal() {
            return match (command, &self.state.analyse) {
                (Do::Accept, Some(form)) => form.command(),
                (by_values, _) if Command::People(by_values.clone()).spec().is_none() => Some(by_values),
                _ => None,
            };
        }
        match (&command, &self.state.editor, core.selection.tag) {
            (Do::Accept, Some(editor), Some(tag)) => editor.command(tag),
            _ => Some(command),
        }
    }

    /// The selected proposal; tells the person when there is none.
    fn selected(&self, core: &mut Core) -> Option<TagId> {
        let tag = core.selection.tag.filter(|id| self.review.as_ref().is_some_and(|r| r.tag(*id).is_some()));
        if tag.is_none() {
            core.messages.push(Message::Note(tr("people-nothing-selected")));
        }
        tag
    }

    /// Decides on the selected proposal and goes on to the next open one.
    fn decide(&mut self, core: &mut Core, verdict: &Verdict) {
        let Some(tag) = self.selected(core) else { return };
        let next = self.review.as_ref().and_then(|review| review.next_open(&self.queue, tag));
        if core.edit(|store| edit::reviews::say(store, tag, verdict)).is_some() {
            self.state.editor = None;
            core.selection.tag = next.or(Some(tag));
        }
    }

    fn step(&mut self, core: &mut Core, by: isize) {
        let at = core.selection.tag.and_then(|id| self.queue.iter().position(|known| *known == id));
        let next = match at {
            Some(at) => at.saturating_add_signed(by).min(self.queue.len().saturating_sub(1)),
            None => 0,
        };
        core.selection.tag = self.queue.get(next).copied().or(core.selection.tag);
    }

    fn first_of_queue(&mut self, core: &mut Core) {
        let Some(review) = &self.review else { return };
        self.queue = review.queue(self.order, self.who);
        self.queued = None;
        let open = |id: &&TagId| review.tag(**id).is_some_and(|t| t.status == TagStatus::Proposed);
        // Of an empty queue nothing is shown, least of all a proposal of another one.
        core.selection.tag = self.queue.iter().find(open).or(self.queue.first()).copied();
    }

    fn only(&mut self, core: &mut Core, who: Who) {
        self.who = Some(who);
        self.first_of_queue(core);
    }

    /// The times a proposal was given, or has.
    fn span_of(&self, core: &mut Core, tag: TagId) -> Option<Span> {
        let review = self.review.as_ref()?;
        let tag = review.tag(tag)?;
        let said = review.word_on(tag).filter(|word| word.is_tag()).map(|word| word.span());
        let given = self.annotation_of(core, tag).and_then(|a| a.span()).or(said);
        Some(given.unwrap_or(Span::new(tag.start, tag.end)))
    }

    /// Moves an end of the proposal in the editor of times, which opens for it; Accept keeps what it says.
    fn nudge(&mut self, core: &mut Core, start: bool, later: bool) {
        let Some(tag) = self.selected(core) else { return };
        if !matches!(self.state.editor, Some(Editor::Retime(_))) {
            let Some(span) = self.span_of(core, tag) else { return };
            self.state.editor = Some(Editor::nudged(span));
        }
        if let Some(Editor::Retime(retiming)) = &mut self.state.editor {
            retiming.nudge(start, if later { NUDGE } else { Time(-NUDGE.0) });
        }
    }

    /// The label a proposal was given, or has, as it reads.
    fn value_of(&self, core: &mut Core, tag: TagId) -> String {
        let Some((review, tag)) = self.review.as_ref().and_then(|r| Some((r, r.tag(tag)?))) else {
            return String::new();
        };
        let said = || review.word_on(tag).filter(|word| word.is_tag()).map(|word| word.label.clone());
        let given = self.annotation_of(core, tag).map(|a| a.value).or_else(said);
        given.unwrap_or_else(|| edit::tags::proposed(tag))
    }

    /// What the reviewer noted of it before.
    fn note_on(&self, core: &Core, tag: TagId) -> String {
        let name = author(core);
        let mut notes = self.review.iter().flat_map(|review| review.said().notes(tag));
        notes.find(|said| said.reviewer == name).map(|said| said.note.clone()).unwrap_or_default()
    }

    fn annotation_of(&self, core: &mut Core, tag: &Tag) -> Option<Annotation> {
        let found = core.store.read().get(tag.annotation?);
        core.ask(found)?
    }

    fn open_naming(&mut self, core: &mut Core) {
        let selected = core.selection.track.or(match self.who {
            Some(Who::Track(track)) => Some(track),
            _ => None,
        });
        let track = selected.and_then(|id| self.review.as_ref()?.track(id).cloned());
        let Some((track, review)) = track.zip(self.review.as_ref()) else {
            core.messages.push(Message::Note(tr("people-nothing-selected")));
            return;
        };
        let called = review.name_of(&track).0;
        self.state.naming = Some(Naming { track: Some(track.id), called, text: String::new(), fresh: true });
    }

    fn assign(&mut self, core: &mut Core, track: TrackId, person: Option<PersonId>) {
        let done = core.edit(|store| edit::tags::name_track(store, track, person));
        if done.is_some() && self.who == Some(Who::Track(track)) {
            self.who = person.map(Who::Person);
        }
    }

    fn show(&mut self, core: &mut Core, time: Time) {
        if self.review.is_some() {
            self.moment = time.max(Time::ZERO);
            core.seek(self.moment);
        }
    }

    /// Plays the proposal, from where it was paused within it; or pauses.
    fn play(&mut self, core: &mut Core) {
        let Some(tag) = self.selected(core) else { return };
        let Some((tag, review)) = self.review.as_ref().and_then(|r| Some((r.tag(tag)?, r))) else { return };
        let Some(player) = &core.player else { return };
        if player.media() != review.video.media.id {
            return;
        }
        if player.is_playing() {
            player.pause();
            return;
        }
        let here = player.position();
        // Over and over, with a little before and after; from where it was paused within.
        let span = match &self.state.editor {
            Some(Editor::Retime(retiming)) => retiming.span().unwrap_or(Span::new(tag.start, tag.end)),
            _ => Span::new(tag.start, tag.end),
        };
        player.play_span(Span::new((span.start - AROUND).max(Time::ZERO), span.end + AROUND), true);
        if self.state.editor.is_none() && self.paused_within(tag, here) {
            player.seek(here);
        }
    }

    /// Whether playing stopped in the middle of a proposal.
    fn paused_within(&self, tag: &Tag, here: Time) -> bool {
        let slack = Time::from_millis(60);
        let in_strip = self.model.strip.iter().any(|cell| cell.time == here);
        !in_strip && tag.start + slack < here && here + slack < tag.end
    }
}
