-- What was dealt with: rejected records that another record has taken the place of, and what a person dismissed.

-- NULL: nobody has dealt with it. 'replaced': a record that was read later took its place. 'dismissed': nobody wants it.
ALTER TABLE reject ADD COLUMN outcome TEXT;
ALTER TABLE reject ADD COLUMN outcome_key TEXT;      -- the call that the record became, where it is known
ALTER TABLE reject ADD COLUMN outcome_at INTEGER;
CREATE INDEX reject_open ON reject (source_id, id) WHERE outcome IS NULL;

-- Counts the delivered calls that others have sent without a look at every call.
CREATE INDEX call_found ON call (state) WHERE found_there <> 0;

-- Refused and held calls that nobody wants to be delivered.
CREATE TABLE dismissed_call (
    call_id INTEGER NOT NULL PRIMARY KEY REFERENCES call (id) ON DELETE CASCADE,
    at      INTEGER NOT NULL
);

-- How each file was read last.
CREATE TABLE file_reading (
    source_id INTEGER NOT NULL REFERENCES source (id),
    path      TEXT NOT NULL,
    header    BLOB NOT NULL,         -- what stood before the first record, in the file's encoding, without the last line end
    rules     TEXT NOT NULL,         -- fingerprint of the rules that decided what becomes of a record
    left_out  INTEGER NOT NULL,      -- records that were skipped or rejected under these rules
    PRIMARY KEY (source_id, path)
) WITHOUT ROWID;
