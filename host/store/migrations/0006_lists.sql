-- The kinds of lists this host takes, and what else recognisers say of entries:
-- both JSON in the forms of creditgate-wire, `particulars` empty where nothing is
-- said.
CREATE TABLE list_types (
    code      TEXT PRIMARY KEY,
    document  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE entries ADD COLUMN particulars TEXT NOT NULL DEFAULT '';
