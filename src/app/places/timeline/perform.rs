//! What the timeline's commands do.

use super::TimelinePlace;
use super::sentence::{span_of, whose};
use crate::app::command::TimelineCommand;
use crate::app::core::{Core, Message};
use crate::app::edit::{self, annotations};
use crate::app::i18n::tr;
use crate::domain::{Annotation, AnnotationId, Span, Tag, TierId, TierRole, Time};
use crate::store::StoreError;
use crate::ui::timeline::scale::{showing, within, zoomed};
use crate::ui::timeline::{Field, TierDialog};

const SECOND: Time = Time::from_millis(1000);

impl TimelinePlace {
    pub(super) fn do_command(&mut self, core: &mut Core, command: TimelineCommand) {
        use TimelineCommand as Do;
        let duration = self.model_duration();
        let position = core.position();
        match command {
            Do::PlayPause => self.play_pause(core),
            Do::Loop => self.repeat(core),
            Do::Slower => self.change_speed(core, false),
            Do::Faster => self.change_speed(core, true),
            Do::SetSpeed(speed) => {
                if let Some(player) = &mut core.player {
                    player.set_speed(f64::from(speed));
                }
            }
            Do::FrameBack => self.step_frame(core, false),
            Do::FrameForward => self.step_frame(core, true),
            Do::JumpBack => self.seek(core, position - SECOND),
            Do::JumpForward => self.seek(core, position + SECOND),
            Do::ToStart => self.seek(core, Time::ZERO),
            Do::ToEnd => self.seek(core, duration),
            Do::Seek(time) => {
                if core.selection.span.is_some_and(|span| !span.contains(time)) {
                    core.selection.span = None;
                }
                self.seek(core, time);
            }
            Do::MarkStart => self.mark = Some(position),
            Do::MarkEnd => self.end_segment(core, position),
            Do::StartHere | Do::EndHere => self.retime_to(core, position, command == Do::EndHere),
            Do::Split => self.split(core, position),
            Do::MergeNext => self.with_sentence(core, |core, annotation| {
                core.edit(|store| annotations::merge_with_next(store, annotation.id));
            }),
            Do::Delete => self.delete(core),
            Do::NextAnnotation => drop(self.go_to_neighbour(core, true)),
            Do::PreviousAnnotation => drop(self.go_to_neighbour(core, false)),
            Do::NextTier => self.go_to_tier(core, 1),
            Do::PreviousTier => self.go_to_tier(core, -1),
            Do::EditText => self.edit_text(core),
            Do::CommitAndNext => self.commit_and_next(core),
            Do::AddTier => self.state.tier_dialog = Some(TierDialog::begin(&self.model)),
            Do::Lanes => self.state.lanes_dialog = !self.state.lanes_dialog,
            Do::SetLane { channel, on } => {
                core.lanes.set(&channel, on);
                self.state.scroll_to_lane = on.then_some(channel);
            }
            Do::MoveLane { channel, up } => {
                let choices = &self.model.choices;
                core.lanes.step(&channel, up, &|other| choices.iter().any(|choice| choice.channel == other));
            }
            Do::ZoomIn | Do::ZoomOut => {
                let view = self.state.view.0;
                let middle = Time((view.start.0 + view.end.0) / 2);
                let around = if view.contains(position) { position } else { middle };
                let factor = if command == Do::ZoomIn { 0.5 } else { 2.0 };
                self.state.view.0 = zoomed(view, factor, around, duration);
            }
            Do::ZoomToSelection => {
                if let Some(span) = self.selected_span(core) {
                    let margin = Time(span.duration().0 / 20);
                    self.state.view.0 = within(Span { start: span.start - margin, end: span.end + margin }, duration);
                }
            }
            Do::ShowAll => self.state.view.0 = within(Span { start: Time::ZERO, end: duration }, duration),
            Do::Show(span) => self.state.view.0 = within(span, duration),
            Do::Select(Some(annotation)) => self.select(core, annotation, true),
            Do::Select(None) => core.selection.annotation = None,
            Do::SelectSpan(span) => self.select_span(core, span),
            Do::SelectTier(tier) => core.selection.tier = Some(tier),
            Do::SelectTag(tag) => {
                let found = core.store.read().get::<Tag>(tag);
                if let Some(Some(tag)) = core.ask(found) {
                    core.selection.tag = Some(tag.id);
                    core.selection.track = Some(tag.track);
                    self.seek(core, tag.start);
                }
            }
            Do::Create { tier, span } => drop(self.create(core, tier, span)),
            Do::Retime { annotation, span } => drop(core.edit(|s| annotations::set_span(s, annotation, span))),
            Do::SetText { annotation, text } => drop(core.edit(|s| annotations::set_value(s, annotation, &text))),
            Do::SetDependent { tier, parent, text } => {
                core.edit(|s| annotations::set_line(s, parent, tier, &text));
            }
            Do::SetLine { parent, role, text } => self.set_line(core, parent, role, &text),
            Do::MakeTier(new) => {
                let Some(session) = core.selection.session else { return };
                if let Some(tier) = core.edit(|store| edit::tiers::add(store, session, new)) {
                    core.selection.tier = Some(tier);
                    self.state.scroll_to = Some(tier);
                }
            }
        }
    }

