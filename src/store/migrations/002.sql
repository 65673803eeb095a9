-- Search: one line of text a record, as typed and as a key, under a word index and a trigram index.
CREATE TABLE search_text (
    id INTEGER PRIMARY KEY, record BLOB NOT NULL UNIQUE, "table" TEXT NOT NULL, text TEXT NOT NULL, key TEXT NOT NULL
);
-- The tokenizer keeps tone letters, tie bars and marks within the word.
CREATE VIRTUAL TABLE search_word USING fts5 (
    key, content='search_text', content_rowid='id', prefix='2 3',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc Sk'"
);
CREATE VIRTUAL TABLE search_trigram USING fts5 (
    key, content='search_text', content_rowid='id', tokenize = 'trigram'
);
CREATE TRIGGER search_text_insert AFTER INSERT ON search_text BEGIN
    INSERT INTO search_word (rowid, key) VALUES (new.id, new.key);
    INSERT INTO search_trigram (rowid, key) VALUES (new.id, new.key);
END;
CREATE TRIGGER search_text_delete AFTER DELETE ON search_text BEGIN
    INSERT INTO search_word (search_word, rowid, key) VALUES ('delete', old.id, old.key);
    INSERT INTO search_trigram (search_trigram, rowid, key) VALUES ('delete', old.id, old.key);
END;
CREATE TRIGGER search_text_update AFTER UPDATE ON search_text BEGIN
    INSERT INTO search_word (search_word, rowid, key) VALUES ('delete', old.id, old.key);
    INSERT INTO search_trigram (search_trigram, rowid, key) VALUES ('delete', old.id, old.key);
    INSERT INTO search_word (rowid, key) VALUES (new.id, new.key);
    INSERT INTO search_trigram (rowid, key) VALUES (new.id, new.key);
END;
CREATE INDEX search_text_key ON search_text ("table", key);

-- Every way to write a word or an entry, as a key to find it by: words by their own forms, entries by lexeme form,
-- citation form and other forms. `owner` is the word or the entry, `record` the row that the form is in.
CREATE TABLE form_key (
    record BLOB NOT NULL, owner BLOB NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('word', 'lexeme')), key TEXT NOT NULL
);
CREATE INDEX form_key_key ON form_key (kind, key, owner);
CREATE INDEX form_key_record ON form_key (record);

-- What points at a record, for taking records out: each of these is asked for every row that goes.
CREATE INDEX tier_parent ON tier (parent);
CREATE INDEX tier_participant ON tier (participant);
CREATE INDEX tier_vocabulary ON tier (vocabulary);
CREATE INDEX run_session ON run (session);
CREATE INDEX run_media ON run (media);
CREATE INDEX track_person ON track (person);
CREATE INDEX tag_track ON tag (track);
CREATE INDEX tag_annotation ON tag (annotation);
