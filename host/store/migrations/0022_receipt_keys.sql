-- Public keys receipts are signed with: the one without an end signs. `id` is the
-- thumbprint of `public_key`. Rows are never deleted: receipts of a key that was
-- retired stay genuine.
CREATE TABLE receipt_keys (
    id          TEXT PRIMARY KEY,
    public_key  BLOB NOT NULL,
    since       INTEGER,
    until       INTEGER
) STRICT;

CREATE UNIQUE INDEX receipt_key_in_use ON receipt_keys (until IS NULL) WHERE until IS NULL;
