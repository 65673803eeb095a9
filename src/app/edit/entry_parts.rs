//! What hangs under an entry: its headword with marks, other forms, examples, links that turn out wrong.

use super::Edited;
use crate::domain::{
    Example, ExampleId, Form, FormId, FormKind, Lexeme, LexemeId, LinkId, MorphKind, MultiText, SenseId,
};
use crate::store::{Op, OpKind, Store};

/// Sets the headword from what was typed: marks say how it attaches (`-se` a suffix) and are not part of the form.
/// An entry with a citation form of its own has that one changed.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn set_headword(store: &mut Store, id: LexemeId, language: &str, typed: &str) -> Edited {
    let typed = typed.trim();
    let change = |lexeme: &mut Lexeme| {
        if lexeme.citation.is_empty() {
            let marked = MorphKind::from_marks(typed);
            // Without marks a particle stays a particle; with them the marks say what it is.
            if !marked.is_stem() || !lexeme.kind.is_stem() {
                lexeme.kind = marked;
            }
            lexeme.form.set(language, typed.trim_matches(['-', '=']));
        } else {
            lexeme.citation.set(language, typed);
        }
    };
    super::lexicon::edit(store, id, "headword", change)
}

/// Sets the category of an entry. Where only its senses say one, those that agree with the first are changed, as a
/// dictionary that keeps categories with its senses expects.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn set_category(store: &mut Store, id: LexemeId, category: &str) -> Edited {
    store.transact(Op::typing(OpKind::EditLexeme, format!("lexeme:{id}:category")), |tx| {
        let lexeme: Lexeme = tx.read().require(id)?;
        let senses = tx.read().senses_of(id)?;
        let said = senses.iter().map(|sense| &sense.category).find(|said| !said.is_empty());
        match said.filter(|_| lexeme.category.is_empty()) {
            None => tx.update(&Lexeme { category: category.to_owned(), ..lexeme }),
            Some(said) => senses.iter().filter(|sense| sense.category == *said).try_for_each(|sense| {
                tx.update(&crate::domain::Sense { category: category.to_owned(), ..sense.clone() })
            }),
        }
    })
}

/// Sets another form of an entry: the `index`th of its kind, or a new one after the last. Empty text takes it out.
///
/// # Errors
/// When the entry is not there, or the file refuses.
pub fn set_form(store: &mut Store, id: LexemeId, kind: FormKind, index: usize, language: &str, text: &str) -> Edited {
    store.transact(Op::typing(OpKind::EditLexeme, format!("lexeme:{id}:form:{kind:?}:{index}")), |tx| {
        let forms = tx.read().entry(id)?.forms;
        match forms.iter().filter(|form| form.kind == kind).nth(index) {
            Some(form) if text.is_empty() => tx.delete_form(form.id),
            Some(form) => tx
                .modify::<Form>(form.id, |form| {
                    let tag = form.form.iter().next().map_or_else(|| language.to_owned(), |(tag, _)| tag.to_owned());
                    form.form.set(tag, text);
                })
                .map(|_| ()),
            None if text.is_empty() => Ok(()),
            None => tx.insert(&Form {
                id: FormId::new(),
                lexeme: id,
                position: forms.iter().map(|f| f.position).max().map_or(0, |p| p + 1),
                kind,
                form: MultiText::of(language, text),
                environment: String::new(),
                residue: Default::default(),
            }),
        }
    })
}

/// Adds an empty example to a sense.
///
/// # Errors
/// When the sense is not there, or the file refuses.
pub fn add_example(store: &mut Store, sense: SenseId) -> Edited<ExampleId> {
    store.transact(Op::new(OpKind::AddExample), |tx| {
        let owner: crate::domain::Sense = tx.read().require(sense)?;
        let all: Vec<Example> = tx.read().all()?;
        let position = all.iter().filter(|e| e.sense == owner.id).map(|e| e.position).max().map_or(0, |p| p + 1);
        let example = Example {
            id: ExampleId::new(),
            sense,
            position,
            text: MultiText::default(),
            translation: MultiText::default(),
            source: String::new(),
            annotation: None,
            residue: Default::default(),
        };
        tx.insert(&example)?;
        Ok(example.id)
    })
}

/// Changes an example's own fields.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn edit_example(store: &mut Store, id: ExampleId, field: &str, change: impl FnOnce(&mut Example)) -> Edited {
    store.transact(Op::typing(OpKind::EditExample, format!("example:{id}:{field}")), |tx| {
        tx.modify::<Example>(id, change).map(|_| ())
    })
}

/// Takes an example out.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn delete_example(store: &mut Store, id: ExampleId) -> Edited {
    store.transact(Op::new(OpKind::DeleteExample), |tx| tx.delete_example(id))
}

/// Takes a link out: it does not say what the sense says.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn delete_link(store: &mut Store, id: LinkId) -> Edited {
    store.transact(Op::new(OpKind::DeleteLink), |tx| tx.delete_link(id))
}
