-- with tables
CREATE TABLE parent (id integer PRIMARY KEY, day date NOT NULL, c integer CHECK (c > 0));
INSERT INTO parent VALUES (1, '2025-01-01', 1);
CREATE SCHEMA other;
-- cases

CREATE TABLE n (a integer PRIMARY KEY, b text);

CREATE TABLE IF NOT EXISTS t (a integer);

CREATE TABLE IF NOT EXISTS n (a integer);

CREATE TABLE n (a integer REFERENCES r (k));

CREATE TABLE n (a integer REFERENCES r (k) ON DELETE CASCADE, b integer REFERENCES t);

CREATE TABLE n (a integer PRIMARY KEY, b integer REFERENCES n (a));

CREATE TABLE n (a integer, CONSTRAINT fk FOREIGN KEY (a) REFERENCES r (k) DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE n (id serial PRIMARY KEY, b bigserial);

CREATE TABLE n (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b plain, e en);

CREATE TABLE n (LIKE t INCLUDING ALL);

CREATE TABLE n (LIKE r);

CREATE TABLE n () INHERITS (parent);

CREATE TABLE n (z integer) INHERITS (parent);

CREATE TABLE n AS SELECT * FROM t;

CREATE TABLE n AS SELECT t.id, r.code FROM t JOIN r ON t.c = r.k;

CREATE TABLE n AS SELECT * FROM v;

CREATE TABLE n AS SELECT 1 AS one WITH NO DATA;

SELECT id, c INTO n FROM t;

CREATE TEMPORARY TABLE n (a integer);

CREATE TEMPORARY TABLE n AS SELECT id FROM t;

CREATE UNLOGGED TABLE n (a integer);

CREATE TABLE n (a integer, b date) PARTITION BY RANGE (b);

CREATE TABLE n (a integer DEFAULT nextval('lone_id_seq'));

CREATE TABLE other.n (a integer REFERENCES public.r (k));

CREATE TABLE n (a integer, EXCLUDE USING gist (int4range(a, a + 1) WITH &&));

CREATE SCHEMA fresh;

CREATE SCHEMA IF NOT EXISTS other;

CREATE SCHEMA fresh CREATE TABLE n (a integer REFERENCES public.r (k));

CREATE TABLE "Mixed Case" (a integer REFERENCES r (k));

CREATE TABLE n (a integer);
CREATE INDEX n_a ON n (a);
INSERT INTO n VALUES (1);

CREATE TABLE n (a integer);
ALTER TABLE n ADD CONSTRAINT nf FOREIGN KEY (a) REFERENCES r (k);

CREATE TABLE n (a integer);
ALTER TABLE n ADD COLUMN b integer NOT NULL DEFAULT 1;
ALTER TABLE n ALTER COLUMN a TYPE bigint;
DROP TABLE n;
