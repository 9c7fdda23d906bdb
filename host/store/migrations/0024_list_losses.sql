-- How many entries of a source imports took away that rested on the word of one
-- person, and since when that is counted: many small losses are one large one.
ALTER TABLE list_sources ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE list_sources ADD COLUMN lost_since INTEGER;
