-- What each reviewer said of a proposal: one word a reviewer and proposal. Earlier versions kept it on the proposal's
-- residue; the program moves it here.
CREATE TABLE review (
    id BLOB PRIMARY KEY NOT NULL, tag BLOB NOT NULL REFERENCES tag DEFERRABLE INITIALLY DEFERRED,
    reviewer TEXT NOT NULL, reviewed TEXT NOT NULL, status TEXT NOT NULL, label TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    was_label TEXT NOT NULL, was_start INTEGER NOT NULL, was_end INTEGER NOT NULL,
    note TEXT NOT NULL, residue TEXT
);
CREATE INDEX review_tag ON review (tag);

-- What a model run needs to be gone on with after it was broken off: its plan, and how far it has come. Rows go when
-- the run is done.
CREATE TABLE run_state (
    run BLOB NOT NULL, part TEXT NOT NULL, at INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY (run, part, at)
);
