//! The lexicon: entries, senses, examples, links outside.

use super::Edited;
use crate::domain::{
    Bundle, ExternalLink, Lexeme, LexemeId, LinkId, LinkScheme, Morph, MorphId, MorphKind, MultiText, RecordId, Sense,
    SenseId,
};
use crate::glossing::link::link_morphs;
use crate::store::{Op, OpKind, Store, StoreError, Tx};

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Adds an entry with one empty sense.
///
/// # Errors
/// When the file refuses.
pub fn add(store: &mut Store, language: &str, headword: &str, kind: MorphKind) -> Edited<LexemeId> {
    store.transact(Op::new(OpKind::AddLexeme), |tx| insert(tx, language, headword, kind, MultiText::default(), ""))
}

fn insert(
    tx: &Tx<'_>,
    language: &str,
    headword: &str,
    kind: MorphKind,
    gloss: MultiText,
    category: &str,
) -> Result<LexemeId, StoreError> {
    let form = headword.trim_matches(['-', '=']);
    let same = tx.read().lexemes_by_form(form)?;
    let lexeme = Lexeme {
        id: LexemeId::new(),
        form: MultiText::of(language, form),
        citation: MultiText::default(),
        kind,
        // The second of the same form makes both homographs.
        homograph: if same.is_empty() {
            0
        } else {
            same.iter().map(|(l, _)| l.homograph).max().unwrap_or(0).max(1) + 1
        },
        category: category.to_owned(),
        etymology: MultiText::default(),
        notes: MultiText::default(),
        fields: Default::default(),
        created: now(),
        modified: now(),
        position: 0,
        residue: Default::default(),
    };
    if let [(only, _)] = &same[..]
        && only.homograph == 0
    {
        tx.modify::<Lexeme>(only.id, |l| l.homograph = 1)?;
    }
    tx.insert(&lexeme)?;
    tx.insert(&empty_sense(lexeme.id, 0, gloss))?;
    Ok(lexeme.id)
}

fn empty_sense(lexeme: LexemeId, position: i64, gloss: MultiText) -> Sense {
    Sense {
        id: SenseId::new(),
        lexeme,
        parent: None,
        position,
        gloss,
        definition: MultiText::default(),
        category: String::new(),
        domains: Vec::new(),
        scientific_name: String::new(),
        notes: MultiText::default(),
        fields: Default::default(),
        residue: Default::default(),
    }
}

/// Makes an entry of a morph as it is glossed, and ties the morph to it.
///
/// # Errors
/// When there is no such morph, or the file refuses.
pub fn add_from_morph(store: &mut Store, id: MorphId) -> Edited<LexemeId> {
    store.transact(Op::new(OpKind::AddLexeme), |tx| {
        let morph: Morph = tx.read().require(id)?;
        let (language, form) = morph.form.iter().next().map(|(l, t)| (l.to_owned(), t.to_owned())).unwrap_or_default();
        let category = morph.category.first().unwrap_or_default();
        let lexeme = insert(tx, &language, &form, morph.kind, morph.gloss.clone(), category)?;
        let sense = tx.read().senses_of(lexeme)?.first().map(|s| s.id);
        tx.modify::<Morph>(id, |m| {
            m.lexeme = Some(lexeme);
            m.sense = sense;
        })?;
        Ok(lexeme)
    })
}

/// Changes an entry's own fields.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn edit(store: &mut Store, id: LexemeId, field: &str, change: impl FnOnce(&mut Lexeme)) -> Edited {
    store.transact(Op::typing(OpKind::EditLexeme, format!("lexeme:{id}:{field}")), |tx| {
        tx.modify::<Lexeme>(id, |lexeme| {
            let before = lexeme.clone();
            change(lexeme);
            if *lexeme != before {
                lexeme.modified = now();
            }
        })
        .map(|_| ())
    })
}

/// Takes an entry out; morphs in texts keep their gloss and let go of it.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn delete(store: &mut Store, id: LexemeId) -> Edited {
    store.transact(Op::new(OpKind::DeleteLexeme), |tx| tx.delete_lexeme(id))
}

