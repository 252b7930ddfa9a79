CREATE TABLE idx (a int, b text, c jsonb, d timestamptz, e text[], "Cap" int);
CREATE INDEX ON idx (a); CREATE INDEX ON idx (lower(b), a DESC NULLS LAST); CREATE INDEX i1 ON idx USING gin (c jsonb_path_ops); CREATE INDEX i2 ON idx USING gin (e);
CREATE INDEX i3 ON idx ((c ->> 'x')) WHERE d IS NOT NULL AND b = 'from'; CREATE INDEX i4 ON idx (b text_pattern_ops, b COLLATE "C"); CREATE INDEX IF NOT EXISTS i4 ON idx (a);
CREATE INDEX i5 ON idx USING brin (d) WITH (pages_per_range = 32); CREATE INDEX i6 ON idx ("Cap", (a + 1), coalesce(b, '')) INCLUDE (d);
CREATE INDEX i7 ON idx (((c -> 'a') ->> 'b'), date_trunc('day', d AT TIME ZONE 'UTC'), (EXTRACT(epoch FROM d AT TIME ZONE 'UTC')), (CAST(b AS varchar(5))), (b::text || 'x'));
CREATE INDEX CONCURRENTLY i8 ON ONLY idx (a) ; CREATE UNIQUE INDEX i9 ON idx (a) NULLS NOT DISTINCT WHERE (a > 3);
ALTER INDEX i9 RENAME TO i10; ALTER TABLE i8 RENAME TO i88; DROP INDEX i1, i2; DROP INDEX IF EXISTS nope; DROP INDEX CONCURRENTLY IF EXISTS i88;
ALTER TABLE idx DROP COLUMN b;
