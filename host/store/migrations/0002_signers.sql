-- Keys of vendors, each for one department. `id` is the beginning of the
-- SHA-256 of `public_key`. Rows are never deleted: a revoked key is remembered.
CREATE TABLE signers (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    department      TEXT NOT NULL,
    public_key      BLOB NOT NULL,
    valid_from      TEXT NOT NULL,
    valid_until     TEXT,
    revoked_at      INTEGER,
    revoked_by      TEXT,
    revoked_reason  TEXT
) STRICT;

-- What they signed. `document` is the signature as it was given, so that it can
-- be verified again.
CREATE TABLE component_signatures (
    digest    TEXT NOT NULL REFERENCES components (digest),
    signer    TEXT NOT NULL REFERENCES signers (id),
    document  TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (digest, signer)
) STRICT, WITHOUT ROWID;
