//! Bundles of every record kind with every field filled, as wild as a seed makes them.

use fieldgloss::domain::*;
use serde_json::json;

/// A small reproducible source of chance.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
    pub fn flag(&mut self) -> bool {
        self.next() & 1 == 1
    }
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| make(self))
    }
    fn one_of<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() || self.flag() { None } else { Some(self.pick(from)) }
    }
    /// Any text at all: letters of many scripts, marks, quotes, JSON, SQL, control characters.
    pub fn text(&mut self) -> String {
        const WORDS: &[&str] = &[
            "",
            "mame",
            "t͡ʃa˥˩",
            "ɛ̃́ː",
            "ñ",
            "n\u{303}",
            "שלום",
            "漢字",
            "it's",
            "\"",
            "{\"a\": 1}",
            "[1]",
            "null",
            "%",
            "\\",
            "'; DROP TABLE word; --",
            "\u{0}",
            "\n",
            "\t",
            "👩🏽‍🦱",
            "a b",
        ];
        let mut text = String::new();
        for _ in 0..self.below(4) {
            match self.flag() {
                true => text.push_str(self.pick(WORDS)),
                false => text.extend(char::from_u32((self.next() % 0x2_FFFF) as u32)),
            }
        }
        text
    }
    fn multi(&mut self) -> MultiText {
        (0..self.below(3)).map(|_| (self.pick(&["apy", "en", "apy-fonipa", "pt"]), self.text())).collect()
    }
    fn fields(&mut self) -> std::collections::BTreeMap<String, MultiText> {
        (0..self.below(3)).map(|_| (self.text(), self.multi())).collect()
    }
    /// Any finite number, most with a long decimal tail.
    fn number(&mut self) -> f64 {
        f64::from_bits(self.next()).clamp(-1e300, 1e300).max(-1e300)
    }
    fn share(&mut self) -> f64 {
        self.below(1 << 30) as f64 / f64::from(1 << 30) / 3.0
    }
    fn json(&mut self) -> serde_json::Value {
        match self.below(3) {
            0 => serde_json::Value::Null,
            1 => json!({ (self.text()): [self.number(), self.text(), null, i64::MIN, u64::MAX] }),
            _ => json!({ "score": self.share(), "deep": { "b": true, "a": [[]] } }),
        }
    }
    fn residue(&mut self) -> Residue {
        let mut residue = Residue::default();
        if self.flag() {
            let value = self.json();
            residue.set("eaf", value);
        }
        residue
    }
    fn time(&mut self) -> Time {
        Time((self.next() % 1_000_000_000_000) as i64)
    }
    fn span(&mut self) -> Span {
        Span::new(self.time(), self.time())
    }
    fn consent(&mut self) -> Consent {
        Consent { given: self.maybe(Self::flag), manner: self.text(), date: self.text(), conditions: self.text() }
    }
    fn access(&mut self) -> Access {
        self.pick(&[Access::Open, Access::Registered, Access::Team, Access::Closed])
    }
}

/// A project's own record.
pub fn project(name: &str) -> Project {
    Project {
        id: ProjectId::new(),
        name: name.to_owned(),
        description: MultiText::of("en", "for tests"),
        base_iri: "urn:test:".to_owned(),
        licence: String::new(),
        created: "2026-01-01T00:00:00Z".to_owned(),
        residue: Residue::default(),
    }
}

/// A bundle with every kind of record. Everything it points at is in it.
pub fn bundle(seed: u64) -> Bundle {
    let c = &mut Chance(seed);
    let mut b = Bundle { project: Some(project("wild")), ..Bundle::default() };
    for (n, role) in [LanguageRole::Object, LanguageRole::Analysis].into_iter().enumerate() {
        b.languages.push(Language {
            id: LanguageId::new(),
            tag: ["apy", "en"][n].to_owned(),
            name: c.multi(),
            iso639_3: c.text(),
            glottocode: c.text(),
            role,
            position: n as i64,
            writing_systems: (0..c.below(3))
                .map(|_| WritingSystem {
                    tag: c.text(),
                    name: c.text(),
                    script: c.text(),
                    font: c.text(),
                    right_to_left: c.flag(),
                })
                .collect(),
            residue: c.residue(),
        });
    }
    for n in 0..1 + c.below(3) {
        b.people.push(Person {
            id: PersonId::new(),
            code: format!("P{n}{}", c.text()),
            name: c.text(),
            languages: (0..c.below(3)).map(|_| c.text()).collect(),
            notes: c.text(),
            consent: c.consent(),
            access: c.access(),
            residue: c.residue(),
        });
    }
    let people: Vec<_> = b.people.iter().map(|p| p.id).collect();
    for _ in 0..1 + c.below(2) {
        b.vocabularies.push(Vocabulary {
            id: VocabularyId::new(),
            name: c.text(),
            description: c.text(),
            entries: (0..c.below(3))
                .map(|_| VocabularyEntry {
                    id: VocabularyEntryId::new(),
                    value: c.text(),
                    description: c.text(),
                    residue: c.residue(),
                })
                .collect(),
            residue: c.residue(),
        });
    }
    let vocabularies: Vec<_> = b.vocabularies.iter().map(|v| v.id).collect();
    lexicon(c, &mut b);
    for n in 0..1 + c.below(2) {
        session(c, &mut b, n as i64, &people, &vocabularies);
    }
    let utterances: Vec<_> = b.annotations.iter().map(|a| a.id).collect();
    let senses: Vec<_> = b.senses.iter().map(|s| s.id).collect();
    for sense in &senses {
        b.examples.push(Example {
            id: ExampleId::new(),
            sense: *sense,
            position: c.below(9) as i64,
            text: c.multi(),
            translation: c.multi(),
            source: c.text(),
            annotation: c.one_of(&utterances),
            residue: c.residue(),
        });
        b.links.push(ExternalLink {
            id: LinkId::new(),
            record: sense.record(),
            scheme: c.pick(&[
                LinkScheme::WordNet,
                LinkScheme::Wikidata,
                LinkScheme::Dbpedia,
                LinkScheme::Concepticon,
                LinkScheme::Other,
            ]),
            iri: c.text(),
            label: c.text(),
            confirmed_by: c.text(),
            confirmed_at: c.text(),
            residue: c.residue(),
        });
    }
    b
}

