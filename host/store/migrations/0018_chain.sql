-- The chain of everything that is recorded, decided or changed (docs/ledger.md).
-- `kind` is the table of the row, `reference` its name there (a JSON array where
-- that has several parts), `content` SHA-256 over what the row says from then on,
-- empty where it is gone, and `hash` SHA-256 over all that and the link before.
-- `seq` has no gaps.
CREATE TABLE chain (
    seq        INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    reference  TEXT NOT NULL,
    content    BLOB,
    hash       BLOB NOT NULL
) STRICT;
-- A check has one link, in its turn: it is found without an index.
CREATE INDEX chain_by_reference ON chain (kind, reference, seq) WHERE kind <> 'checks';

-- The last link, so that it shows when the end is cut off.
CREATE TABLE chain_head (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    seq   INTEGER NOT NULL,
    hash  BLOB NOT NULL
) STRICT;
INSERT INTO chain_head (only, seq, hash) VALUES (1, 0, zeroblob(32));

-- Of each table, which columns its links cover. A table that is not here, or with
-- other columns, has its rows linked when the store is opened: a migration that
-- changes rows deletes the row of their table.
CREATE TABLE chain_tables (
    name  TEXT PRIMARY KEY,
    form  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- SHA-256 of the file of a snapshot, which never changes.
ALTER TABLE list_sources ADD COLUMN file_sha256 BLOB;
