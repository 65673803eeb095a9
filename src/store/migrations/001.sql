-- The records of a project. Ids are UUIDv7 in 16 bytes, times integer nanoseconds, texts in several languages
-- JSON objects by BCP 47 tag. Foreign keys are deferred so that undo may put rows back in any order, and nothing
-- cascades: who deletes a record deletes what hangs under it, so that undo can bring all of it back.

CREATE TABLE project (
    id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL, description TEXT, base_iri TEXT NOT NULL,
    licence TEXT NOT NULL, created TEXT NOT NULL, residue TEXT
);
CREATE TABLE language (
    id BLOB PRIMARY KEY NOT NULL, tag TEXT NOT NULL, name TEXT, iso639_3 TEXT NOT NULL, glottocode TEXT NOT NULL,
    role TEXT NOT NULL, position INTEGER NOT NULL, writing_systems TEXT, residue TEXT
);
CREATE TABLE person (
    id BLOB PRIMARY KEY NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, languages TEXT, notes TEXT NOT NULL,
    consent TEXT, access TEXT NOT NULL, residue TEXT
);
CREATE TABLE session (
    id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL, title TEXT, date TEXT NOT NULL, place TEXT NOT NULL,
    genre TEXT NOT NULL, description TEXT, participants TEXT, consent TEXT, access TEXT NOT NULL,
    position INTEGER NOT NULL, residue TEXT
);
CREATE TABLE media (
    id BLOB PRIMARY KEY NOT NULL, session BLOB NOT NULL REFERENCES session DEFERRABLE INITIALLY DEFERRED,
    path TEXT NOT NULL, storage TEXT NOT NULL, hash TEXT NOT NULL, size INTEGER NOT NULL, mime TEXT NOT NULL,
    duration INTEGER, "offset" INTEGER NOT NULL, streams TEXT, position INTEGER NOT NULL, residue TEXT
);
CREATE INDEX media_session ON media (session);
CREATE TABLE vocabulary (
    id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, entries TEXT, residue TEXT
);
CREATE TABLE tier (
    id BLOB PRIMARY KEY NOT NULL, session BLOB NOT NULL REFERENCES session DEFERRABLE INITIALLY DEFERRED,
    parent BLOB REFERENCES tier DEFERRABLE INITIALLY DEFERRED, name TEXT NOT NULL, role TEXT NOT NULL,
    "constraint" TEXT NOT NULL, type_name TEXT NOT NULL,
    participant BLOB REFERENCES person DEFERRABLE INITIALLY DEFERRED, annotator TEXT NOT NULL,
    language TEXT NOT NULL, vocabulary BLOB REFERENCES vocabulary DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL, residue TEXT
);
CREATE INDEX tier_session ON tier (session);
CREATE TABLE annotation (
    id BLOB PRIMARY KEY NOT NULL, tier BLOB NOT NULL REFERENCES tier DEFERRABLE INITIALLY DEFERRED,
    parent BLOB REFERENCES annotation DEFERRABLE INITIALLY DEFERRED, start INTEGER, "end" INTEGER,
    position INTEGER NOT NULL, value TEXT NOT NULL, entry BLOB, residue TEXT,
    CHECK ((start IS NULL) = ("end" IS NULL) AND (start IS NULL OR start <= "end"))
);
CREATE INDEX annotation_tier ON annotation (tier, start, "end");
CREATE INDEX annotation_length ON annotation (tier, ("end" - start));
CREATE INDEX annotation_parent ON annotation (parent);
CREATE TABLE word (
    id BLOB PRIMARY KEY NOT NULL, annotation BLOB NOT NULL REFERENCES annotation DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL, kind TEXT NOT NULL, form TEXT, gloss TEXT, category TEXT, status TEXT NOT NULL,
    start INTEGER, "end" INTEGER, residue TEXT
);
CREATE INDEX word_annotation ON word (annotation, position);
CREATE TABLE morph (
    id BLOB PRIMARY KEY NOT NULL, word BLOB NOT NULL REFERENCES word DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL, kind TEXT NOT NULL, form TEXT, citation TEXT, gloss TEXT, category TEXT,
    homograph TEXT NOT NULL, lexeme BLOB REFERENCES lexeme DEFERRABLE INITIALLY DEFERRED,
    sense BLOB REFERENCES sense DEFERRABLE INITIALLY DEFERRED, residue TEXT
);
CREATE INDEX morph_word ON morph (word, position);
CREATE INDEX morph_lexeme ON morph (lexeme);
CREATE INDEX morph_sense ON morph (sense);
CREATE TABLE lexeme (
    id BLOB PRIMARY KEY NOT NULL, form TEXT, citation TEXT, kind TEXT NOT NULL, homograph INTEGER NOT NULL,
    category TEXT NOT NULL, etymology TEXT, notes TEXT, fields TEXT, created TEXT NOT NULL, modified TEXT NOT NULL,
    position INTEGER NOT NULL, residue TEXT
);
CREATE TABLE form (
    id BLOB PRIMARY KEY NOT NULL, lexeme BLOB NOT NULL REFERENCES lexeme DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL, kind TEXT NOT NULL, form TEXT, environment TEXT NOT NULL, residue TEXT
);
CREATE INDEX form_lexeme ON form (lexeme);
CREATE TABLE sense (
    id BLOB PRIMARY KEY NOT NULL, lexeme BLOB NOT NULL REFERENCES lexeme DEFERRABLE INITIALLY DEFERRED,
    parent BLOB REFERENCES sense DEFERRABLE INITIALLY DEFERRED, position INTEGER NOT NULL, gloss TEXT,
    definition TEXT, category TEXT NOT NULL, domains TEXT, scientific_name TEXT NOT NULL, notes TEXT, fields TEXT,
    residue TEXT
);
CREATE INDEX sense_lexeme ON sense (lexeme);
CREATE INDEX sense_parent ON sense (parent);
CREATE TABLE example (
    id BLOB PRIMARY KEY NOT NULL, sense BLOB NOT NULL REFERENCES sense DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL, text TEXT, translation TEXT, source TEXT NOT NULL,
    annotation BLOB REFERENCES annotation DEFERRABLE INITIALLY DEFERRED, residue TEXT
);
CREATE INDEX example_sense ON example (sense);
CREATE INDEX example_annotation ON example (annotation);
CREATE TABLE relation (
    id BLOB PRIMARY KEY NOT NULL, kind TEXT NOT NULL, source BLOB NOT NULL, target BLOB, target_text TEXT NOT NULL,
    position INTEGER NOT NULL, residue TEXT
);
CREATE INDEX relation_source ON relation (source);
CREATE INDEX relation_target ON relation (target);
CREATE TABLE link (
    id BLOB PRIMARY KEY NOT NULL, record BLOB NOT NULL, scheme TEXT NOT NULL, iri TEXT NOT NULL,
    label TEXT NOT NULL, confirmed_by TEXT NOT NULL, confirmed_at TEXT NOT NULL, residue TEXT
);
CREATE INDEX link_record ON link (record);
CREATE TABLE run (
    id BLOB PRIMARY KEY NOT NULL, session BLOB NOT NULL REFERENCES session DEFERRABLE INITIALLY DEFERRED,
    media BLOB NOT NULL REFERENCES media DEFERRABLE INITIALLY DEFERRED, models TEXT, settings TEXT,
    started TEXT NOT NULL, finished TEXT NOT NULL, status TEXT NOT NULL, frames INTEGER NOT NULL, residue TEXT
);
CREATE TABLE track (
    id BLOB PRIMARY KEY NOT NULL, run BLOB NOT NULL REFERENCES run DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL, number INTEGER NOT NULL, person BLOB REFERENCES person DEFERRABLE INITIALLY DEFERRED,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, samples INTEGER NOT NULL, residue TEXT
);
CREATE INDEX track_run ON track (run);
CREATE TABLE tag (
    id BLOB PRIMARY KEY NOT NULL, run BLOB NOT NULL REFERENCES run DEFERRABLE INITIALLY DEFERRED,
    track BLOB NOT NULL REFERENCES track DEFERRABLE INITIALLY DEFERRED, label TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, confidence REAL NOT NULL, evidence TEXT, status TEXT NOT NULL,
    reviewer TEXT NOT NULL, reviewed TEXT NOT NULL,
    annotation BLOB REFERENCES annotation DEFERRABLE INITIALLY DEFERRED, residue TEXT
);
CREATE INDEX tag_run ON tag (run, start);

-- Time series of a track: one channel, some seconds, packed. Outside undo: a run's samples are never edited.
CREATE TABLE track_chunk (
    track BLOB NOT NULL, channel TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    samples INTEGER NOT NULL, blob BLOB NOT NULL,
    PRIMARY KEY (track, channel, start)
) WITHOUT ROWID;

-- Every step that changed the project, newest last, with what it takes to go back.
CREATE TABLE undo_log (
    id INTEGER PRIMARY KEY, op TEXT NOT NULL, coalesce TEXT, author TEXT NOT NULL, at TEXT NOT NULL,
    changeset BLOB NOT NULL,
    -- done: can be undone; undone: can be redone; dropped: undone, then something else was done; fixed: neither
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped', 'fixed'))
);
-- What each step did to each record: the values before, of the columns that changed.
CREATE TABLE history (
    id INTEGER PRIMARY KEY, step INTEGER NOT NULL, record BLOB NOT NULL, "table" TEXT NOT NULL,
    action TEXT NOT NULL, old TEXT, author TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX history_record ON history (record, id);
CREATE INDEX history_step ON history (step, record);
