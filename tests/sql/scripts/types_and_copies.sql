CREATE SCHEMA app; CREATE SCHEMA IF NOT EXISTS app; SET search_path TO app, public;
CREATE TYPE status AS ENUM ('a','b'); CREATE DOMAIN posint AS int CHECK (VALUE > 0) NOT NULL DEFAULT 1;
CREATE TABLE t (id bigserial PRIMARY KEY, s status NOT NULL DEFAULT 'a', p posint, "Weird Name" char(3), c2 "char", n numeric, n2 numeric(5), f float(10), f2 float(50), ts timestamp(3), tz timestamp with time zone, i interval day to second(2), i2 interval(3), b bit, vb bit varying(5), arr text[][], arr2 integer array[4], j jsonb DEFAULT '{}'::jsonb, tm time(0) with time zone, nc national character varying(10), d double precision);
ALTER TABLE t ALTER COLUMN s DROP DEFAULT, ALTER s TYPE text USING s::text, ALTER COLUMN "Weird Name" SET NOT NULL;
RESET search_path; CREATE TABLE t2 (LIKE app.t INCLUDING DEFAULTS);
CREATE TABLE t3 (LIKE app.t INCLUDING ALL EXCLUDING INDEXES, extra int);