    fn note(core: &mut Core, id: &str) {
        core.messages.push(Message::Note(tr(id)));
    }

    /// The annotation that is worked on, told to the person when there is none.
    fn with_sentence(&mut self, core: &mut Core, act: impl FnOnce(&mut Core, Annotation)) {
        let found = match core.selection.annotation {
            Some(selected) => whose(core.store.read(), &self.base, selected),
            None => Ok(None),
        };
        match core.ask(found) {
            Some(Some(annotation)) => act(core, annotation),
            Some(None) => Self::note(core, "timeline-nothing-here"),
            None => {}
        }
    }

    /// Selects an annotation and shows it; `go` also moves the playhead to its start.
    fn select(&mut self, core: &mut Core, id: AnnotationId, go: bool) {
        let read = core.store.read();
        let found = read.get::<Annotation>(id).and_then(|annotation| match annotation {
            Some(annotation) => Ok(Some((span_of(read, &annotation)?, annotation))),
            None => Ok(None),
        });
        let Some(Some((span, annotation))) = core.ask(found) else { return };
        core.selection.annotation = Some(id);
        core.selection.tier = Some(annotation.tier);
        core.selection.span = None;
        core.selection.tag = None;
        self.state.scroll_to = Some(annotation.tier);
        let Some(span) = span else { return };
        if go {
            let repeat = self.looping && core.is_playing();
            match &core.player {
                Some(player) if repeat => player.play_span(span, true),
                _ => core.seek(span.start),
            }
        }
        self.state.view.0 = showing(self.state.view.0, span, self.model_duration());
    }

    fn select_span(&mut self, core: &mut Core, span: Option<Span>) {
        core.selection.span = span.filter(|span| span.duration() > Time::ZERO);
        let Some(span) = core.selection.span else { return };
        core.selection.annotation = None;
        match &core.player {
            Some(player) if player.is_playing() => {
                player.play_span(span, true);
                (self.looping, self.bound) = (true, true);
            }
            _ => core.seek(span.start),
        }
    }

    fn end_segment(&mut self, core: &mut Core, position: Time) {
        let Some(start) = self.mark else {
            Self::note(core, "timeline-mark-first");
            return;
        };
        let Some(tier) = self.base.main_tier(core.selection.tier).map(|tier| tier.id) else {
            Self::note(core, "timeline-no-tier-to-segment");
            return;
        };
        let span = Span::new(start, position);
        if let Some(made) = core.edit(|store| annotations::add(store, tier, span, "")) {
            self.mark = None;
            // The sound goes on: the playhead stays where it is.
            self.select(core, made, false);
        }
    }

    fn create(&mut self, core: &mut Core, tier: TierId, span: Span) -> Option<AnnotationId> {
        let on = self.base.tier(tier)?;
        if !on.constraint.is_time_aligned() && matches!(on.role, TierRole::Translation | TierRole::Note) {
            // Its text is written beside the sentence it belongs to.
            let (above, _) = self.base.timed(tier)?;
            let middle = Time((span.start.0 + span.end.0) / 2);
            let found = core.store.read().annotation_at(above.id, middle);
            let parent = core.ask(found).flatten().map(|parent| parent.id);
            match parent {
                Some(parent) => self.select(core, parent, true),
                None => self.state.focus = None,
            }
            return parent;
        }
        let made = core.edit(|store| annotations::add(store, tier, span, ""));
        match made {
            Some(made) => self.select(core, made, true),
            None => self.state.focus = None,
        }
        made
    }

    fn retime_to(&mut self, core: &mut Core, position: Time, end: bool) {
        self.with_sentence(core, |core, annotation| {
            let Some(span) = annotation.span() else { return };
            let span = if end { Span::new(span.start, position) } else { Span::new(position, span.end) };
            core.edit(|store| annotations::set_span(store, annotation.id, span));
        });
    }

