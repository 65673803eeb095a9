//! Which tiers take accepted tags: each person's own, whatever the person is called by.

use crate::domain::{
    Annotation, AnnotationId, Constraint, ModelRun, Span, Tag, TagId, Tier, TierId, TierRole, Track, TrackId, TrackKind,
};
use crate::store::{StoreError, Tx};

/// How the type of such tiers is called.
const TYPE: &str = "tags";

/// The tier that takes the accepted tags of a track's person, made at the first one. Tags of one person may overlap
/// (a smile while nodding), so each kind of tag has a tier of its own, and a second one where two of a kind overlap
/// (both hands up). `but` is the annotation that the tag had before.
pub(super) fn tier_for(tx: &Tx<'_>, tag: &Tag, span: Span, but: Option<AnnotationId>) -> Result<TierId, StoreError> {
    let track: Track = tx.read().require(tag.track)?;
    let run: ModelRun = tx.read().require(tag.run)?;
    let who = match track.person {
        Some(person) => tx.read().require::<crate::domain::Person>(person)?.code,
        None => match track.kind {
            TrackKind::Face => format!("Face {}", track.number),
            TrackKind::Body => format!("Body {}", track.number),
            TrackKind::Voice => format!("Speaker {}", track.number),
        },
    };
    let kind = kind_of(tag);
    let first = format!("{who} · {kind}");
    let tiers = tx.read().tiers_of(run.session)?;
    let mut name = first.clone();
    for number in 2.. {
        let Some(known) = tiers.iter().find(|t| t.role == TierRole::Tags && t.name == name) else { break };
        let there = tx.read().annotations_in(known.id, span)?;
        if !there.iter().any(|a| Some(a.id) != but && a.span().is_some_and(|taken| taken.overlaps(span))) {
            return Ok(known.id);
        }
        name = format!("{first} {number}");
    }
    let tier = Tier {
        id: TierId::new(),
        session: run.session,
        parent: None,
        name,
        role: TierRole::Tags,
        constraint: Constraint::None,
        type_name: TYPE.to_owned(),
        participant: track.person,
        annotator: tx.author().to_owned(),
        language: String::new(),
        vocabulary: None,
        position: tiers.iter().map(|t| t.position).max().map_or(0, |p| p + 1),
        residue: Default::default(),
    };
    tx.insert(&tier)?;
    Ok(tier.id)
}

/// The tags of tracks that were just given to somebody, or taken away, go where they would go if they were accepted now.
/// What somebody put on another tier stays there, and so does a tier that others hang under.
///
/// # Errors
/// When the file refuses.
pub(super) fn follow_names(tx: &Tx<'_>, tracks: &[TrackId]) -> Result<(), StoreError> {
    for id in tracks {
        let track: Track = tx.read().require(*id)?;
        let run: ModelRun = tx.read().require(track.run)?;
        let tags: Vec<(TagId, AnnotationId)> = tx
            .read()
            .tag_rows(track.run)?
            .into_iter()
            .filter(|row| row.tag.track == *id)
            .filter_map(|row| Some((row.tag.id, row.tag.annotation?)))
            .collect();
        for (tag, annotation) in tags {
            let (tag, Some(annotation)) = (tx.read().require::<Tag>(tag)?, tx.read().get::<Annotation>(annotation)?)
            else {
                continue;
            };
            let tiers = tx.read().tiers_of(run.session)?;
            let own =
                |tier: &&Tier| tier.id == annotation.tier && tier.role == TierRole::Tags && tier.type_name == TYPE;
            let (Some(span), Some(from)) = (annotation.span(), tiers.iter().find(own)) else { continue };
            // One that somebody gave a name of their own is their arrangement.
            if !from.name.contains(&format!(" · {}", kind_of(&tag))) {
                continue;
            }
            if from.participant == track.person || tiers.iter().any(|tier| tier.parent == Some(from.id)) {
                continue;
            }
            let to = tier_for(tx, &tag, span, Some(annotation.id))?;
            tx.modify::<Annotation>(annotation.id, |annotation| annotation.tier = to)?;
            if tx.read().annotations_of(from.id)?.is_empty() {
                tx.delete_tier(from.id)?;
            }
        }
    }
    Ok(())
}

/// What a tier of such tags is called: `hand up` of `hand_up.left`.
fn kind_of(tag: &Tag) -> String {
    tag.label.split('.').next().unwrap_or(&tag.label).replace('_', " ")
}
