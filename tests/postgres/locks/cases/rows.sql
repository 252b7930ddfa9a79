-- with tables
CREATE SEQUENCE seq;
CREATE MATERIALIZED VIEW m AS SELECT id, c FROM lone;
CREATE TABLE child (id integer PRIMARY KEY, r integer REFERENCES r (k) ON DELETE CASCADE);
INSERT INTO child VALUES (1, 2);
CREATE TABLE free (id integer, note text);
INSERT INTO free VALUES (1, 'a'), (2, 'b');
-- cases

INSERT INTO free VALUES (3, 'c');

INSERT INTO free (id) SELECT id FROM t;

INSERT INTO free (id) SELECT id FROM v;

INSERT INTO free (id, note) SELECT t.id, r.note FROM t JOIN r ON t.c = r.k;

INSERT INTO lone (c) VALUES (50);

INSERT INTO child VALUES (2, 1);

INSERT INTO r VALUES (9, 'zz', 'n') ON CONFLICT (k) DO NOTHING;

WITH q AS (SELECT id FROM t) INSERT INTO free (id) SELECT id FROM q;

UPDATE free SET note = 'x';

UPDATE free SET note = 'x' WHERE id = 1;

UPDATE free SET note = r.note FROM r WHERE r.k = free.id;

UPDATE free SET note = (SELECT max(note) FROM r);

UPDATE child SET r = 1;

UPDATE r SET note = 'x';

DELETE FROM free;

DELETE FROM free WHERE id = 1;

DELETE FROM free USING t WHERE t.id = free.id;

DELETE FROM free WHERE id IN (SELECT k FROM r);

DELETE FROM child;

DELETE FROM r WHERE k = 2 AND NOT EXISTS (SELECT 1 FROM t WHERE t.c = 2);

-- from 15
MERGE INTO free USING t ON t.id = free.id WHEN MATCHED THEN UPDATE SET note = 'x';

TRUNCATE free;

TRUNCATE TABLE lone RESTART IDENTITY;

TRUNCATE free, lone;

TRUNCATE t;

TRUNCATE t CASCADE;

TRUNCATE r CASCADE;

TRUNCATE ONLY free;

UPDATE v SET a = 'z' WHERE id = 2;

UPDATE v SET a = 'q' WHERE id = 1;

SET LOCAL lock_timeout = '5s';

SET CONSTRAINTS ALL DEFERRED;
