//! Commands of the interlinear view: words, morphs, glosses.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, Typing, ctrl, ctrl_shift, key, shift};
use crate::app::icon::Icon;
use crate::app::place::Place;
use crate::domain::{AnnotationId, LexemeId, SenseId, WordId};

/// Something to do with the words of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum InterlinearCommand {
    /// Break the selected word into morphs.
    Break,
    /// Agree with the suggestion for the selected word and go on.
    Approve,
    /// Agree with every suggestion in the line.
    ApproveLine,
    /// Agree with the suggestion wherever this word stands with it.
    ApproveAll,
    /// Take back the agreement.
    Unapprove,
    NextWord,
    PreviousWord,
    NextLine,
    PreviousLine,
    /// Play the line.
    PlayLine,
    /// Edit the gloss of the selected word.
    EditGloss,
    /// Edit the free translation of the line.
    EditFree,
    /// Go to the next word that nobody has approved.
    NextOpen,
    /// Look at the next of the analyses offered for the selected word.
    NextAnalysis,
    PreviousAnalysis,
    /// Go to the line whose approval would teach most.
    GoTeaching,
    /// Open the entry behind the selected word or morph.
    OpenEntry,
    /// Make an entry of the selected morph.
    NewEntryFromMorph,
    /// Show the sounds of the IPA to pick from.
    IpaPalette,
    SelectLine(AnnotationId),
    SelectWord(WordId),
    /// Take the analysis of that number, from 0, among those offered for the selected word; nothing is written yet.
    Choose(usize),
    /// The morphs of a word as typed: `t-oyto-se` or `t- oyto -se`.
    SetMorphs {
        word: WordId,
        typed: String,
    },
    /// The gloss of the morph at a place in a word.
    SetMorphGloss {
        word: WordId,
        morph: usize,
        language: String,
        text: String,
    },
    /// Which sense the morph at a place in a word is.
    LinkMorph {
        word: WordId,
        morph: usize,
        sense: SenseId,
    },
    /// The gloss of a whole word in a language.
    SetWordGloss {
        word: WordId,
        language: String,
        text: String,
    },
    /// The part of speech of a word in a language.
    SetWordCategory {
        word: WordId,
        language: String,
        text: String,
    },
    /// The free translation of a line in a language.
    SetFreeTranslation {
        line: AnnotationId,
        language: String,
        text: String,
    },
    /// Make words of a line that has none.
    SplitWords(AnnotationId),
    /// Play this line.
    Play(AnnotationId),
    /// Go to an entry.
    Open(LexemeId),
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::Interlinear]);
    let spec = |command, id: &'static str, icon, keys: &[_]| {
        Spec::new(Command::Interlinear(command), id, icon, HERE).keys(keys)
    };
    use InterlinearCommand as Do;
    vec![
        spec(Do::Approve, "command-approve-word", Icon::Check, &[key(Key::Enter)]),
        spec(Do::ApproveLine, "command-approve-line", Icon::Check, &[shift(Key::Enter)]),
        spec(Do::ApproveAll, "command-approve-all", Icon::Check, &[ctrl(Key::Enter)]).typing(Typing::Always),
        spec(Do::Unapprove, "command-unapprove-word", Icon::Cross, &[key(Key::X)]),
        spec(Do::Break, "command-break-word", Icon::Split, &[key(Key::B)]),
        spec(Do::EditGloss, "command-edit-gloss", Icon::Pencil, &[key(Key::G), key(Key::F2)]),
        spec(Do::EditFree, "command-edit-free", Icon::Pencil, &[key(Key::F)]),
        spec(Do::NextOpen, "command-next-open-word", Icon::Right, &[key(Key::U)]),
        spec(Do::NextAnalysis, "command-next-analysis", Icon::Down, &[key(Key::A)]),
        spec(Do::PreviousAnalysis, "command-previous-analysis", Icon::Up, &[shift(Key::A)]),
        spec(Do::GoTeaching, "command-go-teaching", Icon::Right, &[key(Key::T)]),
        spec(Do::NextWord, "command-next-word", Icon::Right, &[key(Key::ArrowRight)]),
        spec(Do::PreviousWord, "command-previous-word", Icon::Left, &[key(Key::ArrowLeft)]),
        spec(Do::NextLine, "command-next-line", Icon::Down, &[key(Key::ArrowDown)]),
        spec(Do::PreviousLine, "command-previous-line", Icon::Up, &[key(Key::ArrowUp)]),
        spec(Do::PlayLine, "command-play-line", Icon::Speaker, &[key(Key::P)]),
        spec(Do::OpenEntry, "command-open-entry", Icon::Lexicon, &[key(Key::E)]),
        spec(Do::NewEntryFromMorph, "command-new-entry-from-morph", Icon::Plus, &[key(Key::N)]),
        spec(Do::IpaPalette, "command-ipa-palette", Icon::Keyboard, &[ctrl_shift(Key::I)]),
    ]
}
