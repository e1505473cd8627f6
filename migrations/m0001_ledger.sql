-- The ledger: what was read, what became of it, and what the portal answered.
-- Times are seconds since 1970-01-01T00:00:00Z and are for people; no decision about a request in flight reads them.

-- Facts about the ledger itself: its own id, the portal it is bound to, what was learnt about that portal.
CREATE TABLE fact (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE run (
    id         INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,              -- NULL: still running, or killed
    outcome    TEXT,
    exit_code  INTEGER,
    summary    TEXT                  -- the JSON summary of the run
);

-- One row per key_prefix: the phone system behind one or more source files.
CREATE TABLE source (
    id          INTEGER PRIMARY KEY,
    key_prefix  TEXT NOT NULL UNIQUE,
    key_rule    TEXT NOT NULL,       -- fingerprint of the rule that makes call keys
    newest_leg  INTEGER              -- end of the newest leg ever seen; for the silence alarm
);

-- What has been taken in of each file. A file is recognised by its content: the SHA-256 of up to 64 KiB before `bytes`.
CREATE TABLE source_file (
    id          INTEGER PRIMARY KEY,
    source_id   INTEGER NOT NULL REFERENCES source (id),
    path        TEXT NOT NULL,       -- where it was last seen
    bytes       INTEGER NOT NULL,    -- taken in so far
    lines       INTEGER NOT NULL,
    records     INTEGER NOT NULL,
    tail_bytes  INTEGER NOT NULL,
    tail_hash   BLOB NOT NULL,
    seen_at     INTEGER NOT NULL
);
CREATE INDEX source_file_path ON source_file (source_id, path);

CREATE TABLE call (
    id             INTEGER PRIMARY KEY,
    key            TEXT NOT NULL UNIQUE,      -- EXTERNAL_CALL_ID
    source_id      INTEGER NOT NULL REFERENCES source (id),
    state          INTEGER NOT NULL,          -- CallState
    reason         TEXT,                      -- why it is held or refused
    note           TEXT,                      -- the portal's own words, if any

    -- The call, as it is sent.
    type           INTEGER NOT NULL,
    start          INTEGER NOT NULL,
    start_offset   INTEGER NOT NULL,          -- seconds east of UTC
    end_at         INTEGER NOT NULL,
    phone          TEXT NOT NULL,
    extension      TEXT,
    line           TEXT,
    call_list      INTEGER,
    talk           INTEGER NOT NULL,          -- seconds
    status         TEXT NOT NULL,
    failed_reason  TEXT,

    -- Its legs: whole while the call can still grow, then only their fingerprints.
    legs           BLOB,
    fingerprints   BLOB NOT NULL,
    run_id         INTEGER NOT NULL,          -- the run that last added a leg
    run_legs       INTEGER NOT NULL,          -- how many legs that run added
    is_new         INTEGER NOT NULL,          -- whether that run saw its first leg

    -- Its life at the portal.
    portal_call_id TEXT,                      -- CALL_ID
    statistic_id   INTEGER,
    found_there    INTEGER NOT NULL DEFAULT 0,  -- delivered, but not by this ledger
    register_lost  INTEGER NOT NULL DEFAULT 0,  -- a register was ever left without an answer
    finish_lost    INTEGER NOT NULL DEFAULT 0,  -- a finish of this CALL_ID was ever left without an answer
    not_found      INTEGER NOT NULL DEFAULT 0,  -- the portal said that it does not know this CALL_ID
    registrations  INTEGER NOT NULL DEFAULT 0,
    unsettled_runs INTEGER NOT NULL DEFAULT 0,  -- runs that ended without the truth
    changed_at     INTEGER NOT NULL
);
-- Everything that is not delivered, in the order in which it is sent. Delivered calls (6) are not in it.
CREATE INDEX call_open ON call (state, start, id) WHERE state <> 6;
-- CALL_IDs are "externalCall.", 32 hex digits and a time: twelve of the digits find one among millions.
CREATE INDEX call_portal ON call (substr(portal_call_id, 14, 12)) WHERE portal_call_id IS NOT NULL;

-- Other ids of a call that later legs named.
CREATE TABLE alias (
    key     TEXT NOT NULL PRIMARY KEY,
    call_id INTEGER NOT NULL REFERENCES call (id)
) WITHOUT ROWID;

-- Records that cannot become a call, byte for byte.
CREATE TABLE reject (
    id         INTEGER PRIMARY KEY,
    source_id  INTEGER NOT NULL REFERENCES source (id),
    run_id     INTEGER NOT NULL,     -- the run that first met it
    path       TEXT NOT NULL,
    record     INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    byte       INTEGER NOT NULL,
    field      INTEGER,              -- column, from 1
    reason     TEXT NOT NULL,
    message    TEXT NOT NULL,
    raw        BLOB NOT NULL,
    raw_hash   BLOB NOT NULL,
    UNIQUE (source_id, raw_hash, reason)
);
