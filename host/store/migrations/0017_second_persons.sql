-- Who holds a key: a person or a system. Keys that are here already are held by
-- whoever their name says, which is what their name is for.
ALTER TABLE api_keys ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN holder_kind TEXT NOT NULL DEFAULT 'person';
UPDATE api_keys SET holder = name,
       holder_kind = CASE WHEN role IN ('caller', 'vendor') THEN 'system' ELSE 'person' END;

-- What a second person has to agree to before it takes effect. `digest` is over
-- what would go, all of it; `going` is a JSON list of the first lines of it.
-- Whoever does the same again once it was approved has it done, once.
CREATE TABLE approvals (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    digest       BLOB NOT NULL,
    summary      TEXT NOT NULL,
    going        TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    asked_by     TEXT NOT NULL,
    approved_at  INTEGER,
    approved_by  TEXT,
    reason       TEXT,
    used_at      INTEGER,
    used_by      TEXT
) STRICT;
CREATE INDEX approvals_by_digest ON approvals (digest);
