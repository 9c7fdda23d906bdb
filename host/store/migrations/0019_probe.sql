-- Nothing is in it for longer than a transaction: what is written here shows
-- whether the store keeps what it is given.
CREATE TABLE probe (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    filler  BLOB NOT NULL
) STRICT;
