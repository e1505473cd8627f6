-- Keeps what many rejected records share once: the file they stood in, and the words of their messages. A row is what is
-- left: the record, its place and what was found. An index of hashes that is filled for each record writes most of its pages
-- in each transaction, so that hashes have a table of their own, which is filled for tens of thousands of records at once.
CREATE TABLE reject_place (
    id        INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    run_id    INTEGER NOT NULL,      -- the run that first met the records
    path      TEXT NOT NULL,
    encoding  TEXT NOT NULL,
    UNIQUE (run_id, source_id, path, encoding)
);
INSERT INTO reject_place (source_id, run_id, path, encoding)
SELECT source_id, run_id, path, encoding FROM reject GROUP BY source_id, run_id, path, encoding ORDER BY min(id);

-- A message is "EXPECTED, found FOUND; HINT"; FOUND stands in the record's row. Where nothing was expected, FOUND is all.
CREATE TABLE reject_message (
    id       INTEGER PRIMARY KEY,
    reason   TEXT NOT NULL,
    field    INTEGER NOT NULL,       -- column, from 1; 0: not known
    expected TEXT NOT NULL,
    hint     TEXT NOT NULL,
    UNIQUE (reason, field, expected, hint)
);
INSERT INTO reject_message (reason, field, expected, hint) SELECT DISTINCT reason, ifnull(field, 0), '', '' FROM reject;

CREATE TABLE reject_anew (
    id          INTEGER PRIMARY KEY,
    source_id   INTEGER NOT NULL,    -- without REFERENCES: they would be looked up for each record
    place_id    INTEGER NOT NULL,
    message_id  INTEGER NOT NULL,
    record      INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    byte        INTEGER NOT NULL,
    found       TEXT,
    raw         BLOB NOT NULL,
    raw_hash    BLOB,                -- SHA-256 of the bytes that pruning has removed
    outcome     TEXT,
    outcome_key TEXT,
    outcome_at  INTEGER
);
INSERT INTO reject_anew
SELECT reject.id, reject.source_id, reject_place.id, reject_message.id, record, line, byte, nullif(message, ''), raw,
    iif(length(raw) > 0, NULL, raw_hash), outcome, outcome_key, outcome_at
FROM reject
CROSS JOIN reject_place USING (run_id, source_id, path, encoding)
CROSS JOIN reject_message
    ON reject_message.reason = reject.reason AND reject_message.field = ifnull(reject.field, 0) AND expected = '' AND hint = ''
ORDER BY reject.id;
DROP TABLE reject;
ALTER TABLE reject_anew RENAME TO reject;

-- Whatever is counted or listed is in the index: the rows are long.
CREATE INDEX reject_open ON reject (source_id, id, place_id, message_id) WHERE outcome IS NULL;
CREATE INDEX reject_dealt_with ON reject (outcome) WHERE outcome IS NOT NULL;
CREATE INDEX reject_replaced ON reject (outcome_key) WHERE outcome_key IS NOT NULL;
CREATE INDEX reject_pruned ON reject (substr(raw_hash, 1, 4)) WHERE raw_hash IS NOT NULL;

-- By 31 bits of a hash of their bytes; records with equal hashes are compared byte by byte.
CREATE TABLE reject_hash (
    hash INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (hash, id)
) WITHOUT ROWID;
-- The highest row that has its hash there. The rows above it are looked through.
CREATE TABLE reject_hashed (last INTEGER NOT NULL);
INSERT INTO reject_hashed VALUES (0);
