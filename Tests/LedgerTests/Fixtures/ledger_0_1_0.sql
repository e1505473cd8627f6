-- A ledger of cdr24 0.1.0 in the middle of a run, with calls in every state; all numbers are invented.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migration (
    name TEXT NOT NULL PRIMARY KEY,
    applied_at INTEGER NOT NULL DEFAULT (unixepoch())
) WITHOUT ROWID;
INSERT INTO migration VALUES('m0001_ledger',1795841040);
INSERT INTO migration VALUES('m0002_reject_encoding',1795841040);
CREATE TABLE fact (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO fact VALUES('firstContact','1795841040');
INSERT INTO fact VALUES('highestStatisticID','3');
INSERT INTO fact VALUES('keepsExternalCallIDs','yes');
INSERT INTO fact VALUES('pace','{"bucket":{"conceded":0,"level":3.697160243988037,"updated":{"seconds":1795841043.53931},"restsOn":120,"othersPerSecond":0,"wasFull":false,"knownAt":{"seconds":1795841042.88789}},"sizers":{"finish":{"perCommand":0.0039435705,"reach":31},"register":{"perCommand":0.0094762525,"reach":49}},"budget":{"wallPerCommand":{"telephony.externalCall.finish":0.0039435705,"voximplant.statistic.get":0.004517343,"telephony.externalCall.register":0.0094762525},"counters":{"telephony.externalCall.finish":{"silentTotal":0,"reset":{"seconds":1795841643},"silentCommands":2,"refusalsInRow":0,"othersRate":0,"charges":[{"first":1795841042.991601,"answered":1795841042.999971,"sent":1795841042.991601,"seconds":0.2}],"comparedAt":1795841042.991601,"grain":1,"perCommand":0.1},"voximplant.statistic.get":{"reset":{"seconds":1795841644},"silentCommands":0,"refusalsInRow":0,"othersRate":0,"charges":[{"first":1795841042.88789,"answered":1795841043.5430243,"sent":1795841043.53931,"seconds":0.4}],"comparedAt":1795841043.53931,"grain":1},"scope":{"reset":{"seconds":1795841644},"silentCommands":0,"refusalsInRow":0,"othersRate":0,"charges":[{"answered":1795841043.5234575,"first":1795841043.491625,"sent":1795841043.491625,"seconds":0.1}],"comparedAt":1795841043.491625,"grain":1},"batch":{"reset":{"seconds":1795841644},"silentCommands":0,"refusalsInRow":0,"othersRate":0,"charges":[{"answered":1795841043.5430243,"first":1795841042.88789,"sent":1795841043.53931,"seconds":0.0328651675}],"comparedAt":1795841043.53931,"grain":1},"telephony.externalCall.register":{"silentTotal":0,"reset":{"seconds":1795841643},"silentCommands":2,"refusalsInRow":0,"othersRate":0,"charges":[{"answered":1795841042.9752347,"first":1795841042.955625,"sent":1795841042.955625,"seconds":0.2}],"comparedAt":1795841042.955625,"grain":1,"perCommand":0.1},"server.time":{"reset":{"seconds":1795841644},"silentCommands":0,"refusalsInRow":0,"othersRate":0,"charges":[{"seconds":0.1,"answered":1795841043.5234575,"sent":1795841043.491625,"first":1795841043.491625}],"comparedAt":1795841043.491625,"grain":1},"profile":{"reset":{"seconds":1795841644},"silentCommands":0,"refusalsInRow":0,"othersRate":0,"charges":[{"answered":1795841043.5234575,"first":1795841043.491625,"sent":1795841043.491625,"seconds":0.1}],"comparedAt":1795841043.491625,"grain":1}}}}');
INSERT INTO fact VALUES('portalHost','127.0.0.1:18024');
INSERT INTO fact VALUES('seal','586C6DA4-1F4D-4CDE-A8B7-7A5422BD3FCB');
CREATE TABLE run (
    id         INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,              -- NULL: still running, or killed
    outcome    TEXT,
    exit_code  INTEGER,
    summary    TEXT                  -- the JSON summary of the run
);
INSERT INTO run VALUES(1,1795841040,1795841043,'finished',0,replace('{\n  "calls" : {\n    "alreadyDelivered" : 1,\n    "delivered" : 2,\n    "held" : {\n\n    },\n    "pending" : 0,\n    "refused" : {\n\n    },\n    "unsettled" : 0,\n    "waiting" : 0\n  },\n  "files" : [\n    {\n      "bytes" : 1022,\n      "path" : "/var/log/asterisk/cdr-csv/Master.csv",\n      "records" : 4\n    }\n  ],\n  "portal" : {\n    "commands" : 10,\n    "operatingLimited" : 0,\n    "rateLimited" : 0,\n    "requests" : 4,\n    "retries" : 0,\n    "unknownReplies" : 0,\n    "waitSeconds" : 2.203\n  },\n  "records" : {\n    "calls" : 3,\n    "duplicates" : 0,\n    "late" : 0,\n    "merged" : 1,\n    "read" : 4,\n    "rejected" : {\n\n    },\n    "skipped" : {\n\n    },\n    "waiting" : 0\n  },\n  "run" : {\n    "dryRun" : false,\n    "endedAt" : "2026-11-28T04:44:03Z",\n    "exitCode" : 0,\n    "id" : 1,\n    "outcome" : "finished",\n    "startedAt" : "2026-11-28T04:44:00Z"\n  },\n  "schema" : "cdr24.summary/1",\n  "warnings" : [\n\n  ]\n}\n','\n',char(10)));
INSERT INTO run VALUES(2,1795841043,1795841043,'finished, with something for a person',3,replace('{\n  "calls" : {\n    "alreadyDelivered" : 0,\n    "delivered" : 0,\n    "held" : {\n      "keyCollision" : 1,\n      "noEmployee" : 1,\n      "userNotActive" : 1\n    },\n    "pending" : 0,\n    "refused" : {\n\n    },\n    "unsettled" : 0,\n    "waiting" : 0\n  },\n  "estimate" : {\n    "allowed" : 0,\n    "calls" : 0,\n    "paceKnown" : true,\n    "seconds" : 0,\n    "text" : "0 calls to deliver: about 1 s at this portal''s pace"\n  },\n  "files" : [\n    {\n      "bytes" : 885,\n      "path" : "/var/log/asterisk/cdr-csv/Master.csv",\n      "records" : 4\n    }\n  ],\n  "portal" : {\n    "commands" : 6,\n    "operatingLimited" : 0,\n    "rateLimited" : 0,\n    "requests" : 2,\n    "retries" : 0,\n    "unknownReplies" : 0,\n    "waitSeconds" : 0\n  },\n  "records" : {\n    "calls" : 3,\n    "duplicates" : 0,\n    "late" : 0,\n    "merged" : 0,\n    "read" : 4,\n    "rejected" : {\n      "badDate" : 1\n    },\n    "skipped" : {\n\n    },\n    "waiting" : 0\n  },\n  "run" : {\n    "dryRun" : false,\n    "endedAt" : "2026-11-28T04:44:03Z",\n    "exitCode" : 3,\n    "id" : 2,\n    "outcome" : "finished, with something for a person",\n    "startedAt" : "2026-11-28T04:44:03Z"\n  },\n  "schema" : "cdr24.summary/1",\n  "warnings" : [\n    "calls are held (keyCollision): two calls share one id: check the key_prefix of the sources and the PBX''s ids",\n    "calls are held (noEmployee): set users.default, then run: cdr24 retry",\n    "calls are held (userNotActive): set users.substitute or map the extension to somebody else, then run: cdr24 retry"\n  ]\n}\n','\n',char(10)));
INSERT INTO run VALUES(3,1795841044,NULL,NULL,NULL,NULL);
CREATE TABLE source (
    id          INTEGER PRIMARY KEY,
    key_prefix  TEXT NOT NULL UNIQUE,
    key_rule    TEXT NOT NULL,       -- fingerprint of the rule that makes call keys
    newest_leg  INTEGER              -- end of the newest leg ever seen; for the silence alarm
);
INSERT INTO source VALUES(1,'pbx','key 1 restarts=false {"from":["linkedid","uniqueid",{"join":["start",{"text":"|"},"src",{"text":"|"},"dst",{"text":"|"},"channel"]}],"lower":"true"}',1795840772);
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
INSERT INTO source_file VALUES(1,1,'/var/log/asterisk/cdr-csv/Master.csv',4475,18,18,4475,X'07ae769b01135cdd8a859e680780399f7a55cedca4bd6cb29ddba35fefc9a46c',1795841044);
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
INSERT INTO call VALUES(1,'pbx:1795697037.1',1,6,NULL,NULL,2,1795697037,0,1795697072,'+12025550111','101','+12025550100',NULL,30,'200',NULL,NULL,X'73b172568d21fb55',1,1,1,NULL,1,1,0,0,0,0,0,1795841042);
INSERT INTO call VALUES(2,'pbx:1795700637.2',1,6,NULL,NULL,2,1795700637,0,1795700672,'+12025550112','102','+12025550100',NULL,30,'200',NULL,NULL,X'3e8f8cd716d5a733',1,1,1,'externalCall.c452fe45f49f608f848d5abfed9a3569.1795841042',2,0,0,0,0,1,0,1795841043);
INSERT INTO call VALUES(3,'pbx:1795704237.3',1,6,NULL,NULL,2,1795704237,0,1795704288,'+12025550113','102','+12025550100',NULL,45,'200',NULL,NULL,X'51c85fa7f41fcd8dc0618f75d9d9c19d',1,2,1,'externalCall.3861a8e75f9b10f282dc2095d543defe.1795841042',3,0,0,0,0,1,0,1795841043);
INSERT INTO call VALUES(4,'pbx:1795733037.5',1,8,'noEmployee',NULL,2,1795733037,0,1795733072,'+12025550121',NULL,'+12025550100',NULL,0,'304','NO ANSWER',X'01107062783a313739353733333033372e3540011401dad8c5b00d00460000033330340aab93cb8cb6d0d294d201020c2b31323032353535303132310c2b3132303235353530313030094e4f20414e53574552',X'abc99261834a29d2',2,1,1,NULL,NULL,0,0,0,0,0,0,1795841043);
INSERT INTO call VALUES(5,'pbx:1795736637.6',1,8,'userNotActive',NULL,2,1795736637,0,1795736672,'+12025550122','121','+12025550100',NULL,30,'200',NULL,X'01107062783a313739353733363633372e3645011701fa90c6b00d004600b0ea01033230300caea4cef4caf28bc7df01020c2b3132303235353530313232033132310c2b313230323535353031303008414e535745524544',X'2e9293ae942f8edf',2,1,1,NULL,NULL,0,0,0,0,0,0,1795841043);
INSERT INTO call VALUES(6,'pbx:1795700637.2~4039ffae17aadfaf',1,8,'keyCollision','its id is that of pbx:1795700637.2, a call of 2026-11-26T13:43:57Z with +12025550112',2,1795769037,0,1795769054,'+12025550199','101','+12025550100',NULL,12,'200',NULL,NULL,X'afdfaa17aeff3940',2,1,1,NULL,NULL,0,0,0,0,0,0,1795841043);
INSERT INTO call VALUES(7,'pbx:1795772637.8',1,5,NULL,NULL,2,1795772637,0,1795772672,'+12025550131','101','+12025550100',NULL,30,'200',NULL,NULL,X'1c9d4a4b6f086d49',3,1,1,'externalCall.2b420c2d15569596926a14cf58876e53.1795841044',NULL,0,0,1,0,1,0,1795841044);
INSERT INTO call VALUES(8,'pbx:1795776237.9',1,4,NULL,NULL,2,1795776237,0,1795776302,'+12025550141','101','+12025550100',NULL,60,'200',NULL,NULL,X'e2038a15c7022a86',3,1,1,'externalCall.45d4465ec7f63dc41f1720127821de3b.1795841045',NULL,0,0,0,0,1,0,1795841045);
INSERT INTO call VALUES(9,'pbx:1795779837.10',1,3,NULL,NULL,2,1795779837,0,1795779842,'+12025550141','102','+12025550100',NULL,0,'304','NO ANSWER',NULL,X'90af1581709f570c',3,1,1,'externalCall.a035d68e0a050ea57592f473a316d1d7.1795841045',NULL,0,0,0,0,1,0,1795841045);
INSERT INTO call VALUES(10,'pbx:1795783437.11',1,2,NULL,NULL,2,1795783437,0,1795783472,'+12025550151','102','+12025550100',NULL,30,'200',NULL,X'01117062783a313739353738333433372e3131450117019aeccbb00d004600b0ea010332303016aa8be0fff5c1ddf8a401020c2b3132303235353530313531033130320c2b313230323535353031303008414e535745524544',X'aa05f85f0f76f1a4',3,1,1,NULL,NULL,0,0,0,0,0,0,1795841045);
INSERT INTO call VALUES(11,'pbx:1795787037.12',1,1,NULL,NULL,2,1795787037,0,1795787072,'+12025550161','101','+12025550100',NULL,30,'200',NULL,X'01117062783a313739353738373033372e313244011701baa4ccb00d004600b0ea010332303018f6e0f1c4e192f3e206020c2b3132303235353530313631033130310c2b313230323535353031303008414e535745524544',X'76709c1896ccc506',3,1,1,NULL,NULL,0,0,0,0,0,0,1795841044);
INSERT INTO call VALUES(12,'pbx:1795790637.13',1,1,NULL,NULL,2,1795790637,0,1795790677,'+12025550162','102','+12025550100',NULL,33,'200',NULL,X'02117062783a313739353739303633372e313343011601dadcccb00d000a0000033330341ac0aadaaffca7f99a3b020c2b3132303235353530313632033130310c2b3132303235353530313030094e4f20414e53574552117062783a313739353739303633372e313358013701dedcccb00d004c00e88102033230301cfbdef7af8a90a7868c01020c2b3132303235353530313632033130320c2b313230323535353031303008414e53574552454401117062783a313739353739303633392e3134',X'4095f6c53fe5353b7beffda5809c0c8c',3,2,1,NULL,NULL,0,1,0,0,0,0,1795841044);
INSERT INTO call VALUES(13,'pbx:1795794237.15',1,7,'refusedByPortal','ERROR_CORE: Unknown line',2,1795794237,0,1795794272,'+12025550171','101','+12025550100',NULL,30,'200',NULL,X'01117062783a313739353739343233372e313544011701fa94cdb00d004600b0ea01033230301eb2838c8c90c890e305020c2b3132303235353530313731033130310c2b313230323535353031303008414e535745524544',X'b20183014142c605',3,1,1,NULL,NULL,0,0,0,0,0,0,1795841044);
INSERT INTO call VALUES(14,'pbx:1795840737.16',1,0,NULL,NULL,2,1795840737,0,1795840772,'+12025550181','102','+12025550100',NULL,20,'200',NULL,X'02117062783a313739353834303733372e313643011601c2ebd2b00d000a00000333303420a0f9e980d3b1ace842020c2b3132303235353530313831033130310c2b3132303235353530313030094e4f20414e53574552117062783a313739353834303733372e313657013701d6ebd2b00d003200a09c010332303022fbc0c0edaccad89b4f020c2b3132303235353530313831033130320c2b313230323535353031303008414e53574552454401117062783a313739353834303734372e3137',X'a07c1a308db1d0427b20b0cd5262374f',3,2,1,NULL,NULL,0,0,0,0,0,0,1795841044);
CREATE TABLE alias (
    key     TEXT NOT NULL PRIMARY KEY,
    call_id INTEGER NOT NULL REFERENCES call (id)
) WITHOUT ROWID;
INSERT INTO alias VALUES('pbx:1795704238.4',3);
INSERT INTO alias VALUES('pbx:1795790639.14',12);
INSERT INTO alias VALUES('pbx:1795840747.17',14);
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
    raw_hash   BLOB NOT NULL, encoding TEXT NOT NULL DEFAULT 'utf-8',
    UNIQUE (source_id, raw_hash, reason)
);
INSERT INTO reject VALUES(1,1,2,'/var/log/asterisk/cdr-csv/Master.csv',8,8,1764,10,'badDate','expected a date and time, found "yesterday"; dates of another form can be read by giving the format''s times another pattern',X'22222c223132303235353530313233222c22313031222c2266726f6d2d7472756e6b222c22222c225349502f7472756e6b312d31222c225349502f3130312d31222c224469616c222c22222c22796573746572646179222c22222c22222c33352c33302c22414e535745524544222c22444f43554d454e544154494f4e222c2231222c22222c22222c2231222c31',X'b4b0976a7802079bff4dbacf03fa5b6efcbb56085f73f70f3dbcd8584887e940','utf-8');
CREATE INDEX source_file_path ON source_file (source_id, path);
CREATE INDEX call_open ON call (state, start, id) WHERE state <> 6;
CREATE INDEX call_portal ON call (substr(portal_call_id, 14, 12)) WHERE portal_call_id IS NOT NULL;
COMMIT;
