-- A release is a component with what it is to run with, on its way into force
-- and out of it again. `settings` go over those of its bindings, `limits` take
-- their place; `capabilities` is a JSON list of interfaces. The component of
-- one that was rejected when it was pushed is not kept.
CREATE TABLE releases (
    id          INTEGER PRIMARY KEY,
    digest      TEXT NOT NULL,
    plugin      TEXT NOT NULL,
    version     TEXT NOT NULL,
    settings    TEXT NOT NULL,
    limits      TEXT,
    capabilities TEXT NOT NULL,
    notes       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    state       TEXT NOT NULL,
    approved    INTEGER NOT NULL,
    withdrawn   INTEGER NOT NULL
) STRICT;
CREATE INDEX releases_by_digest ON releases (digest);

-- Every step of every release. `seq` is also how an administrator is told that
-- somebody else was faster. `from_state` is empty at a release's beginning.
CREATE TABLE release_transitions (
    seq         INTEGER PRIMARY KEY,
    release     INTEGER NOT NULL REFERENCES releases (id),
    from_state  TEXT,
    to_state    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    reason      TEXT NOT NULL
) STRICT;
CREATE INDEX release_transitions_by_release ON release_transitions (release);

-- Releases on trial. `terms` is JSON, for a canary. One without `ended_at` runs,
-- and a binding has one at a time.
CREATE TABLE trials (
    id          INTEGER PRIMARY KEY,
    binding     TEXT NOT NULL REFERENCES bindings (id),
    release     INTEGER NOT NULL REFERENCES releases (id),
    kind        TEXT NOT NULL,
    terms       TEXT,
    started_at  INTEGER NOT NULL,
    started_by  TEXT NOT NULL,
    ended_at    INTEGER,
    ended_by    TEXT,
    end_reason  TEXT
) STRICT;
CREATE UNIQUE INDEX trials_running ON trials (binding) WHERE ended_at IS NULL;
CREATE INDEX trials_by_release ON trials (release);

-- Where a shadow disagreed. `measures` is a JSON list of lines.
CREATE TABLE shadow_differences (
    seq                 INTEGER PRIMARY KEY,
    trial               INTEGER NOT NULL REFERENCES trials (id),
    check_id            TEXT NOT NULL,
    outcome             TEXT NOT NULL,
    shadow_outcome      TEXT NOT NULL,
    measures            TEXT NOT NULL,
    explanation         TEXT NOT NULL,
    shadow_explanation  TEXT NOT NULL
) STRICT;
CREATE INDEX shadow_differences_by_trial ON shadow_differences (trial);

-- Components that are here already become releases: those that serve are in
-- force, and nobody is asked to approve again what ran before.
INSERT INTO releases (digest, plugin, version, settings, capabilities, notes, created_at, created_by, state, approved,
                      withdrawn)
SELECT digest, name, version, '{}', '[]', '', pushed_at, pushed_by,
       CASE WHEN digest IN (SELECT digest FROM activations
                            WHERE seq IN (SELECT max(seq) FROM activations GROUP BY binding)) THEN 'active'
            WHEN digest IN (SELECT digest FROM activations) THEN 'retired'
            ELSE 'staged' END,
       digest IN (SELECT digest FROM activations), 0
FROM components ORDER BY pushed_at, rowid;

ALTER TABLE activations RENAME TO activations_before;
CREATE TABLE activations (
    seq             INTEGER PRIMARY KEY,
    binding         TEXT NOT NULL REFERENCES bindings (id),
    release         INTEGER NOT NULL REFERENCES releases (id),
    at              INTEGER NOT NULL,
    effective_from  INTEGER NOT NULL,
    rolled_back     INTEGER NOT NULL,
    actor           TEXT NOT NULL,
    reason          TEXT NOT NULL
) STRICT;
INSERT INTO activations (seq, binding, release, at, effective_from, rolled_back, actor, reason)
SELECT seq, binding, (SELECT id FROM releases WHERE releases.digest = activations_before.digest), at, at, 0,
       actor, reason
FROM activations_before;
DROP TABLE activations_before;
CREATE INDEX activations_by_binding ON activations (binding);

-- The release that judged, for cases that keep the one they began with.
ALTER TABLE checks ADD COLUMN release INTEGER;
