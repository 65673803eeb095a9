//! What is shown on pictures and beside them: changed by a command, kept for the next time.

use super::Window;
use crate::app::i18n::tr;
use crate::app::show::{self, Part};
use crate::ui::toasts::Toast;

impl Window {
    /// Shows a part of pictures and what stands beside them, or hides it.
    pub(super) fn show(&mut self, part: Part) {
        let Some(core) = &mut self.core else { return };
        core.shown.toggle(part);
        if part == Part::HiddenFaces {
            let text = if core.shown.has(part) { "faces-hidden-now" } else { "faces-shown-now" };
            self.shell.toasts.push(Toast::note(tr(text)));
        }
        self.keep_shown();
    }

    /// Keeps what is shown and which lanes there are for the next time.
    pub(super) fn keep_shown(&mut self) {
        let Some(core) = &self.core else { return };
        if show::write(&core.shown, &core.lanes, &mut self.settings.layout) {
            self.save_settings();
        }
    }
}
