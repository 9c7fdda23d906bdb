-- Which checks had a list entry of a party before them, found without reading
-- their records. `effective` is 0 where the entry was in the history alone; a
-- record under the same name only is in neither. Checks without any entry have
-- no row here.
CREATE TABLE check_entries (
    entry      TEXT NOT NULL,
    check_seq  INTEGER NOT NULL REFERENCES checks (seq),
    effective  INTEGER NOT NULL,
    PRIMARY KEY (entry, check_seq)
) STRICT, WITHOUT ROWID;

-- A record that is no JSON is for the verification of the ledger to find, not
-- for a migration to stop at.
INSERT INTO check_entries (entry, check_seq, effective)
SELECT held.value ->> '$.id', checks.seq,
       max(EXISTS (SELECT 1 FROM json_each(party.value, '$.entries') AS effective
                   WHERE effective.value = held.value ->> '$.id'))
FROM checks,
     json_each(CASE WHEN json_valid(checks.record) THEN checks.record ELSE '{}' END,
               '$.dossier.parties') AS party,
     json_each(party.value, '$.history') AS held
WHERE held.value ->> '$.id' IS NOT NULL
GROUP BY held.value ->> '$.id', checks.seq;

-- Finished backtests. `settings` are the complete ones the candidate ran under,
-- `settings_hash` is SHA-256 over them, `summary` is the report without its
-- cases. A backtest that did not finish leaves nothing here.
CREATE TABLE backtests (
    id             TEXT PRIMARY KEY,
    binding        TEXT NOT NULL,
    digest         TEXT NOT NULL,
    settings       TEXT NOT NULL,
    settings_hash  BLOB NOT NULL,
    made_at        INTEGER NOT NULL,
    made_by        TEXT NOT NULL,
    summary        TEXT NOT NULL,
    report         TEXT NOT NULL
) STRICT;
CREATE INDEX backtests_by_release ON backtests (binding, digest, settings_hash, made_at);
