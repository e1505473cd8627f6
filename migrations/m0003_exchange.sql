-- What was asked about each call, and what was answered: a row for every request that left for it.
-- Times are milliseconds since 1970-01-01T00:00:00Z and are for people; no decision reads them.
CREATE TABLE exchange (
    call_id     INTEGER NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    sent_at     INTEGER NOT NULL,    -- just before the request left
    method      INTEGER NOT NULL,    -- ExchangeMethod: 1 register, 2 finish, 3 look-up
    sent        TEXT NOT NULL,       -- JSON: the parameters that the call's own row does not have
    answered_at INTEGER,             -- NULL: no answer is known
    outcome     INTEGER NOT NULL,    -- ExchangeOutcome: 0 none yet, 1 done, 2 refused, 3 unanswered, 4 not executed
    answer      TEXT,                -- JSON: what the portal answered; what happened, where it did not
    PRIMARY KEY (call_id, sent_at, method)
) WITHOUT ROWID;
