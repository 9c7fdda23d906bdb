-- What each import of list entries took away: many small losses are one large one.
-- `agreed` is 1 where a second person agreed to it, and so to those before it.
CREATE TABLE list_losses (
    seq      INTEGER PRIMARY KEY,
    source   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    entries  INTEGER NOT NULL,
    agreed   INTEGER NOT NULL CHECK (agreed IN (0, 1))
) STRICT;
CREATE INDEX list_losses_by_source ON list_losses (source, seq);
