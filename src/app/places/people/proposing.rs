//! Proposals made anew from what is stored: who is speaking, and expressions against a neutral face.

use crate::analysis::speaking::SpeakingSettings;
use crate::app::core::{Core, Message};
use crate::app::edit::{neutral, speaking};
use crate::app::i18n::{tr, tr_args};
use crate::domain::Time;

/// Proposes who is speaking in the selected session; says what is missing where it cannot.
pub(super) fn who_speaks(core: &mut Core) {
    let Some(session) = core.selection.session else { return };
    if let Some(spoke) = core.edit(|store| speaking::propose(store, session, &SpeakingSettings::default())) {
        let args = [("speaking", (spoke.speaking as i64).into()), ("bound", (spoke.bound as i64).into())];
        core.messages.push(Message::Done(tr_args("people-spoke", &args)));
    }
}

/// Takes the moment as the selected track's neutral face.
pub(super) fn mark_neutral(core: &mut Core, moment: Time) {
    let Some(track) = core.selection.track else {
        core.messages.push(Message::Note(tr("people-nothing-selected")));
        return;
    };
    if let Some(marked) = core.edit(|store| neutral::toggle(store, track, moment)) {
        let text = if marked.set { "people-neutral-set" } else { "people-neutral-forgotten" };
        let args = [("time", moment.to_string().into()), ("made", (marked.made as i64).into())];
        core.messages.push(Message::Done(tr_args(text, &args)));
    }
}
