-- The way of a catalogue's edition to publication. What was there before there was
-- one served checks, so it counts as published; who imported it is not known.
ALTER TABLE catalogues ADD COLUMN state TEXT NOT NULL DEFAULT 'published';
ALTER TABLE catalogues ADD COLUMN imported_by TEXT NOT NULL DEFAULT '';

-- What was done with an edition: `import`, `normative`, `legal` or `publication`.
-- `result` is empty for steps that are no review, `state` what the edition was
-- afterwards.
CREATE TABLE catalogue_steps (
    seq      INTEGER PRIMARY KEY,
    edition  TEXT NOT NULL,
    step     TEXT NOT NULL,
    result   TEXT NOT NULL,
    state    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    comment  TEXT NOT NULL
) STRICT;

CREATE INDEX catalogue_steps_of_edition ON catalogue_steps (edition, seq);
