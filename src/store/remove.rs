//! Taking out a record with everything that hangs under it, and letting go of what points at it.
//! Nothing cascades in the database, so that undo has every row to put back.

use super::transact::Tx;
use super::{Record, StoreError};
use crate::domain::{
    Annotation, AnnotationId, Example, ExampleId, ExternalLink, Form, FormId, Lexeme, LexemeId, LinkId, Media, MediaId,
    ModelRun, Morph, MorphId, Person, PersonId, RecordId, Relation, Review, ReviewId, RunId, Sense, SenseId, Session,
    SessionId, Tag, TagId, TagStatus, Tier, TierId, Track, TrackId, Word, WordId,
};

fn bytes(id: impl Into<RecordId>) -> Vec<u8> {
    id.into().as_bytes().to_vec()
}

impl Tx<'_> {
    fn under<R: Record>(&self, column: &str, parent: impl Into<RecordId>) -> Result<Vec<R>, StoreError> {
        self.read().select(&format!("WHERE {column} = ?1"), [bytes(parent)])
    }
    fn release<R: Record>(
        &self,
        column: &str,
        target: impl Into<RecordId>,
        let_go: impl Fn(&mut R),
    ) -> Result<(), StoreError> {
        for mut record in self.under::<R>(column, target)? {
            let_go(&mut record);
            self.update(&record)?;
        }
        Ok(())
    }
    /// The record itself and its links outside. It goes before what hangs under it, so that records in a ring
    /// (which a broken file can bring) are met once; links between records are only checked at the end.
    fn take_out<R: Record>(&self, id: R::Id) -> Result<(), StoreError> {
        self.delete_row::<R>(id)?;
        self.under::<ExternalLink>("record", id)?.iter().try_for_each(|l| self.delete_row::<ExternalLink>(l.id))
    }
    /// Takes out a morph.
    ///
    /// # Errors
    /// When there is none, or the file refuses.
    pub fn delete_morph(&self, id: MorphId) -> Result<(), StoreError> {
        self.take_out::<Morph>(id)
    }
    /// Takes out a word with its morphs.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_word(&self, id: WordId) -> Result<(), StoreError> {
        self.take_out::<Word>(id)?;
        self.under::<Morph>("word", id)?.iter().try_for_each(|m| self.delete_morph(m.id))
    }
    /// Takes out an annotation with its words and the annotations under it. A proposal that became this annotation
    /// is open for review again.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_annotation(&self, id: AnnotationId) -> Result<(), StoreError> {
        self.take_out::<Annotation>(id)?;
        self.under::<Word>("annotation", id)?.iter().try_for_each(|w| self.delete_word(w.id))?;
        self.under::<Annotation>("parent", id)?.iter().try_for_each(|a| self.delete_annotation(a.id))?;
        self.release::<Example>("annotation", id, |example| example.annotation = None)?;
        self.release::<Tag>("annotation", id, |tag| {
            tag.annotation = None;
            tag.status = TagStatus::Proposed;
            tag.reviewer.clear();
            tag.reviewed.clear();
        })
    }
    /// Lets what points at one annotation (examples, reviewed proposals, links) point at another.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn hand_over(&self, from: AnnotationId, to: AnnotationId) -> Result<(), StoreError> {
        self.release::<Example>("annotation", from, |example| example.annotation = Some(to))?;
        self.release::<Tag>("annotation", from, |tag| tag.annotation = Some(to))?;
        self.release::<ExternalLink>("record", from, |link| link.record = to.record())
    }
    /// Takes out a tier with its annotations and the tiers under it.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_tier(&self, id: TierId) -> Result<(), StoreError> {
        self.take_out::<Tier>(id)?;
        self.under::<Tier>("parent", id)?.iter().try_for_each(|t| self.delete_tier(t.id))?;
        // An annotation may be gone with its parent on the same tier by the time its turn comes.
        for annotation in self.under::<Annotation>("tier", id)? {
            if self.read().get::<Annotation>(annotation.id)?.is_some() {
                self.delete_annotation(annotation.id)?;
            }
        }
        Ok(())
    }
    /// Takes out a recording's record with the model runs over it. The file itself stays where it is.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_media(&self, id: MediaId) -> Result<(), StoreError> {
        self.take_out::<Media>(id)?;
        self.under::<ModelRun>("media", id)?.iter().try_for_each(|r| self.delete_run(r.id))
    }
    /// Takes out a model run with its tracks and proposals; annotations that came of them stay.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_run(&self, id: RunId) -> Result<(), StoreError> {
        self.take_out::<ModelRun>(id)?;
        self.under::<Tag>("run", id)?.iter().try_for_each(|t| self.delete_tag(t.id))?;
        self.under::<Track>("run", id)?.iter().try_for_each(|t| self.delete_track(t.id))
    }
    /// Takes out a track with its proposals; annotations that came of them stay, and so do its samples until they are
    /// dropped. Its prints go for good: Undo brings the track back without them.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_track(&self, id: TrackId) -> Result<(), StoreError> {
        self.take_out::<Track>(id)?;
        self.drop_prints(id)?;
        self.under::<Tag>("track", id)?.iter().try_for_each(|t| self.delete_tag(t.id))
    }
    /// Takes out a proposal with what was said of it; the annotation that it became stays.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_tag(&self, id: TagId) -> Result<(), StoreError> {
        self.take_out::<Tag>(id)?;
        self.under::<Review>("tag", id)?.iter().try_for_each(|r| self.take_out::<Review>(r.id))
    }
    /// Takes back what one reviewer said.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_review(&self, id: ReviewId) -> Result<(), StoreError> {
        self.take_out::<Review>(id)
    }
    /// Takes out a session with its tiers, recordings' records and model runs.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_session(&self, id: SessionId) -> Result<(), StoreError> {
        self.take_out::<Session>(id)?;
        for media in self.under::<Media>("session", id)? {
            self.delete_media(media.id)?;
        }
        self.under::<ModelRun>("session", id)?.iter().try_for_each(|r| self.delete_run(r.id))?;
        for tier in self.under::<Tier>("session", id)? {
            if self.read().get::<Tier>(tier.id)?.is_some() {
                self.delete_tier(tier.id)?;
            }
        }
        Ok(())
    }
    /// Takes out a person; tiers and tracks that were theirs are nobody's, sessions forget their part.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_person(&self, id: PersonId) -> Result<(), StoreError> {
        self.release::<Tier>("participant", id, |tier| tier.participant = None)?;
        self.release::<Track>("person", id, |track| track.person = None)?;
        for mut session in self.read().all::<Session>()? {
            let before = session.participants.len();
            session.participants.retain(|p| p.person != id);
            if session.participants.len() != before {
                self.update(&session)?;
            }
        }
        self.take_out::<Person>(id)
    }
    /// Takes out a sense with the senses under it, its examples, relations and links; morphs let go of it.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_sense(&self, id: SenseId) -> Result<(), StoreError> {
        self.take_out::<Sense>(id)?;
        self.under::<Sense>("parent", id)?.iter().try_for_each(|s| self.delete_sense(s.id))?;
        self.under::<Example>("sense", id)?.iter().try_for_each(|e| self.take_out::<Example>(e.id))?;
        self.release::<Morph>("sense", id, |morph| morph.sense = None)?;
        self.delete_relations(id)
    }
    /// Takes out an entry with its forms and senses; morphs let go of it.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_lexeme(&self, id: LexemeId) -> Result<(), StoreError> {
        self.take_out::<Lexeme>(id)?;
        for sense in self.under::<Sense>("lexeme", id)? {
            if self.read().get::<Sense>(sense.id)?.is_some() {
                self.delete_sense(sense.id)?;
            }
        }
        self.under::<Form>("lexeme", id)?.iter().try_for_each(|f| self.take_out::<Form>(f.id))?;
        self.release::<Morph>("lexeme", id, |morph| morph.lexeme = None)?;
        self.delete_relations(id)
    }
    /// Takes out an example.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_example(&self, id: ExampleId) -> Result<(), StoreError> {
        self.delete_row::<Example>(id)
    }
    /// Takes out another form of an entry.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_form(&self, id: FormId) -> Result<(), StoreError> {
        self.delete_row::<Form>(id)
    }
    /// Takes out a link.
    ///
    /// # Errors
    /// As for [`Tx::delete_morph`].
    pub fn delete_link(&self, id: LinkId) -> Result<(), StoreError> {
        self.delete_row::<ExternalLink>(id)
    }
    fn delete_relations(&self, id: impl Into<RecordId>) -> Result<(), StoreError> {
        let id = id.into();
        self.under::<Relation>("source", id)?.iter().try_for_each(|r| self.take_out::<Relation>(r.id))?;
        self.release::<Relation>("target", id, |relation| relation.target = None)
    }
}
