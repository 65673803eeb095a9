//! Backups: made when asked for and when one is due, and looked at.

use std::time::{Duration, Instant};

use super::Window;
use crate::app::i18n::{tr, tr_args};
use crate::store::BackupKind;
use crate::ui::toasts::Toast;

/// Routine backups are made this often while a project is open.
const BACKUP_EVERY: Duration = Duration::from_secs(30 * 60);

impl Window {
    /// Makes a backup now.
    pub(super) fn backup(&mut self) {
        let Some(core) = &mut self.core else { return };
        let made = core.store.backup(BackupKind::Asked);
        if core.ask(made).is_some() {
            self.shell.toasts.push(Toast::done(tr("backup-made")));
        }
    }

    /// Says which backup is the newest that is whole.
    pub(super) fn verify_backup(&mut self) {
        let Some(core) = &mut self.core else { return };
        let text = match core.store.newest_good_backup() {
            Some(path) => tr_args("backup-good", &[("file", path.display().to_string().into())]),
            None => tr("backup-none"),
        };
        self.shell.toasts.push(Toast::note(text));
    }

    /// Makes a routine backup on another thread when one is due.
    pub(super) fn keep_backups(&mut self) {
        if self.looked_for_backup.elapsed() < Duration::from_secs(60) {
            return;
        }
        self.looked_for_backup = Instant::now();
        let Some(core) = &self.core else { return };
        if core.store.backup_is_due(BACKUP_EVERY)
            && let Ok(sibling) = core.store.sibling()
        {
            std::thread::spawn(move || {
                if let Err(error) = sibling.backup(BackupKind::Routine) {
                    log::warn!("routine backup: {error}");
                }
            });
        }
    }
}
