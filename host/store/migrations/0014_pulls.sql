-- How far each pull of lists came, by the platform's clock, and how it went.
-- Instants are nanoseconds since 1970. The mark moves in the transaction that
-- saves the entries.
CREATE TABLE pulls (
    name        TEXT PRIMARY KEY,
    mark        INTEGER,
    tried_at    INTEGER NOT NULL,
    done_at     INTEGER,
    failures    INTEGER NOT NULL,
    last_error  TEXT,
    received    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
