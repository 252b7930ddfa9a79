-- with tables
CREATE TYPE pair AS (one integer, two text);
CREATE DOMAIN over AS plain;
CREATE TABLE uses (id integer PRIMARY KEY, p plain, e en DEFAULT 'a', d checked, o over, f filled DEFAULT 1, pa pair);
INSERT INTO uses (id, p, d) VALUES (1, 1, 1);
CREATE DOMAIN alone AS text CHECK (VALUE <> '');
-- cases

CREATE TYPE mood AS ENUM ('x', 'y');

CREATE TYPE two AS (a integer, b text);

CREATE TYPE span AS RANGE (subtype = integer);

CREATE DOMAIN d AS text CHECK (VALUE <> '');

ALTER TYPE en ADD VALUE 'c';

ALTER TYPE en ADD VALUE IF NOT EXISTS 'a';

ALTER TYPE en ADD VALUE 'c' BEFORE 'a';

ALTER TYPE en ADD VALUE 'c' AFTER 'a';

ALTER TYPE en OWNER TO CURRENT_USER;

ALTER TYPE pair ADD ATTRIBUTE three integer;

CREATE TYPE free AS (one integer);
-->
ALTER TYPE free ADD ATTRIBUTE two integer;

CREATE TYPE free AS (one integer, two text);
-->
ALTER TYPE free DROP ATTRIBUTE two;

CREATE TYPE free AS (one integer, two text);
-->
ALTER TYPE free ALTER ATTRIBUTE one TYPE bigint;

CREATE TYPE free AS (one integer, two text);
-->
ALTER TYPE free RENAME ATTRIBUTE one TO uno;

ALTER DOMAIN plain ADD CONSTRAINT positive CHECK (VALUE > 0);

ALTER DOMAIN plain ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;

ALTER DOMAIN plain ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;
-->
ALTER DOMAIN plain VALIDATE CONSTRAINT positive;

ALTER DOMAIN over ADD CONSTRAINT positive CHECK (VALUE > 0);

ALTER DOMAIN alone ADD CONSTRAINT short CHECK (length(VALUE) < 10);

ALTER DOMAIN checked DROP CONSTRAINT checked_check;

ALTER DOMAIN checked DROP CONSTRAINT IF EXISTS nothing;

ALTER DOMAIN checked RENAME CONSTRAINT checked_check TO positive;

ALTER DOMAIN plain SET NOT NULL;

ALTER DOMAIN filled DROP NOT NULL;

ALTER DOMAIN plain SET DEFAULT 5;

ALTER DOMAIN plain DROP DEFAULT;

ALTER DOMAIN alone SET NOT NULL;

ALTER DOMAIN plain OWNER TO CURRENT_USER;

COMMENT ON TYPE en IS 'x';

COMMENT ON DOMAIN plain IS 'x';

GRANT USAGE ON TYPE en TO pg_monitor;

DROP TYPE pair CASCADE;

DROP DOMAIN checked CASCADE;

DROP DOMAIN alone;

ALTER TYPE en RENAME TO en_old;
CREATE TYPE en AS ENUM ('a', 'b', 'c');
ALTER TABLE uses ALTER COLUMN e DROP DEFAULT, ALTER COLUMN e TYPE en USING e::text::en;

ALTER DOMAIN checked VALIDATE CONSTRAINT checked_check;
