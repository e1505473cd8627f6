-- Finds rejected records by a few bytes of their hash: an index of whole hashes with their reasons, as the table had it, was
-- larger than the ledger's cache after some ten thousand of them, and each new one read and wrote a page of it.
CREATE TABLE reject_anew (
    id          INTEGER PRIMARY KEY,
    source_id   INTEGER NOT NULL REFERENCES source (id),
    run_id      INTEGER NOT NULL,    -- the run that first met it
    path        TEXT NOT NULL,
    record      INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    byte        INTEGER NOT NULL,
    field       INTEGER,             -- column, from 1
    reason      TEXT NOT NULL,
    message     TEXT NOT NULL,
    raw         BLOB NOT NULL,
    raw_hash    BLOB NOT NULL,
    encoding    TEXT NOT NULL DEFAULT 'utf-8',
    outcome     TEXT,
    outcome_key TEXT,
    outcome_at  INTEGER
);
INSERT INTO reject_anew
SELECT id, source_id, run_id, path, record, line, byte, field, reason, message, raw, raw_hash, encoding, outcome, outcome_key,
    outcome_at
FROM reject ORDER BY id;
DROP TABLE reject;
ALTER TABLE reject_anew RENAME TO reject;

-- By their bytes; the same bytes are stored once for each source.
CREATE INDEX reject_hash ON reject (substr(raw_hash, 1, 4));
CREATE INDEX reject_open ON reject (source_id, id) WHERE outcome IS NULL;
-- Whatever is counted is in the index: the rows are long.
CREATE INDEX reject_reason ON reject (reason, path, run_id) WHERE outcome IS NULL;
CREATE INDEX reject_newest ON reject (run_id DESC) WHERE outcome IS NULL;
CREATE INDEX reject_dealt_with ON reject (outcome) WHERE outcome IS NOT NULL;
CREATE INDEX reject_replaced ON reject (outcome_key) WHERE outcome_key IS NOT NULL;
