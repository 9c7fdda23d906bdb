-- Levels beyond the first that have a message: the first one has it once it is
-- delivered. `at` is when the level says it had it. The outbox is another table's
-- business, so nothing here refers to it but by id.
CREATE TABLE feedback_acknowledgements (
    feedback     TEXT NOT NULL,
    level        TEXT NOT NULL,
    reference    TEXT NOT NULL,
    at           INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    actor        TEXT NOT NULL,
    PRIMARY KEY (feedback, level)
) STRICT, WITHOUT ROWID;

-- What else a department said of a measure: JSON in the form of creditgate-wire,
-- empty where it said nothing more.
ALTER TABLE dispositions ADD COLUMN details TEXT NOT NULL DEFAULT '';

-- The register of typical cases that departments report; those that plug-ins
-- report are messages of the outbox.
CREATE TABLE typical_cases (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    happened_on  TEXT NOT NULL,
    department   TEXT NOT NULL,
    case_no      TEXT,
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL,
    at           INTEGER NOT NULL,
    actor        TEXT NOT NULL
) STRICT;
CREATE INDEX typical_cases_by_day ON typical_cases (happened_on);
