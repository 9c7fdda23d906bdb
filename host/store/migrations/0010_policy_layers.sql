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
