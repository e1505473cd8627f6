-- What legs share with others of their calls whose ids differ, such as a channel's name. Kept for the legs of the next
-- run, and only for 12 hours of the source's own time.
CREATE TABLE join_mark (
    source_id INTEGER NOT NULL REFERENCES source (id),
    -- A hash of the shared text.
    mark INTEGER NOT NULL,
    -- The key of the call.
    key TEXT NOT NULL,
    -- The leg that had the mark last: seconds since 1970, and hashes of the client and of the employee who talked.
    started_at INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    client INTEGER NOT NULL,
    talker INTEGER NOT NULL,
    PRIMARY KEY (source_id, mark)
) WITHOUT ROWID;
