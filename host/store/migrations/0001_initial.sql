-- Instants are nanoseconds since 1970 (UTC), days are `YYYY-MM-DD`, vocabularies
-- are their machine names, JSON is in the forms of creditgate-wire.

-- The ledger. `hash` is SHA-256 over `previous_hash` and the bytes of `record`;
-- `seq` has no gaps. The columns before `record` repeat what the record says,
-- so that they can be read and searched without it. The answer is not kept
-- twice: it is `record -> '$.answer'`.
CREATE TABLE checks (
    seq              INTEGER PRIMARY KEY,
    check_id         TEXT NOT NULL UNIQUE,
    case_no          TEXT NOT NULL,
    department       TEXT NOT NULL,
    item             TEXT NOT NULL,
    checkpoint       TEXT NOT NULL,
    status           TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    at               INTEGER NOT NULL,
    caller           TEXT NOT NULL,
    idempotency_key  TEXT,
    body_hash        BLOB,
    previous_hash    BLOB NOT NULL,
    hash             BLOB NOT NULL,
    record           TEXT NOT NULL
) STRICT;
CREATE INDEX checks_by_case ON checks (case_no);
CREATE UNIQUE INDEX checks_by_idempotency_key ON checks (caller, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- What a department may report on: the measures of a check.
CREATE TABLE measures (
    check_seq    INTEGER NOT NULL REFERENCES checks (seq),
    position     INTEGER NOT NULL,
    id           TEXT NOT NULL,
    particulars  TEXT NOT NULL,
    PRIMARY KEY (check_seq, position)
) STRICT, WITHOUT ROWID;

-- What a department did about a measure. The last one of a measure holds.
CREATE TABLE dispositions (
    seq          INTEGER PRIMARY KEY,
    check_seq    INTEGER NOT NULL REFERENCES checks (seq),
    measure      TEXT NOT NULL,
    result       TEXT NOT NULL,
    reason       TEXT NOT NULL,
    action       TEXT NOT NULL,
    officer      TEXT NOT NULL,
    executed_at  INTEGER,
    attributes   TEXT NOT NULL,
    reported_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX dispositions_by_measure ON dispositions (check_seq, measure);

-- Commitments asked for by checks, for later cases of the same party. A case
-- that is checked again replaces its own.
CREATE TABLE commitments (
    id          TEXT PRIMARY KEY,
    department  TEXT NOT NULL,
    item        TEXT NOT NULL,
    case_no     TEXT NOT NULL,
    party       TEXT NOT NULL,
    made_on     TEXT NOT NULL,
    due_on      TEXT NOT NULL,
    state       TEXT NOT NULL,
    UNIQUE (case_no, department, item, party)
) STRICT;
CREATE TABLE commitment_keys (
    key         TEXT NOT NULL,
    commitment  TEXT NOT NULL REFERENCES commitments (id) ON DELETE CASCADE,
    PRIMARY KEY (key, commitment)
) STRICT, WITHOUT ROWID;
CREATE INDEX commitment_keys_by_commitment ON commitment_keys (commitment);

-- Feedback on its way to the credit platform. Rows are never deleted.
CREATE TABLE outbox (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    check_id      TEXT NOT NULL REFERENCES checks (check_id),
    payload       TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts      INTEGER NOT NULL,
    next_at       INTEGER NOT NULL,
    last_error    TEXT,
    created_at    INTEGER NOT NULL,
    delivered_at  INTEGER
) STRICT;
CREATE INDEX outbox_pending ON outbox (next_at) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (seq) WHERE state = 'dead';

-- The lists, as the platform shares them.
CREATE TABLE entries (
    id             TEXT PRIMARY KEY,
    list           TEXT NOT NULL,
    list_name      TEXT NOT NULL,
    kind           TEXT NOT NULL,
    field          TEXT NOT NULL,
    severity       TEXT,
    subject_name   TEXT NOT NULL,
    name_key       TEXT NOT NULL,
    identifiers    TEXT NOT NULL,
    facts          TEXT NOT NULL,
    authority      TEXT NOT NULL,
    basis          TEXT NOT NULL,
    recognised_on  TEXT NOT NULL,
    valid_until    TEXT,
    status         TEXT NOT NULL,
    ended_on       TEXT,
    suspended      INTEGER NOT NULL,
    attributes     TEXT NOT NULL
) STRICT;
CREATE INDEX entries_by_name ON entries (name_key);
CREATE TABLE entry_keys (
    key    TEXT NOT NULL,
    entry  TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    PRIMARY KEY (key, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_keys_by_entry ON entry_keys (entry);

-- Plug-ins and where they serve.
CREATE TABLE components (
    digest     TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    version    TEXT NOT NULL,
    pushed_at  INTEGER NOT NULL,
    pushed_by  TEXT NOT NULL,
    bytes      BLOB NOT NULL
) STRICT;
CREATE TABLE bindings (
    id          TEXT PRIMARY KEY,
    department  TEXT NOT NULL,
    item        TEXT NOT NULL,
    checkpoint  TEXT NOT NULL,
    document    TEXT NOT NULL,
    UNIQUE (department, item, checkpoint)
) STRICT;
CREATE TABLE activations (
    seq      INTEGER PRIMARY KEY,
    binding  TEXT NOT NULL REFERENCES bindings (id),
    digest   TEXT NOT NULL REFERENCES components (digest),
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    reason   TEXT NOT NULL
) STRICT;
CREATE INDEX activations_by_binding ON activations (binding);

-- Versions, which never change once they are here: records name them.
CREATE TABLE policies (
    division  TEXT NOT NULL,
    version   TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (division, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE catalogues (
    edition   TEXT PRIMARY KEY,
    document  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `secret_hash` is SHA-256 over the secret part of the key.
CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    role         TEXT NOT NULL,
    departments  TEXT,
    secret_hash  BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    revoked_at   INTEGER
) STRICT;

-- What administrators did.
CREATE TABLE audit (
    seq      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL
) STRICT;
