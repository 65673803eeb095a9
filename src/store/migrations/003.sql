-- What a step was taken from: the name of the file that was imported. A later version of the file is known by it.
ALTER TABLE undo_log ADD COLUMN source TEXT;
