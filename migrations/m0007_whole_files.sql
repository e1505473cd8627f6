-- Files that were read to their end, whose records can get no more company. One that has not changed is not read again.
-- Times of the file are nanoseconds since 1970 as the file system has them; 0 where they cannot be trusted.
CREATE TABLE whole_file (
    source_id INTEGER NOT NULL REFERENCES source (id),
    path      TEXT NOT NULL,         -- where it was last seen
    size      INTEGER NOT NULL,
    modified  INTEGER NOT NULL,
    changed   INTEGER NOT NULL,
    inode     INTEGER NOT NULL,
    content   BLOB NOT NULL,         -- SHA-256
    rules     TEXT NOT NULL,         -- fingerprint of the rules by which it was read
    oldest    INTEGER,               -- start of its first leg and end of its last one; NULL where it has none
    newest    INTEGER,
    settled   INTEGER NOT NULL DEFAULT 0,  -- 0: the run that read it was killed before it had decided about all records
    PRIMARY KEY (source_id, path)
) WITHOUT ROWID;
CREATE INDEX whole_file_content ON whole_file (source_id, size, content);
