-- What some records tell of a call beyond who, when and how long: a line for each detail, which begins with a letter.
ALTER TABLE call ADD COLUMN details TEXT;
-- Whether a register with CRM_CREATE is under way or was left without an answer: another could create a second lead.
ALTER TABLE call ADD COLUMN may_have_created INTEGER NOT NULL DEFAULT 0;
