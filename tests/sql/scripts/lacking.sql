CREATE TABLE doc (id int PRIMARY KEY, note text, other_id int);
CREATE VIEW shown AS SELECT id, note FROM doc;
CREATE TABLE seen (number int);
SELECT nope FROM doc;
SELECT doc.nope FROM doc;
SELECT id FROM doc WHERE nope IS NULL;
SELECT id FROM doc ORDER BY nope;
SELECT id FROM nowhere;
SELECT note FROM shown WHERE other_id = 1;
SELECT d.id FROM doc d JOIN shown s ON s.id = d.nope;
SELECT id FROM doc d WHERE EXISTS (SELECT 1 FROM shown s WHERE s.id = d.nope);
WITH few AS (SELECT id FROM doc) SELECT note FROM few;
SELECT count(*) AS nope FROM doc ORDER BY nope;
SELECT lower(note), count(*) FROM doc GROUP BY lower ORDER BY count;
SELECT d, d.ctid, xmin FROM doc d;
SELECT id FROM doc WHERE id IN (SELECT other_id);
SELECT a.value ->> 'x', nth FROM doc, jsonb_array_elements('[]') WITH ORDINALITY AS a (value, nth);
SELECT x.id, y FROM doc x, LATERAL (SELECT x.note AS y) z;
DO $$
DECLARE id int; n int;
BEGIN
    SELECT max(doc.nope) INTO n FROM doc;
    INSERT INTO seen VALUES (1);
    ALTER TABLE seen ADD column_there int;
EXCEPTION WHEN undefined_column THEN ALTER TABLE seen ADD column_missing int;
END $$;
DO $$
DECLARE wanted text := 'a'; n int;
BEGIN
    SELECT count(*) INTO n FROM doc WHERE note = wanted;
    ALTER TABLE seen ADD variable_there int;
EXCEPTION WHEN OTHERS THEN ALTER TABLE seen ADD variable_missing int;
END $$;
DO $$
DECLARE r record;
BEGIN
    FOR r IN SELECT id FROM nowhere LOOP NULL; END LOOP;
    ALTER TABLE seen ADD table_there int;
EXCEPTION WHEN undefined_table THEN ALTER TABLE seen ADD table_missing int;
END $$;
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM doc WHERE nope = 1) THEN NULL; END IF;
    ALTER TABLE seen ADD guard_there int;
EXCEPTION WHEN undefined_column THEN ALTER TABLE seen ADD guard_missing int;
END $$;
DO $$
BEGIN
    PERFORM nope FROM shown;
    ALTER TABLE seen ADD view_there int;
EXCEPTION WHEN undefined_column OR undefined_table THEN ALTER TABLE seen ADD view_missing int;
END $$;
UPDATE doc SET note = nope;
UPDATE doc d SET note = s.note, other_id = DEFAULT FROM shown s WHERE s.id = d.nope;
UPDATE doc d SET note = s.note, other_id = DEFAULT FROM shown s WHERE s.id = d.id RETURNING d.*;
DELETE FROM doc USING shown WHERE shown.id = doc.id AND shown.other_id = 1;
DELETE FROM doc USING shown WHERE shown.id = doc.id AND doc.other_id = 1;
INSERT INTO seen SELECT nope FROM doc ON CONFLICT DO NOTHING;
INSERT INTO seen (number) SELECT id FROM doc ON CONFLICT DO NOTHING;
CREATE VIEW wrong AS SELECT nope FROM doc;
CREATE OR REPLACE TEMP VIEW wrong AS SELECT id FROM nowhere;
CREATE TABLE copied AS SELECT id, nope FROM doc WITH NO DATA;
CREATE MATERIALIZED VIEW right_one AS SELECT id, note FROM doc WITH NO DATA;
CREATE FUNCTION later() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN nope FROM nowhere; END';
DO $$
DECLARE wanted text := 'x'; r record;
BEGIN
    FOR r IN SELECT 1 AS number LOOP
        UPDATE doc SET note = wanted, other_id = r.number WHERE note = wanted AND id > r.number;
    END LOOP;
    DELETE FROM seen WHERE number = wanted::int;
EXCEPTION WHEN undefined_column THEN ALTER TABLE seen ADD wrong int;
WHEN OTHERS THEN NULL;
END $$;
CREATE FUNCTION fill(wanted int) RETURNS void LANGUAGE sql AS $$
    UPDATE doc SET other_id = wanted WHERE id = wanted; INSERT INTO seen SELECT wanted FROM doc $$;
SELECT fill(1);
DO $$ BEGIN ALTER TABLE seen ADD one no_such_type; EXCEPTION WHEN undefined_object THEN ALTER TABLE seen ADD one text; END $$;
DO $$ BEGIN CREATE TABLE typed (a int, b no_such_type[]); EXCEPTION WHEN undefined_object THEN CREATE TABLE typed (a int); END $$;
CREATE TYPE is_there AS ENUM ('a'); CREATE DOMAIN also_there AS int;
DO $$ BEGIN ALTER TABLE typed ADD b is_there, ADD c also_there[], ADD d serial, ADD e "char", ADD f doc, ADD g varchar(3), ADD h timestamp(3) with time zone; EXCEPTION WHEN undefined_object THEN DROP TABLE typed; END $$;
DO $$ BEGIN ALTER TABLE typed ALTER a TYPE no_such_type USING NULL; EXCEPTION WHEN undefined_object THEN ALTER TABLE typed ALTER a TYPE bigint; END $$;
WITH RECURSIVE tree(depth) AS (
    SELECT 0, * FROM doc UNION ALL SELECT t.depth + 1, d.* FROM doc d, tree t WHERE d.other_id = t.id AND t.depth < 3
) SELECT id, depth, note FROM tree;
SELECT a, note FROM (SELECT * FROM doc) x(a);
SELECT id FROM (SELECT * FROM doc) x(a);
