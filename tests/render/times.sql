CREATE TABLE a (at timestamp, zoned timestamptz, day date, j jsonb, CHECK (date_trunc('day', at) = at));
CREATE INDEX a1 ON a (date_trunc('day', at)); CREATE INDEX a2 ON a (date_part('year', at));
CREATE INDEX a3 ON a (jsonb_extract_path_text(j, 'a', 'b')); CREATE INDEX a4 ON a (date_trunc('day', zoned AT TIME ZONE 'UTC'));
CREATE INDEX a5 ON a (date_trunc('day', zoned, 'UTC')); CREATE INDEX a6 ON a (date_trunc('month', day::timestamp));
CREATE INDEX a7 ON a (EXTRACT(dow FROM at));
CREATE TABLE b (at timestamp, CHECK (age(at, at) > '1 day'), CHECK (to_char(at, 'YYYY') > '2'));
CREATE TABLE c (at timestamp, CHECK (at BETWEEN '2020-01-01' AND '2021-01-01'), CHECK (at > '2020-01-01'));
CREATE TABLE d (at timestamp, CHECK (date_bin('1 day', at, '2000-01-01') = at));
CREATE TABLE e (at timestamp, month int GENERATED ALWAYS AS (date_part('month', at)) STORED);
