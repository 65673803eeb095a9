//! The schema in numbered steps; a step, once released, never changes.

use rusqlite::Connection;

use super::{StoreError, index, old_reviews};

/// Marks the file as ours (`FGLS`).
pub(super) const APPLICATION_ID: i64 = 0x4647_4C53;

const STEPS: &[&str] = &[
    include_str!("migrations/001.sql"),
    include_str!("migrations/002.sql"),
    include_str!("migrations/003.sql"),
    include_str!("migrations/004.sql"),
    include_str!("migrations/005.sql"),
];

/// The schema version this program writes.
pub const VERSION: i64 = STEPS.len() as i64;

/// The schema version of a file: 0 for an empty one.
pub(super) fn version(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Brings a file to [`VERSION`], all steps in one transaction.
pub(super) fn migrate(conn: &Connection) -> Result<(), StoreError> {
    let from = version(conn)?;
    if from >= VERSION {
        return Ok(());
    }
    let transaction = conn.unchecked_transaction()?;
    for step in &STEPS[from.max(0) as usize..] {
        transaction.execute_batch(step)?;
    }
    transaction
        .execute_batch(&format!("PRAGMA user_version = {VERSION}; PRAGMA application_id = {APPLICATION_ID};"))?;
    // Reviews have a table of their own since step 4.
    if (1..4).contains(&from) {
        old_reviews::move_out(&transaction)?;
    }
    // The search index arrived with step 2: an older project's records are not in it yet.
    if from < 2 {
        index::rebuild(&transaction)?;
    }
    transaction.commit()?;
    Ok(())
}
