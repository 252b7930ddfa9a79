CREATE TYPE mood AS ENUM ('sad','ok'); CREATE TABLE p (m mood);
DO $$ BEGIN
 IF NOT EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid WHERE t.typname = 'mood' AND e.enumlabel = 'happy') THEN ALTER TYPE mood ADD VALUE 'happy'; END IF;
 IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'p'::regclass AND attname = 'm' AND NOT attisdropped) AND NOT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('public.p') AND attname='z') THEN ALTER TABLE p ADD COLUMN z int; END IF;
 IF (SELECT data_type FROM information_schema.columns WHERE table_name='p' AND column_name='z') = 'integer' THEN ALTER TABLE p ALTER COLUMN z TYPE bigint; END IF;
 IF (SELECT udt_name FROM information_schema.columns WHERE table_name='p' AND column_name='m') <> 'text' THEN ALTER TABLE p ALTER COLUMN m TYPE text USING m::text; END IF;
 IF EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'i' AND c.relname = 'ix' AND n.nspname = 'public') THEN DROP INDEX ix; ELSE CREATE INDEX ix ON p (z); END IF;
 IF (SELECT is_nullable FROM information_schema.columns WHERE table_schema = current_schema() AND table_name='p' AND column_name='z') = 'YES' THEN ALTER TABLE p ALTER z SET NOT NULL; END IF;
 IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector') THEN CREATE TABLE vec (id int); END IF;
 IF NOT EXISTS (SELECT 1 FROM pg_proc p JOIN pg_namespace n ON p.pronamespace = n.oid WHERE n.nspname = 'public' AND p.proname = 'touch') THEN CREATE FUNCTION touch() RETURNS trigger AS 'BEGIN RETURN NEW; END' LANGUAGE plpgsql; END IF;
 IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'tt' AND tgrelid = 'p'::regclass) THEN CREATE TRIGGER tt BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION touch(); END IF;
 IF NOT EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 'p' AND policyname = 'pp') THEN CREATE POLICY pp ON p USING (true); END IF;
 IF to_regclass('public.nothing') IS NULL AND to_regtype('mood') IS NOT NULL THEN DROP TYPE mood; END IF;
 IF NOT EXISTS (SELECT schema_name FROM information_schema.schemata WHERE schema_name = 'app') THEN CREATE SCHEMA app; END IF;
 IF EXISTS (SELECT 1 FROM information_schema.sequences WHERE sequence_name='sq') THEN NULL; ELSE CREATE SEQUENCE sq; END IF;
 IF (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) WHERE i.indrelid = 'p'::regclass) = ARRAY['z'] THEN CREATE TABLE arr_ok(id int); END IF;
 IF (SELECT count(*) FROM p) = 0 THEN ALTER TABLE p ADD COLUMN empty_ok boolean; END IF;
END $$;
