-- Keeps each header once: the files of a phone system have the same one, and there can be hundreds of thousands of files.
CREATE TABLE file_header (
    id     INTEGER PRIMARY KEY,
    header BLOB NOT NULL UNIQUE      -- what stood before the first record, in the file's encoding, without the last line end
);
INSERT INTO file_header (header) SELECT DISTINCT header FROM file_reading;

CREATE TABLE file_reading_anew (
    source_id INTEGER NOT NULL REFERENCES source (id),
    path      TEXT NOT NULL,
    header_id INTEGER NOT NULL REFERENCES file_header (id),
    rules     TEXT NOT NULL,         -- fingerprint of the rules that decided what becomes of a record
    left_out  INTEGER NOT NULL,      -- records that were skipped or rejected under these rules
    PRIMARY KEY (source_id, path)
) WITHOUT ROWID;
INSERT INTO file_reading_anew
SELECT source_id, path, (SELECT id FROM file_header WHERE file_header.header = file_reading.header), rules, left_out
FROM file_reading;
DROP TABLE file_reading;
ALTER TABLE file_reading_anew RENAME TO file_reading;
