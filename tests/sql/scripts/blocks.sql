CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL); CREATE TABLE posts (id serial PRIMARY KEY, user_id int);
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'fk_posts_user') THEN
        ALTER TABLE posts ADD CONSTRAINT fk_posts_user FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'fk_posts_user' AND conrelid = 'posts'::regclass) THEN
        ALTER TABLE posts ADD CONSTRAINT fk_posts_user2 FOREIGN KEY (user_id) REFERENCES users(id);
    END IF;
END
$$;
DO $do$
DECLARE
    r RECORD; v_name TEXT; cnt INTEGER; v_exists boolean := false; v_sql text;
BEGIN
    FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename LOOP
        EXECUTE 'ALTER TABLE public.' || quote_ident(r.tablename) || ' ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT now()';
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I.%I (updated_at)', 'ix_' || r.tablename || '_upd', 'public', r.tablename);
    END LOOP;
    SELECT constraint_name INTO v_name FROM information_schema.table_constraints WHERE table_name = 'posts' AND constraint_type = 'FOREIGN KEY' LIMIT 1;
    IF v_name IS NOT NULL THEN EXECUTE 'ALTER TABLE posts DROP CONSTRAINT ' || v_name; END IF;
    SELECT COUNT(*) INTO cnt FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'users' AND column_name IN ('email','phone');
    IF cnt < 2 THEN ALTER TABLE users ADD COLUMN phone varchar(20); END IF;
    SELECT EXISTS (SELECT FROM information_schema.tables WHERE table_schema = 'public' AND table_name = 'audit') INTO v_exists;
    IF NOT v_exists THEN CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY, payload jsonb); END IF;
    v_sql := 'ALTER TABLE audit ADD COLUMN ' || 'note' || ' text';
    EXECUTE v_sql;
    BEGIN
        ALTER TABLE audit ADD COLUMN note text;
    EXCEPTION WHEN duplicate_column THEN RAISE NOTICE 'already there';
    END;
    BEGIN DROP TABLE nope; EXCEPTION WHEN undefined_table THEN CREATE TABLE made_in_handler (id int); END;
    BEGIN CREATE TABLE undone (id int); DROP TABLE nope; EXCEPTION WHEN OTHERS THEN NULL; END;
    CASE WHEN cnt = 1 THEN CREATE TABLE case_one (id int); ELSE CREATE TABLE case_else (id int); END CASE;
    CASE cnt WHEN 0 THEN CREATE TABLE c0 (id int); WHEN 1, 2 THEN CREATE TABLE c12 (id int); END CASE;
    WHILE cnt < 3 LOOP EXECUTE format('CREATE TABLE w%s (id int)', cnt); cnt := cnt + 1; END LOOP;
    FOR i IN REVERSE 3..1 LOOP CONTINUE WHEN i = 2; EXECUTE 'CREATE TABLE rev_' || i || '(id int)'; END LOOP;
    LOOP EXIT WHEN cnt >= 5; cnt := cnt + 1; END LOOP;
    IF cnt = 5 THEN CREATE TABLE five (id int); END IF;
    FOREACH v_name IN ARRAY ARRAY['aa','bb'] LOOP EXECUTE format('CREATE TABLE %I (id int)', v_name); END LOOP;
    FOR v_name IN SELECT unnest(ARRAY['u1','u2']) LOOP EXECUTE format('CREATE TABLE %I ()', v_name); END LOOP;
    FOR r IN SELECT * FROM (VALUES ('v1','int'),('v2','text')) AS t(n, ty) LOOP EXECUTE format('CREATE TABLE %I (c %s)', r.n, r.ty); END LOOP;
    FOR r IN EXECUTE 'SELECT conname, conrelid::regclass AS tbl FROM pg_constraint WHERE contype = ''p'' AND connamespace = ''public''::regnamespace ORDER BY 1' LOOP EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', r.tbl, r.conname, r.conname || '_renamed'); END LOOP;
    IF FOUND THEN CREATE TABLE was_found (id int); END IF;
    PERFORM 1 FROM pg_indexes WHERE indexname = 'ix_users_upd';
    IF FOUND THEN DROP INDEX ix_users_upd; END IF;
    RETURN;
    CREATE TABLE never (id int);
END $do$;
DO $$ <<outer_block>> DECLARE x int := 1; BEGIN DECLARE x int := 2; BEGIN IF x = 2 THEN CREATE TABLE nested_ok (id int); END IF; EXIT outer_block; END; CREATE TABLE not_here (id int); END $$;
