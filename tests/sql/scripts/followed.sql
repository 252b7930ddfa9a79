CREATE SCHEMA app; CREATE SCHEMA other;
CREATE FUNCTION make() RETURNS void LANGUAGE plpgsql SET search_path TO app AS $$ BEGIN CREATE TABLE t1 (a int); END $$;
SELECT make();
CREATE FUNCTION make_more() RETURNS void LANGUAGE sql SET search_path = other, public AS $$ CREATE TABLE t2 (a int) $$;
SELECT make_more();
CREATE TABLE t3 (a int);
SET search_path TO app, public;
CREATE TABLE seen (id int, name text);
CREATE VIEW shown AS SELECT * FROM seen WHERE name ILIKE 'a%';
CREATE POLICY own ON seen USING (id IN (SELECT id FROM seen));
SET search_path TO public;
CREATE FUNCTION mk(n text, VARIADIC cols text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE c text;
BEGIN
    EXECUTE format('CREATE TABLE %I (id int)', n);
    FOREACH c IN ARRAY cols LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN %I text', n, c); END LOOP;
END $$;
SELECT mk('made', 'a', 'b'); SELECT mk('one', 'c'); SELECT mk('given', VARIADIC ARRAY['x', 'y']);
