//! Where new records stand among those that the project has: after the one they follow in the file.
//!
//! Siblings are sorted by position and then by id, and a new record's id is younger. So it can share the position of
//! the one before it, and the ten thousand entries after it stay as they are. Words and morphs are few under one
//! parent and are counted anew from 0.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::piece::Piece;
use crate::domain::{
    Annotation, Bundle, Example, Form, Lexeme, Media, Morph, RecordId, Relation, Sense, Session, Tier, Word,
};

/// A record with a place among siblings.
trait Placed: Piece {
    /// Whether siblings are counted from 0 without gaps.
    const COUNTED: bool = false;
    /// What its siblings share; `None` for one that is not ordered by position.
    fn family(&self) -> Option<(RecordId, Option<RecordId>)>;
    fn position(&self) -> i64;
    fn set_position(&mut self, position: i64);
}

macro_rules! placed {
    ($($record:ident $(counted $counted:literal)?: |$r:ident| $family:expr;)*) => {$(
        impl Placed for $record {
            $(const COUNTED: bool = $counted;)?
            fn family(&self) -> Option<(RecordId, Option<RecordId>)> { let $r = self; $family }
            fn position(&self) -> i64 { self.position }
            fn set_position(&mut self, position: i64) { self.position = position; }
        }
    )*};
}

placed! {
    Session: |_r| Some((RecordId::nil(), None));
    Media: |r| Some((r.session.0, None));
    Tier: |r| Some((r.session.0, None));
    // Time orders the others.
    Annotation: |r| r.start.is_none().then_some((r.tier.0, r.parent.map(|p| p.0)));
    Word counted true: |r| Some((r.annotation.0, None));
    Morph counted true: |r| Some((r.word.0, None));
    Lexeme: |_r| Some((RecordId::nil(), None));
    Form: |r| Some((r.lexeme.0, None));
    Sense: |r| Some((r.lexeme.0, r.parent.map(|p| p.0)));
    Example: |r| Some((r.sense.0, None));
    Relation: |r| Some((r.source, None));
}

/// Places the new records; those of the project that have to move along come to `changed`. Gives how many moved.
pub fn place(
    file: &Bundle,
    project: &Bundle,
    new: &mut Bundle,
    changed: &mut Bundle,
    gone: &HashSet<RecordId>,
) -> usize {
    sessions(project, new);
    place_kind::<Media>(file, project, new, changed, gone)
        + place_kind::<Tier>(file, project, new, changed, gone)
        + place_kind::<Annotation>(file, project, new, changed, gone)
        + place_kind::<Word>(file, project, new, changed, gone)
        + place_kind::<Morph>(file, project, new, changed, gone)
        + place_kind::<Lexeme>(file, project, new, changed, gone)
        + place_kind::<Form>(file, project, new, changed, gone)
        + place_kind::<Sense>(file, project, new, changed, gone)
        + place_kind::<Example>(file, project, new, changed, gone)
        + place_kind::<Relation>(file, project, new, changed, gone)
}

/// New sessions come after all that are there, in the file's order.
fn sessions(project: &Bundle, new: &mut Bundle) {
    let after = project.sessions.iter().map(|s| s.position).max().map_or(0, |p| p.saturating_add(1));
    for (session, position) in new.sessions.iter_mut().zip(after..) {
        session.position = position;
    }
}

fn grouped<'r, R: Placed>(records: impl Iterator<Item = &'r R>) -> HashMap<(RecordId, Option<RecordId>), Vec<&'r R>> {
    let mut groups: HashMap<_, Vec<&R>> = HashMap::new();
    for record in records {
        if let Some(family) = record.family() {
            groups.entry(family).or_default().push(record);
        }
    }
    groups
}

/// A new record, or one of the project's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Member {
    id: RecordId,
    position: i64,
    is_new: bool,
}

fn place_kind<R: Placed>(
    file: &Bundle,
    project: &Bundle,
    new: &mut Bundle,
    changed: &mut Bundle,
    gone: &HashSet<RecordId>,
) -> usize {
    let fresh: HashSet<RecordId> = R::list(new).iter().map(Piece::id).collect();
    let families: HashSet<_> = R::list(new).iter().filter_map(Placed::family).collect();
    if families.is_empty() {
        return 0;
    }
    let here = |r: &&R| r.family().is_some_and(|family| families.contains(&family));
    let there = grouped(R::list(project).iter().filter(|r| here(r) && !gone.contains(&r.id())));
    let mut moves: HashMap<RecordId, i64> = HashMap::new();
    for (family, mut theirs) in grouped(R::list(file).iter().filter(here)) {
        let Some(mut ours) = there.get(&family).cloned() else { continue };
        theirs.sort_by_key(|r| r.position());
        ours.sort_by_key(|r| (r.position(), r.id()));
        moves.extend(positions::<R>(&theirs, &ours, &fresh));
    }
    let set = |record: &mut R| moves.get(&record.id()).map(|position| record.set_position(*position)).is_some();
    R::list_mut(new).iter_mut().for_each(|record| {
        set(record);
    });
    let mut done: HashSet<RecordId> = HashSet::new();
    for record in R::list_mut(changed) {
        if set(record) {
            done.insert(record.id());
        }
    }
    let mut moved = 0;
    for record in R::list(project).iter().filter(|r| moves.contains_key(&r.id())) {
        moved += 1;
        if !done.contains(&record.id()) {
            let mut record = record.clone();
            set(&mut record);
            R::list_mut(changed).push(record);
        }
    }
    moved
}

/// New positions for one family: for every new record, and for those of the project that must move.
fn positions<R: Placed>(theirs: &[&R], ours: &[&R], fresh: &HashSet<RecordId>) -> Vec<(RecordId, i64)> {
    let mut following: HashMap<Option<RecordId>, Vec<Member>> = HashMap::new();
    let mut before = None;
    let known: HashSet<RecordId> = ours.iter().map(|r| r.id()).collect();
    for record in theirs {
        let id = record.id();
        if fresh.contains(&id) {
            following.entry(before).or_default().push(Member { id, position: record.position(), is_new: true });
        } else if known.contains(&id) {
            before = Some(id);
        }
    }
    // What follows nothing that is known stands in front; a file with nothing that is known comes after it all.
    if before.is_none()
        && let (Some(all), Some(last)) = (following.remove(&None), ours.last())
    {
        following.insert(Some(last.id()), all);
    }
    let mut order: Vec<Member> = following.remove(&None).unwrap_or_default();
    for record in ours {
        order.push(Member { id: record.id(), position: record.position(), is_new: false });
        order.extend(following.remove(&Some(record.id())).unwrap_or_default());
    }
    let mut moves = Vec::new();
    let mut last: Option<(i64, RecordId)> = None;
    for (index, member) in (0_i64..).zip(&order) {
        let position = match last {
            _ if R::COUNTED => index,
            None => member.position,
            Some(last) if !member.is_new && (member.position, member.id) > last => member.position,
            Some((position, id)) if member.id > id => position,
            Some((position, _)) => position.saturating_add(1),
        };
        if member.is_new || position != member.position {
            moves.push((member.id, position));
        }
        last = Some((position, member.id));
    }
    moves
}
