-- One source's lists as a whole. Written once, never changed. Days, vocabularies
-- and JSON as in the store; the words of the pages are described in `pages.rs`.
CREATE TABLE origins (
    id         INTEGER PRIMARY KEY,
    list       TEXT NOT NULL,
    list_name  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    field      TEXT NOT NULL,
    severity   TEXT,
    authority  TEXT NOT NULL,
    basis      TEXT NOT NULL
) STRICT;
CREATE TABLE entries (
    seq            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL,
    origin         INTEGER NOT NULL,
    subject_name   TEXT NOT NULL,
    identifiers    TEXT NOT NULL,
    facts          TEXT NOT NULL,
    recognised_on  TEXT NOT NULL,
    valid_until    TEXT,
    status         TEXT NOT NULL,
    ended_on       TEXT,
    suspended      INTEGER NOT NULL,
    attributes     TEXT NOT NULL,
    particulars    TEXT NOT NULL
) STRICT;
CREATE TABLE key_pages (page INTEGER PRIMARY KEY, words BLOB NOT NULL) STRICT;
CREATE TABLE name_pages (page INTEGER PRIMARY KEY, words BLOB NOT NULL) STRICT;
CREATE TABLE id_pages (page INTEGER PRIMARY KEY, words BLOB NOT NULL) STRICT;
CREATE TABLE parts (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
