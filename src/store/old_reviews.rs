//! Reviews of earlier versions, from the proposals' residue to their own table.

use rusqlite::{Connection, params};

use super::transact::Tx;
use super::{StoreError, changes, undo};
use crate::domain::{RecordId, Tag};

/// Moves every review that can be read; what cannot stays on its proposal.
///
/// Undo writes a row back only if it still is what it then was: the steps up to the last that touched one of these
/// proposals can no longer be taken back, and are let go rather than left to fail. A backup was taken before.
pub(super) fn move_out(conn: &Connection) -> Result<(), StoreError> {
    let tx = Tx { conn, author: "" };
    let mut moved: Vec<RecordId> = Vec::new();
    let tags: Vec<Tag> = tx.read().select("WHERE residue LIKE '%\"review:%'", [])?;
    for mut tag in tags {
        let reviews = tag.take_old_reviews();
        if reviews.is_empty() {
            continue;
        }
        reviews.iter().try_for_each(|review| tx.upsert(review))?;
        tx.update(&tag)?;
        moved.push(tag.id.0);
    }
    if moved.is_empty() {
        return Ok(());
    }
    let mut query =
        conn.prepare("SELECT id, changeset FROM undo_log WHERE state IN ('done', 'undone') ORDER BY id DESC")?;
    let mut steps = query.query([])?;
    while let Some(step) = steps.next()? {
        let (id, packed): (i64, Vec<u8>) = (step.get(0)?, step.get(1)?);
        let touches =
            changes::rows(&undo::unpack(&packed)?)?.iter().any(|row| row.table == "tag" && moved.contains(&row.record));
        if touches {
            conn.execute(
                "UPDATE undo_log SET state = 'dropped', changeset = x'' WHERE state IN ('done', 'undone') AND id <= ?1",
                params![id],
            )?;
            break;
        }
    }
    Ok(())
}