    fn split(&mut self, core: &mut Core, position: Time) {
        let caret = self.state.caret;
        let writing = self.state.active;
        let under = || -> Result<Option<AnnotationId>, StoreError> {
            let read = core.store.read();
            if let Some(selected) = core.selection.annotation {
                return Ok(whose(read, &self.base, selected)?.map(|annotation| annotation.id));
            }
            match self.base.main_tier(core.selection.tier) {
                Some(tier) => Ok(read.annotation_at(tier.id, position)?.map(|annotation| annotation.id)),
                None => Ok(None),
            }
        };
        let found = under();
        match core.ask(found) {
            Some(Some(annotation)) => {
                if let Some(second) = core.edit(|store| annotations::split(store, annotation, position, caret)) {
                    self.select(core, second, false);
                    self.state.focus = writing;
                }
            }
            Some(None) => Self::note(core, "timeline-nothing-here"),
            None => {}
        }
    }

    fn delete(&mut self, core: &mut Core) {
        match core.selection.annotation {
            Some(annotation) => {
                if core.edit(|store| annotations::delete(store, annotation)).is_some() {
                    core.selection.annotation = None;
                }
            }
            None => Self::note(core, "timeline-nothing-here"),
        }
    }

    /// Selects the annotation beside the selected one, or beside the playhead; whether there was one.
    fn go_to_neighbour(&mut self, core: &mut Core, after: bool) -> bool {
        let found = self.neighbour(core, after);
        match core.ask(found).flatten() {
            Some(next) => {
                self.select(core, next, true);
                true
            }
            None => false,
        }
    }

    fn neighbour(&self, core: &Core, after: bool) -> Result<Option<AnnotationId>, StoreError> {
        let read = core.store.read();
        let selected = match core.selection.annotation {
            Some(selected) => whose(read, &self.base, selected)?,
            None => None,
        };
        let Some(now) = selected else {
            let Some(tier) = self.base.main_tier(core.selection.tier) else { return Ok(None) };
            let here = read.annotation_at(tier.id, core.position())?;
            let found = match here {
                Some(here) => Some(here),
                None => read.annotation_beside(tier.id, core.position(), after)?,
            };
            let found = match found {
                None if self.base.untimed => read.annotations_of(tier.id)?.into_iter().next(),
                found => found,
            };
            return Ok(found.map(|annotation| annotation.id));
        };
        if let Some(start) = now.start {
            return Ok(read.annotation_beside(now.tier, start, after)?.map(|annotation| annotation.id));
        }
        // Without times the order of the tier counts.
        let all = read.annotations_of(now.tier)?;
        let at = all.iter().position(|annotation| annotation.id == now.id);
        let beside = at.and_then(|at| if after { at.checked_add(1) } else { at.checked_sub(1) });
        Ok(beside.and_then(|at| all.get(at)).map(|annotation| annotation.id))
    }

    fn go_to_tier(&mut self, core: &mut Core, by: isize) {
        let tiers = &self.base.tiers;
        let Some(now) = self.model.tier.and_then(|id| tiers.iter().position(|tier| tier.id == id)) else { return };
        let Some(tier) = now.checked_add_signed(by).and_then(|at| tiers.get(at)).map(|tier| tier.id) else { return };
        core.selection.tier = Some(tier);
        self.state.scroll_to = Some(tier);
        let found = core.store.read().annotation_at(tier, core.position());
        if let Some(Some(annotation)) = core.ask(found) {
            self.select(core, annotation.id, false);
        }
    }

    fn edit_text(&mut self, core: &mut Core) {
        if let Some(dialog) = &mut self.state.tier_dialog {
            dialog.confirmed = true;
            return;
        }
        if core.selection.annotation.is_none() {
            let Some(tier) = self.base.main_tier(core.selection.tier).map(|tier| tier.id) else {
                Self::note(core, "timeline-no-tier-to-segment");
                return;
            };
            if let Some(span) = core.selection.span {
                self.create(core, tier, span);
            } else {
                self.go_to_neighbour(core, true);
            }
        }
        if core.selection.annotation.is_some() {
            self.state.focus = Some(Field::Transcription);
        }
    }

    fn commit_and_next(&mut self, core: &mut Core) {
        if let Some(dialog) = &mut self.state.tier_dialog {
            dialog.confirmed = true;
            return;
        }
        let field = self.state.active.unwrap_or(Field::Transcription);
        if !self.go_to_neighbour(core, true) {
            Self::note(core, "timeline-last-annotation");
        }
        self.state.focus = Some(field);
    }

    fn set_line(&mut self, core: &mut Core, parent: AnnotationId, role: TierRole, text: &str) {
        let (name, language) = match role {
            TierRole::Note => (tr("timeline-role-note"), core.analysis_language().to_owned()),
            _ => (tr("timeline-role-translation"), core.analysis_language().to_owned()),
        };
        core.edit(|store| annotations::set_line_of(store, parent, role, &name, &language, text));
    }
}
