-- Fields of the licence record that a department gave with its publication: a
-- JSON object of strings.
ALTER TABLE publications ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}';
