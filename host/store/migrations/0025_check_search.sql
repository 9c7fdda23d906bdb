-- Checks are searched by day and by what their columns say, newest first: in an
-- index that holds all of it, and into which a check goes at the end.
CREATE INDEX checks_by_time ON checks (at, department, item, checkpoint, status, outcome, release);

-- And by number: of every number a party of the check had, eight bytes of its hash,
-- one behind the other. A row is written at the end of the table, so that a check
-- costs hardly more; a search reads all rows, which are small.
CREATE TABLE check_subjects (
    check_seq  INTEGER PRIMARY KEY REFERENCES checks (seq),
    keys       BLOB NOT NULL
) STRICT;
INSERT INTO check_subjects (check_seq, keys)
SELECT seq, creditgate_subject_keys(check_id, CASE WHEN json_valid(record)
                                                   THEN record -> '$.application.parties' END)
FROM checks;
