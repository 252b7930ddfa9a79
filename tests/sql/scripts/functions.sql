CREATE FUNCTION drop_if(t text, c text) RETURNS void AS $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = t AND column_name = c) THEN EXECUTE format('ALTER TABLE %I DROP COLUMN %I', t, c); END IF; END; $$ LANGUAGE plpgsql;
CREATE TABLE ff (a int, b int, c int); SELECT drop_if('ff', 'a'), drop_if('ff', 'zzz'); DO $$ BEGIN PERFORM drop_if('ff', 'b'); END $$;
CREATE PROCEDURE mk(n int) LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..n LOOP EXECUTE 'CREATE TABLE mk' || i || ' (id int)'; END LOOP; END $$; CALL mk(2);
CREATE FUNCTION sqlf() RETURNS void LANGUAGE sql AS 'ALTER TABLE ff ADD COLUMN via_sql int'; SELECT sqlf(); SELECT * FROM drop_if('ff', 'c'); DROP FUNCTION drop_if;