fn lexicon(c: &mut Chance, b: &mut Bundle) {
    for n in 0..1 + c.below(4) {
        let lexeme = LexemeId::new();
        b.lexemes.push(Lexeme {
            id: lexeme,
            form: c.multi(),
            citation: c.multi(),
            kind: c.pick(&MorphKind::NAMES).0,
            homograph: c.below(3) as i64,
            category: c.text(),
            etymology: c.multi(),
            notes: c.multi(),
            fields: c.fields(),
            created: c.text(),
            modified: c.text(),
            position: n as i64,
            residue: c.residue(),
        });
        b.forms.push(Form {
            id: FormId::new(),
            lexeme,
            position: 0,
            kind: c.pick(&[FormKind::Allomorph, FormKind::Variant, FormKind::Pronunciation, FormKind::Inflected]),
            form: c.multi(),
            environment: c.text(),
            residue: c.residue(),
        });
        let mut parent = None;
        for position in 0..1 + c.below(3) {
            let id = SenseId::new();
            b.senses.push(Sense {
                id,
                lexeme,
                parent,
                position: position as i64,
                gloss: c.multi(),
                definition: c.multi(),
                category: c.text(),
                domains: (0..c.below(3)).map(|_| c.text()).collect(),
                scientific_name: c.text(),
                notes: c.multi(),
                fields: c.fields(),
                residue: c.residue(),
            });
            parent = c.maybe(|_| id);
        }
        let target = c.maybe(|_| lexeme.record());
        b.relations.push(Relation {
            id: RelationId::new(),
            kind: c.text(),
            source: b.lexemes[c.below(b.lexemes.len())].id.record(),
            target,
            target_text: c.text(),
            position: n as i64,
            residue: c.residue(),
        });
    }
}

fn session(c: &mut Chance, b: &mut Bundle, position: i64, people: &[PersonId], vocabularies: &[VocabularyId]) {
    let session = SessionId::new();
    b.sessions.push(Session {
        id: session,
        name: c.text(),
        title: c.multi(),
        date: c.text(),
        place: c.text(),
        genre: c.text(),
        description: c.multi(),
        participants: (0..c.below(3)).map(|_| Participation { person: c.pick(people), role: c.text() }).collect(),
        consent: c.consent(),
        access: c.access(),
        position,
        residue: c.residue(),
    });
    let media = MediaId::new();
    b.media.push(Media {
        id: media,
        session,
        path: c.text(),
        storage: c.pick(&[MediaStorage::Copied, MediaStorage::Linked]),
        hash: c.text(),
        size: c.below(1 << 40) as i64,
        mime: c.text(),
        duration: c.maybe(Chance::time),
        offset: c.time(),
        streams: (0..c.below(3))
            .map(|index| Stream {
                index,
                kind: c.pick(&[StreamKind::Audio, StreamKind::Video, StreamKind::Other]),
                codec: c.text(),
                duration: c.maybe(Chance::time),
                sample_rate: c.maybe(|c| c.below(192_000) as u32),
                channels: c.maybe(|c| c.below(9) as u32),
                width: c.maybe(|c| c.below(9999) as u32),
                height: c.maybe(|c| c.below(9999) as u32),
                frame_rate: c.maybe(Chance::share),
                rotation: c.maybe(|c| c.pick(&[0, 90, 180, 270])),
            })
            .collect(),
        position: 0,
        residue: c.residue(),
    });
    let mut above: Option<TierId> = None;
    let mut annotations_above: Vec<AnnotationId> = Vec::new();
    for n in 0..1 + c.below(3) {
        let tier = TierId::new();
        b.tiers.push(Tier {
            id: tier,
            session,
            parent: above,
            name: c.text(),
            role: c.pick(&[
                TierRole::Transcription,
                TierRole::Translation,
                TierRole::LiteralTranslation,
                TierRole::Note,
                TierRole::Tags,
                TierRole::Other,
            ]),
            constraint: c.pick(&[
                Constraint::None,
                Constraint::TimeSubdivision,
                Constraint::IncludedIn,
                Constraint::SymbolicSubdivision,
                Constraint::SymbolicAssociation,
            ]),
            type_name: c.text(),
            participant: c.one_of(people),
            annotator: c.text(),
            language: c.text(),
            vocabulary: c.one_of(vocabularies),
            position: n as i64,
            residue: c.residue(),
        });
        let mut here = Vec::new();
        for position in 0..c.below(4) {
            let span = c.maybe(Chance::span);
            let mut annotation = Annotation::new(tier, span, position as i64, c.text());
            annotation.parent = c.one_of(&annotations_above);
            annotation.entry = c.maybe(|_| VocabularyEntryId::new());
            annotation.residue = c.residue();
            here.push(annotation.id);
            words(c, b, annotation.id);
            b.annotations.push(annotation);
        }
        above = c.maybe(|_| tier).or(above);
        annotations_above = here;
    }
    run(c, b, session, media, people);
}

