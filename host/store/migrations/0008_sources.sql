-- Where entries come from. Of a source that was imported as a whole, `snapshot`
-- names the file beside the store that holds it; `entries` here are what came
-- since, and win over the snapshot where they have the same id. `changes` counts
-- how often they were changed.
ALTER TABLE entries ADD COLUMN source TEXT NOT NULL DEFAULT 'default';
CREATE INDEX entries_by_source ON entries (source);

CREATE TABLE list_sources (
    source       TEXT PRIMARY KEY,
    snapshot     TEXT,
    entries      INTEGER NOT NULL,
    digest       TEXT NOT NULL,
    changes      INTEGER NOT NULL DEFAULT 0,
    whole_at     INTEGER,
    imported_at  INTEGER NOT NULL,
    file         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Grows whenever another snapshot takes a place: who reads both snapshots and
-- `entries` sees by it that they belong together.
CREATE TABLE list_generation (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    generation  INTEGER NOT NULL
) STRICT;
INSERT INTO list_generation (only, generation) VALUES (1, 0);
