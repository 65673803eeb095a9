//! Proposals made anew from what is stored: who is speaking, expressions against a neutral face or as sure as they were
//! right.

use crate::analysis::speaking::SpeakingSettings;
use crate::app::core::{Core, Message};
use crate::app::edit::{calibration, neutral, speaking};
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
        let args = [("time", moment.to_string().into()), ("made", (marked.remade.made as i64).into())];
        core.messages.push(Message::Done(tr_args(text, &args)));
    }
}

/// Fits how sure expressions are proposed, from what was decided in the project; says what is missing where it cannot.
pub(super) fn calibrate(core: &mut Core) {
    let Some(done) = core.edit(calibration::calibrate) else { return };
    let percent = |share: f64| ((share * 100.0).round() as i64).into();
    for (net, fitted) in &done.fitted {
        let right = fitted.right as f64 / fitted.decided.max(1) as f64;
        let args = [
            ("model", net.replace('.', "-").into()),
            ("decided", (fitted.decided as i64).into()),
            ("right", percent(right)),
            ("before", percent(fitted.sure_before)),
            ("after", percent(fitted.sure_after)),
        ];
        core.messages.push(Message::Done(tr_args("people-calibrated", &args)));
    }
}

/// Takes the networks at their word again.
pub(super) fn forget_calibration(core: &mut Core) {
    if let Some(remade) = core.edit(calibration::forget) {
        let args = [("made", (remade.made as i64).into())];
        core.messages.push(Message::Done(tr_args("people-calibration-forgotten", &args)));
    }
}
