-- The encoding of a rejected record's bytes. Until now the bytes were kept as they had become UTF-8.
ALTER TABLE reject ADD COLUMN encoding TEXT NOT NULL DEFAULT 'utf-8';
