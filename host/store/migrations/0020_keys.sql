-- Keys and names in the form in which they are compared since: both forms of a
-- citizen ID number under one key, nothing that shows nothing in either, one form
-- of dots and brackets. The functions are the domain's own. The chain takes the
-- rows in anew.
UPDATE entries SET name_key = creditgate_name_key(subject_name);
UPDATE OR REPLACE entry_keys SET key = creditgate_match_key(key) WHERE key <> creditgate_match_key(key);
UPDATE OR REPLACE commitment_keys SET key = creditgate_match_key(key) WHERE key <> creditgate_match_key(key);
DELETE FROM chain_tables WHERE name IN ('entries', 'entry_keys', 'commitment_keys');
