CREATE SCHEMA app; CREATE SCHEMA other;
CREATE FUNCTION make() RETURNS void LANGUAGE plpgsql SET search_path TO app AS $$ BEGIN CREATE TABLE t1 (a int); END $$;
SELECT make();
CREATE FUNCTION make_more() RETURNS void LANGUAGE sql SET search_path = other, public AS $$ CREATE TABLE t2 (a int) $$;
SELECT make_more();
CREATE TABLE t3 (a int);