/// Adds a sense after the entry's last.
///
/// # Errors
/// When the entry is not there, or the file refuses.
pub fn add_sense(store: &mut Store, lexeme: LexemeId) -> Edited<SenseId> {
    store.transact(Op::new(OpKind::AddSense), |tx| {
        let position = tx.read().senses_of(lexeme)?.iter().map(|s| s.position).max().map_or(0, |p| p + 1);
        let sense = empty_sense(lexeme, position, MultiText::default());
        tx.insert(&sense)?;
        Ok(sense.id)
    })
}

/// Changes a sense's own fields. A new gloss shows in every text where the morph had the old one.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn edit_sense(store: &mut Store, id: SenseId, field: &str, change: impl FnOnce(&mut Sense)) -> Edited {
    store.transact(Op::typing(OpKind::EditSense, format!("sense:{id}:{field}")), |tx| {
        let before: Sense = tx.read().require(id)?;
        let after = tx.modify::<Sense>(id, change)?;
        if before.gloss != after.gloss {
            for mut morph in tx.read().morphs_with_sense(id)?.into_iter().filter(|m| m.gloss == before.gloss) {
                morph.gloss = after.gloss.clone();
                tx.update(&morph)?;
            }
        }
        Ok(())
    })
}

/// Takes a sense out with its examples and links.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn delete_sense(store: &mut Store, id: SenseId) -> Edited {
    store.transact(Op::new(OpKind::DeleteSense), |tx| tx.delete_sense(id))
}

/// Adds a link outside as a candidate: it is published only once confirmed.
///
/// # Errors
/// When the IRI is not one, or the file refuses.
pub fn add_link(store: &mut Store, record: RecordId, scheme: LinkScheme, iri: &str, label: &str) -> Edited<LinkId> {
    let iri = iri.trim();
    if !iri.contains(':') || iri.chars().any(|c| c.is_whitespace() || "<>\"{}|\\^`".contains(c)) {
        return Err(StoreError::Rule(format!("'{iri}' is not a web address that can be linked")));
    }
    store.transact(Op::new(OpKind::AddLink), |tx| {
        let link = ExternalLink {
            id: LinkId::new(),
            record,
            scheme,
            iri: iri.to_owned(),
            label: label.to_owned(),
            confirmed_by: String::new(),
            confirmed_at: String::new(),
            residue: Default::default(),
        };
        tx.insert(&link)?;
        Ok(link.id)
    })
}

/// Confirms a link, in the name of who edits now.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn confirm_link(store: &mut Store, id: LinkId) -> Edited {
    store.transact(Op::new(OpKind::ConfirmLink), |tx| {
        let by = if tx.author().is_empty() { "unnamed" } else { tx.author() }.to_owned();
        tx.modify::<ExternalLink>(id, |link| {
            link.confirmed_by = by;
            link.confirmed_at = now();
        })
        .map(|_| ())
    })
}

/// Ties every morph in the project that has no entry yet to the one entry that fits; gives how many it tied.
///
/// # Errors
/// When the file refuses.
pub fn link_all_morphs(store: &mut Store) -> Edited<usize> {
    store.transact(Op::new(OpKind::LinkMorphs), link_unlinked)
}

/// [`link_all_morphs`] as part of a larger step.
pub(in crate::app) fn link_unlinked(tx: &Tx<'_>) -> Result<usize, StoreError> {
    let mut loose = Bundle { morphs: tx.read().unlinked_morphs()?, ..Bundle::default() };
    if loose.morphs.is_empty() {
        return Ok(0);
    }
    loose.lexemes = tx.read().all()?;
    loose.senses = tx.read().all()?;
    loose.forms = tx.read().all()?;
    link_morphs(&mut loose);
    let linked: Vec<&Morph> = loose.morphs.iter().filter(|m| m.lexeme.is_some()).collect();
    linked.iter().try_for_each(|morph| tx.update(*morph))?;
    Ok(linked.len())
}
