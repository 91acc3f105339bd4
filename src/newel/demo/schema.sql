-- The systems of record in one SQLite file.

CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- One row for each thing that a system keeps. `touched` by an effect: the new day leaves it alone.
CREATE TABLE IF NOT EXISTS record (
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    owner   TEXT NOT NULL,
    body    BLOB NOT NULL,
    touched INTEGER NOT NULL DEFAULT 0 CHECK (touched IN (0, 1)),
    PRIMARY KEY (kind, key)
) STRICT;
CREATE INDEX IF NOT EXISTS record_owner ON record (kind, owner, key);

-- Every effect on the world, once. Append only.
CREATE TABLE IF NOT EXISTS ledger (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    class     TEXT NOT NULL,
    subject   TEXT NOT NULL,
    key       TEXT,
    payload   TEXT NOT NULL,
    reference TEXT NOT NULL,
    answer    BLOB NOT NULL,
    at        TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS ledger_key ON ledger (class, key) WHERE key IS NOT NULL;
CREATE INDEX IF NOT EXISTS ledger_subject ON ledger (subject);
CREATE INDEX IF NOT EXISTS ledger_reference ON ledger (class, reference);
CREATE TRIGGER IF NOT EXISTS ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;

-- What the webhook receiver got, counted by message id.
CREATE TABLE IF NOT EXISTS message (
    id       TEXT PRIMARY KEY,
    count    INTEGER NOT NULL,
    first_at TEXT NOT NULL,
    last_at  TEXT NOT NULL,
    body     BLOB NOT NULL
) STRICT;
