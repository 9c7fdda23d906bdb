-- Why an entry did not count in a check as its source has it: a JSON array of the
-- causes of what lay over it; none where it counted. By it the checks are found
-- that come back when the cause turns out to be none.
ALTER TABLE check_entries ADD COLUMN passed_over TEXT;
CREATE INDEX check_entries_passed_over ON check_entries (entry) WHERE passed_over IS NOT NULL;

-- From the records: what was noted on an entry in the history of a party, and
-- `source` where it rested by nothing that was known here.
UPDATE check_entries SET passed_over = (
    SELECT json_group_array(cause) FROM (SELECT DISTINCT cause FROM (
        SELECT note.value AS cause
        FROM checks, json_each(checks.record, '$.dossier.parties') AS party,
             json_each(party.value, '$.history') AS held,
             json_each(held.value, '$.attributes') AS note
        WHERE checks.seq = check_entries.check_seq AND held.value ->> '$.id' = check_entries.entry
          AND note.key IN ('suspended_by', 'lifted_by', 'ended_by', 'corrected_by')
        UNION ALL
        SELECT 'source'
        FROM checks, json_each(checks.record, '$.dossier.parties') AS party,
             json_each(party.value, '$.history') AS held
        WHERE checks.seq = check_entries.check_seq AND held.value ->> '$.id' = check_entries.entry
          AND held.value ->> '$.suspended' AND held.value ->> '$.attributes.suspended_by' IS NULL) ORDER BY cause))
WHERE check_seq IN (
    SELECT seq FROM checks
    WHERE json_valid(record) AND (record LIKE '%\_by":"%' ESCAPE '\' OR record LIKE '%"suspended":true%'));
UPDATE check_entries SET passed_over = NULL WHERE passed_over = '[]';

-- How many objections to an entry, and of a key, may be open is configured.
DROP INDEX objections_open;
CREATE INDEX objections_open ON objections (entry) WHERE state IN ('received', 'notified');
CREATE INDEX objections_open_of_key ON objections (document ->> '$.raised_with')
    WHERE state IN ('received', 'notified');

-- One check may have passed over several entries for one cause, `source`.
CREATE TABLE rechecks_of_entries (
    seq        INTEGER PRIMARY KEY,
    check_seq  INTEGER NOT NULL REFERENCES checks (seq),
    entry      TEXT NOT NULL,
    cause      TEXT NOT NULL,
    opened_at  INTEGER NOT NULL,
    UNIQUE (check_seq, entry, cause)
) STRICT;
INSERT INTO rechecks_of_entries SELECT seq, check_seq, entry, cause, opened_at FROM rechecks;
DROP TABLE rechecks;
ALTER TABLE rechecks_of_entries RENAME TO rechecks;
CREATE INDEX rechecks_by_entry ON rechecks (entry);
DELETE FROM chain_tables WHERE name = 'rechecks';
