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
