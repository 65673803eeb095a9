//! Xigt, extensible interlinear glossed text in XML (Goodman et al. 2015; the tier types of ODIN).
//!
//! An `igt` is a sentence; consecutive ones with the same `doc-id` are a session (all of the file, where there is
//! none). The tiers `phrases`, `words` and `morphemes` give text, words and morphs, `glosses` and `pos` aligned to
//! either their glosses and categories, `translations` (and our `literal-translations` and `notes`) what stands under
//! the sentence. References are followed (`p1[0:5]`, `m1,m2`, `n2[0:1+3:4]`), letters counted as code points. An igt
//! that has only ODIN's lines is cut into words by them. Our `speaker`, `start` and `end` (seconds) are attributes of
//! the igt, which Xigt allows.
//!
//! The residue under `xigt` is the igt's own XML on the annotation and the corpus's metadata on the session, so
//! every other tier, attribute and comment comes back. Canonical form: the same elements, attributes, texts and
//! comments; layout is ours. An edited gloss, category or translation is written into its item; edited forms make the
//! tiers of words and morphs anew, and items of other tiers that pointed to what is gone are left out and counted.

mod edit;
mod fresh;
mod igt;
mod read;
mod reference;
mod write;

pub use read::read;
pub use write::write;

/// The name residue goes by.
pub(super) const NAME: &str = "xigt";

/// Tier types of what stands under a sentence.
const UNDER: [(&str, crate::domain::TierRole); 4] = [
    ("translations", crate::domain::TierRole::Translation),
    ("literal-translations", crate::domain::TierRole::LiteralTranslation),
    ("notes", crate::domain::TierRole::Note),
    ("comments", crate::domain::TierRole::Note),
];

/// The short BCP 47 tags of languages that glosses are often in.
const SHORT: [(&str, &str); 22] = [
    ("eng", "en"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("spa", "es"),
    ("por", "pt"),
    ("deu", "de"),
    ("ger", "de"),
    ("rus", "ru"),
    ("ita", "it"),
    ("nld", "nl"),
    ("zho", "zh"),
    ("cmn", "zh"),
    ("jpn", "ja"),
    ("ind", "id"),
    ("tur", "tr"),
    ("ara", "ar"),
    ("swa", "sw"),
    ("hin", "hi"),
    ("kor", "ko"),
    ("msa", "ms"),
    ("nor", "no"),
    ("swe", "sv"),
];
