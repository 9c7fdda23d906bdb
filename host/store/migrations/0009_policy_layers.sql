-- Administrative divisions and what each states of a policy. A complete version
-- stands in `policies`, as before; a layer states some values and inherits the
-- others from the division above.

CREATE TABLE divisions (
    code      TEXT PRIMARY KEY,
    document  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Versions, which never change once they are here: records name them.
CREATE TABLE policy_layers (
    division  TEXT NOT NULL,
    version   TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (division, version)
) STRICT, WITHOUT ROWID;

-- Numbers of organisations and the unified social credit codes they belong to.
-- `number` may be any number of an organisation, in normal form.
CREATE TABLE identifier_links (
    kind      TEXT NOT NULL,
    number    TEXT NOT NULL,
    uscc      TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (kind, number, uscc)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifier_links_by_uscc ON identifier_links (uscc);
