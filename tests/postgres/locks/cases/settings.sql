-- with tables
CREATE UNLOGGED TABLE ul (id integer PRIMARY KEY);
INSERT INTO ul VALUES (1);
CREATE TABLE typed_like (one integer, two text);
CREATE TYPE pair AS (one integer, two text);
CREATE MATERIALIZED VIEW m AS SELECT id, c FROM lone;
CREATE INDEX m_c ON m (c);
-- cases

ALTER TABLE t SET (fillfactor = 70);

ALTER TABLE t SET (autovacuum_enabled = false);

ALTER TABLE t SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_threshold = 100);

ALTER TABLE t SET (parallel_workers = 4);

ALTER TABLE t SET (toast_tuple_target = 200);

ALTER TABLE t SET (toast.autovacuum_enabled = false);

ALTER TABLE t SET (user_catalog_table = true);

ALTER TABLE t SET (vacuum_truncate = false);

ALTER TABLE t SET (fillfactor = 70, user_catalog_table = true);

ALTER TABLE t RESET (fillfactor);

ALTER TABLE t RESET (user_catalog_table);

ALTER TABLE t OWNER TO CURRENT_USER;

ALTER TABLE lone OWNER TO pg_monitor;

ALTER TABLE t REPLICA IDENTITY FULL;

ALTER TABLE t REPLICA IDENTITY USING INDEX t_nn;

ALTER TABLE lone SET UNLOGGED;

ALTER TABLE ul SET LOGGED;

ALTER TABLE ul SET UNLOGGED;

ALTER TABLE lone SET LOGGED;

ALTER TABLE t SET TABLESPACE pg_default;

-- from 15
ALTER TABLE lone SET ACCESS METHOD heap;

ALTER TABLE typed_like OF pair;

ALTER TABLE typed_like OF pair;
-->
ALTER TABLE typed_like NOT OF;

ALTER TABLE t SET WITHOUT OIDS;

COMMENT ON TABLE t IS 'x';

COMMENT ON TABLE t IS NULL;

COMMENT ON SCHEMA public IS 'x';

GRANT SELECT ON t TO pg_monitor;

GRANT ALL ON ALL TABLES IN SCHEMA public TO pg_monitor;

GRANT SELECT (id) ON t TO pg_monitor;

REVOKE SELECT ON t FROM pg_monitor;

GRANT USAGE ON SCHEMA public TO pg_monitor;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor;

ALTER TABLE t SET (fillfactor = 70), ALTER COLUMN c SET STATISTICS 10;

ALTER TABLE t SET (fillfactor = 70), ADD COLUMN z integer;

CLUSTER t USING t_a;

CLUSTER t USING t_pkey;

CLUSTER lone USING lone_pkey;

ALTER TABLE t CLUSTER ON t_a;
-->
CLUSTER t;

ALTER TABLE t CLUSTER ON t_a;
-->
CLUSTER;

CLUSTER m USING m_c;

VACUUM t;

VACUUM FULL t;

VACUUM (FULL, VERBOSE) lone;

VACUUM ANALYZE t;

VACUUM (ANALYZE) t, r;

VACUUM FREEZE t;

ANALYZE t;

ANALYZE;

ANALYZE t (c, nn);

ANALYZE VERBOSE t, r;

LOCK TABLE t;

LOCK TABLE t IN ACCESS EXCLUSIVE MODE;

LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE;

LOCK t, r IN EXCLUSIVE MODE NOWAIT;

LOCK TABLE ONLY t IN ROW SHARE MODE;

LOCK TABLE v IN SHARE MODE;

LOCK TABLE w IN ACCESS SHARE MODE;

-- from 15
ALTER TABLE lone SET TABLESPACE elsewhere;

-- from 15
ALTER INDEX lone_pkey SET TABLESPACE elsewhere;

-- from 15
ALTER MATERIALIZED VIEW m SET TABLESPACE elsewhere;

ALTER MATERIALIZED VIEW m SET (fillfactor = 70);

ALTER TABLE lone SET UNLOGGED, ADD COLUMN z integer;

REINDEX TABLE ul;

CREATE TABLE "odd name" ("a b" integer);
INSERT INTO "odd name" VALUES (1);
-->
ALTER TABLE "odd name" ALTER COLUMN "a b" TYPE bigint;

VACUUM;

VACUUM (FREEZE, ANALYZE);

ALTER SYSTEM RESET work_mem;

REINDEX TABLE CONCURRENTLY ul;

SET LOCAL search_path = public;
ALTER TABLE t ADD COLUMN z integer;
