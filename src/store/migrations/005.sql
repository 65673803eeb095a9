-- What faces and voices are like, a direction a track. Sensitive: outside undo, history and every export; what is
-- deleted is overwritten.
CREATE TABLE print (
    track BLOB NOT NULL, kind TEXT NOT NULL, model TEXT NOT NULL, samples INTEGER NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (track, kind)
);
