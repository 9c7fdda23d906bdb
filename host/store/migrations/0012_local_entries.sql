-- Entries of lists that are kept here. `document` is the proposal (JSON in the
-- form of creditgate-wire); once it is recognised, the entry itself stands in
-- `entries`, and what it is now is there. `escalates` is the watch entry it takes
-- the place of.
CREATE TABLE local_entries (
    id           TEXT PRIMARY KEY,
    division     TEXT NOT NULL,
    list_code    TEXT NOT NULL,
    state        TEXT NOT NULL,
    document     TEXT NOT NULL,
    escalates    TEXT REFERENCES local_entries (id),
    proposed_at  INTEGER NOT NULL,
    proposed_by  TEXT NOT NULL
) STRICT;
CREATE INDEX local_entries_by_list ON local_entries (list_code);

-- What was done with each. Rows are never deleted.
CREATE TABLE entry_steps (
    seq     INTEGER PRIMARY KEY,
    entry   TEXT NOT NULL REFERENCES local_entries (id),
    step    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    reason  TEXT NOT NULL
) STRICT;
CREATE INDEX entry_steps_by_entry ON entry_steps (entry, seq);
