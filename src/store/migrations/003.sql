-- What a step was taken from: the name of the file that was imported. A later version of the file is known by it.
ALTER TABLE undo_log ADD COLUMN source TEXT;

-- The two full-text indexes are filled by the program, a statement a step: a trigger a row took most of the time of
-- a large import.
DROP TRIGGER search_text_insert;
DROP TRIGGER search_text_delete;
DROP TRIGGER search_text_update;