fn words(c: &mut Chance, b: &mut Bundle, annotation: AnnotationId) {
    for position in 0..c.below(3) {
        let id = WordId::new();
        b.words.push(Word {
            id,
            annotation,
            position: position as i64,
            kind: c.pick(&[WordKind::Word, WordKind::Punctuation]),
            form: c.multi(),
            gloss: c.multi(),
            category: c.multi(),
            status: c.pick(&[WordStatus::Unknown, WordStatus::Suggested, WordStatus::Approved]),
            start: c.maybe(Chance::time),
            end: c.maybe(Chance::time),
            residue: c.residue(),
        });
        let sense = b.senses[c.below(b.senses.len())].clone();
        let tied = c.flag();
        b.morphs.push(Morph {
            id: MorphId::new(),
            word: id,
            position: 0,
            kind: c.pick(&MorphKind::NAMES).0,
            form: c.multi(),
            citation: c.multi(),
            gloss: c.multi(),
            category: c.multi(),
            homograph: c.text(),
            lexeme: tied.then_some(sense.lexeme),
            sense: tied.then_some(sense.id),
            residue: c.residue(),
        });
    }
}

fn run(c: &mut Chance, b: &mut Bundle, session: SessionId, media: MediaId, people: &[PersonId]) {
    let run = RunId::new();
    b.runs.push(ModelRun {
        id: run,
        session,
        media,
        models: (0..c.below(3)).map(|_| ModelUse { name: c.text(), version: c.text(), sha256: c.text() }).collect(),
        settings: c.json(),
        started: c.text(),
        finished: c.text(),
        status: c.pick(&[RunStatus::Running, RunStatus::Finished, RunStatus::Stopped]),
        frames: c.below(99_999) as i64,
        residue: c.residue(),
    });
    let annotations: Vec<_> = b.annotations.iter().map(|a| a.id).collect();
    for number in 1..2 + c.below(2) {
        let track = TrackId::new();
        let span = c.span();
        b.tracks.push(Track {
            id: track,
            run,
            kind: c.pick(&[TrackKind::Face, TrackKind::Body]),
            number: number as i64,
            person: c.one_of(people),
            start: span.start,
            end: span.end,
            samples: c.below(9999) as i64,
            residue: c.residue(),
        });
        let span = c.span();
        b.tags.push(Tag {
            id: TagId::new(),
            run,
            track,
            label: c.text(),
            start: span.start,
            end: span.end,
            confidence: c.share(),
            evidence: c.json(),
            status: c.pick(&[
                TagStatus::Proposed,
                TagStatus::Accepted,
                TagStatus::Rejected,
                TagStatus::Changed,
                TagStatus::Unsure,
            ]),
            reviewer: c.text(),
            reviewed: c.text(),
            annotation: c.one_of(&annotations),
            residue: c.residue(),
        });
    }
}

/// The same records in order of id, so that two bundles can be compared.
pub fn in_order(mut b: Bundle) -> Bundle {
    macro_rules! sort { ($($list:ident),*) => { $(b.$list.sort_by_key(|record| record.id);)* } }
    sort!(
        languages,
        people,
        sessions,
        media,
        vocabularies,
        tiers,
        annotations,
        words,
        morphs,
        lexemes,
        forms,
        senses,
        examples,
        relations,
        links,
        runs,
        tracks,
        tags
    );
    b
}
