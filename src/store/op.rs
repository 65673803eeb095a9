//! What a step is called, so that Undo can name what it undoes.

/// The kinds of edit. The name is stored in the undo log; the texts shown are `op-NAME` in `assets/texts`.
macro_rules! ops {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What kind of edit a step is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum OpKind { $($(#[$doc])* $kind,)* }

        impl OpKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),*];
            /// The name that is stored; `op-` in front gives the text's id.
            pub fn name(self) -> &'static str { match self { $(Self::$kind => $name,)* } }
            /// The kind of that name; names of a newer program read as [`OpKind::Edit`].
            pub fn from_name(name: &str) -> Self {
                match name { $($name => Self::$kind,)* _ => Self::Edit }
            }
        }
    };
}

ops! {
    Edit = "edit",
    NewProject = "new-project",
    EditProject = "edit-project",
    Import = "import",
    AddSession = "add-session",
    EditSession = "edit-session",
    DeleteSession = "delete-session",
    AddMedia = "add-media",
    RelinkMedia = "relink-media",
    DeleteMedia = "delete-media",
    EditMedia = "edit-media",
    AddPerson = "add-person",
    EditPerson = "edit-person",
    DeletePerson = "delete-person",
    AddTier = "add-tier",
    EditTier = "edit-tier",
    DeleteTier = "delete-tier",
    AddAnnotation = "add-annotation",
    EditAnnotation = "edit-annotation",
    MoveAnnotation = "move-annotation",
    SplitAnnotation = "split-annotation",
    MergeAnnotations = "merge-annotations",
    DeleteAnnotation = "delete-annotation",
    EditTranslation = "edit-translation",
    SplitWords = "split-words",
    EditWord = "edit-word",
    BreakWord = "break-word",
    GlossWord = "gloss-word",
    ApproveWord = "approve-word",
    AddLexeme = "add-lexeme",
    EditLexeme = "edit-lexeme",
    DeleteLexeme = "delete-lexeme",
    AddSense = "add-sense",
    EditSense = "edit-sense",
    DeleteSense = "delete-sense",
    AddExample = "add-example",
    EditExample = "edit-example",
    DeleteExample = "delete-example",
    DeleteLink = "delete-link",
    UnapproveWord = "unapprove-word",
    LinkMorphs = "link-morphs",
    AddLink = "add-link",
    ConfirmLink = "confirm-link",
    Analyse = "analyse",
    AcceptTag = "accept-tag",
    RejectTag = "reject-tag",
    ChangeTag = "change-tag",
    UnsureTag = "unsure-tag",
    NoteTag = "note-tag",
    NameTrack = "name-track",
    SamePerson = "same-person",
    NotSamePerson = "not-same-person",
    MergePeople = "merge-people",
    DeleteTrack = "delete-track",
    KeepPrints = "keep-prints",
    RunRecipe = "run-recipe",
    BlindReview = "blind-review",
    SettleTags = "settle-tags",
    Calibrate = "calibrate",
    CarryNames = "carry-names",
    ShowLook = "show-look",
    DeleteRun = "delete-run",
    ProposeLabels = "propose-labels",
    AcceptLabels = "accept-labels",
}

/// One step: its kind, whether it joins the step before, whether it can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    pub kind: OpKind,
    /// Steps with the same key that follow each other within three seconds become one (typing in one field).
    pub coalesce: Option<String>,
    /// Whether Undo takes it back. What a model found is not an edit: it is removed by deleting its run.
    pub undoable: bool,
    /// Name of the file that an import is from, empty when it is not from one.
    pub source: String,
}

impl Op {
    /// A step of its own that can be undone.
    pub fn new(kind: OpKind) -> Self {
        Self { kind, coalesce: None, undoable: true, source: String::new() }
    }
    /// A step that joins the one before when that has the same key: for typing, the record and its field.
    pub fn typing(kind: OpKind, key: impl Into<String>) -> Self {
        Self { coalesce: Some(key.into()), ..Self::new(kind) }
    }
    /// A step that Undo passes over.
    pub fn fixed(kind: OpKind) -> Self {
        Self { undoable: false, ..Self::new(kind) }
    }
    /// The import of a file; what it gives is known later by the file's name.
    pub fn import(source: impl Into<String>) -> Self {
        Self { source: source.into(), ..Self::new(OpKind::Import) }
    }
}
