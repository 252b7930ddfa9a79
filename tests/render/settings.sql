CREATE SCHEMA store;
COMMENT ON SCHEMA store IS 'what is''s sold';
CREATE EXTENSION vector WITH SCHEMA store;
COMMENT ON EXTENSION vector IS 'similar things';
CREATE TYPE mood AS ENUM ('sad', 'glad');
COMMENT ON TYPE mood IS 'an enum';
CREATE DOMAIN store.code AS text CONSTRAINT filled CHECK (VALUE <> '');
COMMENT ON DOMAIN store.code IS 'a domain';
COMMENT ON CONSTRAINT filled ON DOMAIN store.code IS 'not empty';
CREATE TYPE pair AS (one integer, "Two" text);
COMMENT ON TYPE pair IS 'two';
COMMENT ON COLUMN pair."Two" IS 'the second';
ALTER TYPE pair RENAME ATTRIBUTE "Two" TO "2";
CREATE SEQUENCE numbers;
COMMENT ON SEQUENCE numbers IS 'counts';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
COMMENT ON FUNCTION touch() IS 'touches';
CREATE FUNCTION twice(integer, OUT twice integer) LANGUAGE sql AS 'SELECT $1 * 2';
COMMENT ON FUNCTION twice(integer, OUT integer) IS 'doubles';
CREATE PROCEDURE work() LANGUAGE plpgsql AS $$ BEGIN END $$;
COMMENT ON PROCEDURE work IS 'works';
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE TABLE users (
    id serial CONSTRAINT users_pk PRIMARY KEY WITH (fillfactor = 90),
    name text NOT NULL,
    note text,
    short varchar(20),
    number numeric,
    at integer NOT NULL GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT positive CHECK (number > 0),
    CONSTRAINT one_name UNIQUE (name) WITH (deduplicate_items = off),
    during tsrange,
    CONSTRAINT apart EXCLUDE USING gist (during WITH &&) WITH (fillfactor = 80) WHERE (id > 0)
) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = off, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON CONSTRAINT positive ON users IS 'more than none';
COMMENT ON CONSTRAINT one_name ON users IS 'the key';
COMMENT ON INDEX one_name IS 'its index';
COMMENT ON INDEX users_pk IS 'of the primary key';
COMMENT ON SEQUENCE users_id_seq IS 'of a serial column';
COMMENT ON SEQUENCE users_at_seq IS 'of an identity column';
ALTER TABLE users SET (parallel_workers = 3), RESET (autovacuum_enabled);
ALTER TABLE users ALTER note SET STORAGE EXTERNAL, ALTER name SET STORAGE MAIN, ALTER number SET STORAGE EXTENDED;
ALTER TABLE users ALTER short SET STORAGE PLAIN, ALTER short SET STORAGE DEFAULT, ALTER note SET COMPRESSION pglz;
ALTER TABLE users ALTER name SET STATISTICS 500, ALTER id SET STATISTICS 0, ALTER note SET STATISTICS -1;
ALTER TABLE users ALTER id SET (n_distinct = -0.5, n_distinct_inherited = 7), ALTER id RESET (n_distinct_inherited);
CREATE INDEX by_number ON users (number, name) WITH (fillfactor = 60);
COMMENT ON INDEX by_number IS 'sorted';
ALTER INDEX by_number SET (fillfactor = 50, deduplicate_items = off);
ALTER INDEX by_number RESET (deduplicate_items);
ALTER INDEX one_name SET (fillfactor = 95);
ALTER TABLE users CLUSTER ON by_number;
ALTER TABLE users REPLICA IDENTITY USING INDEX one_name;
ALTER INDEX by_number RENAME TO numbered;
CREATE TABLE logs (id integer, text text STORAGE EXTERNAL COMPRESSION pglz, at date);
ALTER TABLE logs REPLICA IDENTITY FULL;
CREATE INDEX logs_at ON logs (at);
ALTER TABLE logs CLUSTER ON logs_at, SET WITHOUT CLUSTER;
CREATE TABLE nothing (LIKE logs INCLUDING ALL);
ALTER TABLE nothing REPLICA IDENTITY NOTHING;
CREATE TABLE bare (LIKE logs);
CREATE TABLE copy (LIKE users INCLUDING ALL EXCLUDING STATISTICS);
CREATE TABLE heir (extra integer) INHERITS (logs) WITH (fillfactor = 33);
ALTER TABLE logs ALTER at SET STATISTICS 77, ALTER text SET STORAGE MAIN;
ALTER TABLE ONLY logs ALTER id SET STATISTICS 9;
CREATE TABLE parts (a integer NOT NULL, b text) PARTITION BY LIST (a);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1) WITH (fillfactor = 44);
ALTER TABLE parts ALTER b SET STORAGE EXTERNAL, ALTER b SET STATISTICS 11;
CREATE INDEX parts_b ON parts (b) WITH (fillfactor = 71);
COMMENT ON INDEX parts_b IS 'of all parts';
CREATE TABLE part_2 PARTITION OF parts DEFAULT;
COMMENT ON INDEX part_1_b_idx IS 'of one part';
CREATE STATISTICS spread ON id, number FROM users;
COMMENT ON STATISTICS spread IS 'together';
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON TRIGGER touched ON users IS 'when touched';
CREATE TRIGGER other BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER third BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE users DISABLE TRIGGER touched, ENABLE REPLICA TRIGGER other, ENABLE ALWAYS TRIGGER third;
ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON users USING (id > 1);
COMMENT ON POLICY own ON users IS 'only own';
CREATE VIEW seen AS SELECT id, name, number FROM users;
COMMENT ON VIEW seen IS 'what is seen';
COMMENT ON COLUMN seen.name IS 'the name';
COMMENT ON COLUMN seen.number IS 'of it';
ALTER VIEW seen RENAME COLUMN number TO "Number";
CREATE OR REPLACE VIEW seen AS SELECT id, name, number AS "Number" FROM users WHERE id > 0;
CREATE MATERIALIZED VIEW sums WITH (fillfactor = 60, autovacuum_enabled = false) AS SELECT id FROM users;
COMMENT ON MATERIALIZED VIEW sums IS 'counted';
COMMENT ON COLUMN sums.id IS 'the same';
ALTER MATERIALIZED VIEW sums SET (fillfactor = 65), RESET (autovacuum_enabled);
CREATE INDEX sums_id ON sums (id);
COMMENT ON INDEX sums_id IS 'of a view';
CREATE RULE quiet AS ON DELETE TO logs DO INSTEAD NOTHING;
COMMENT ON RULE quiet ON logs IS 'never deleted';
CREATE RULE told AS ON INSERT TO logs DO ALSO (NOTIFY told; INSERT INTO nothing (id) VALUES (NEW.id));
CREATE RULE told_off AS ON UPDATE TO logs WHERE NEW.id <> OLD.id DO ALSO INSERT INTO nothing (id) VALUES (OLD.id);
ALTER TABLE logs DISABLE RULE told_off;
CREATE RULE gone AS ON DELETE TO heir DO INSTEAD NOTHING;
DROP RULE gone ON heir;
CREATE RULE written AS ON INSERT TO seen DO INSTEAD INSERT INTO users (name, number) VALUES (NEW.name, NEW."Number");
ALTER RULE written ON seen RENAME TO "Written";
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, update');
COMMENT ON PUBLICATION everything IS 'all of it';
CREATE PUBLICATION chosen FOR TABLE users (id, name), ONLY logs WHERE (id > 0);
CREATE PUBLICATION within FOR TABLES IN SCHEMA store, TABLE ONLY logs WHERE (id > 1);
ALTER PUBLICATION chosen ADD TABLE bare, parts;
ALTER PUBLICATION chosen DROP TABLE bare;
ALTER PUBLICATION chosen SET (publish_via_partition_root = true);
ALTER PUBLICATION chosen RENAME TO "Chosen";
CREATE PUBLICATION none;
DROP PUBLICATION none;
CREATE EVENT TRIGGER watched ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION watch();
COMMENT ON EVENT TRIGGER watched IS 'watches';
CREATE EVENT TRIGGER off ON sql_drop EXECUTE FUNCTION watch();
ALTER EVENT TRIGGER off DISABLE;
