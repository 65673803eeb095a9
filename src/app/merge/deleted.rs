//! What was deleted here does not come back with the file it came from, nor does anything under it.

use std::collections::HashSet;

use super::matching::Aside;
use super::piece::{Kind, Piece, each_kind};
use super::plan::Plan;
use crate::domain::{
    Annotation, Bundle, Example, ExternalLink, Form, Language, Lexeme, Media, ModelRun, Morph, Person, RecordId,
    Relation, Review, Sense, Session, Tag, Tier, Track, Vocabulary, Word,
};

/// A record that hangs under others: with them it comes, with them it stays away.
trait Hangs: Piece {
    fn above(&self) -> [Option<RecordId>; 2];
}

macro_rules! hangs {
    ($($record:ident |$r:ident| $above:expr;)*) => {
        $(impl Hangs for $record { fn above(&self) -> [Option<RecordId>; 2] { let $r = self; $above } })*
    };
}

hangs! {
    Language |_r| [None, None];
    Person |_r| [None, None];
    Session |_r| [None, None];
    Vocabulary |_r| [None, None];
    Lexeme |_r| [None, None];
    Media |r| [Some(r.session.0), None];
    Tier |r| [Some(r.session.0), r.parent.map(|p| p.0)];
    Annotation |r| [Some(r.tier.0), r.parent.map(|p| p.0)];
    Word |r| [Some(r.annotation.0), None];
    Morph |r| [Some(r.word.0), None];
    Form |r| [Some(r.lexeme.0), None];
    Sense |r| [Some(r.lexeme.0), r.parent.map(|p| p.0)];
    Example |r| [Some(r.sense.0), None];
    Relation |r| [Some(r.source), r.target];
    ExternalLink |r| [Some(r.record), None];
    ModelRun |r| [Some(r.session.0), Some(r.media.0)];
    Track |r| [Some(r.run.0), None];
    Tag |r| [Some(r.run.0), Some(r.track.0)];
    Review |r| [Some(r.tag.0), None];
}

/// Whether one of the records above is among them.
fn is_under<R: Hangs>(record: &R, held: &HashSet<RecordId>) -> bool {
    record.above().into_iter().flatten().any(|id| held.contains(&id))
}

/// Takes these out of what is new, with everything under them; what points at them points at nothing then. Gives how
/// many records stay out.
pub fn leave_out(plan: &mut Plan, mut held: HashSet<RecordId>) -> usize {
    let before: usize = Kind::ALL.iter().map(|kind| kind.count(&plan.new)).sum();
    if held.is_empty() {
        return 0;
    }
    macro_rules! leave {
        ($record:ident) => {
            // Records of a kind hang under each other too; each round goes one level down.
            loop {
                let list = <$record as Piece>::list(&plan.new);
                let more: Vec<RecordId> = list
                    .iter()
                    .filter(|r| is_under(*r, &held))
                    .map(Piece::id)
                    .filter(|id| !held.contains(id))
                    .collect();
                if more.is_empty() {
                    break;
                }
                held.extend(more);
            }
            <$record as Piece>::list_mut(&mut plan.new).retain(|r| !held.contains(&Piece::id(r)));
        };
    }
    each_kind!(leave);
    let after: usize = Kind::ALL.iter().map(|kind| kind.count(&plan.new)).sum();
    for bundle in [&mut plan.new, &mut plan.changed] {
        let is_there = |id: RecordId| !held.contains(&id);
        bundle.examples.iter_mut().for_each(|e| e.annotation = e.annotation.filter(|id| is_there(id.0)));
        bundle.tags.iter_mut().for_each(|t| t.annotation = t.annotation.filter(|id| is_there(id.0)));
        for morph in &mut bundle.morphs {
            morph.lexeme = morph.lexeme.filter(|id| is_there(id.0));
            morph.sense = morph.sense.filter(|id| is_there(id.0) && morph.lexeme.is_some());
        }
    }
    before - after
}

/// Of those set aside, the ones that hang under another one of them.
pub fn with_parents(file: &Bundle, aside: &Aside) -> Aside {
    let ids: HashSet<RecordId> = aside.iter().map(|(_, id)| *id).collect();
    let mut under = Aside::new();
    macro_rules! look {
        ($record:ident) => {
            let list = <$record as Piece>::list(file).iter().filter(|r| ids.contains(&Piece::id(*r)));
            under.extend(list.filter(|r| is_under(*r, &ids)).map(|r| (<$record as Piece>::KIND, Piece::id(r))));
        };
    }
    each_kind!(look);
    under
}
