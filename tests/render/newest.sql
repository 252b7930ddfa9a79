CREATE TABLE seen_by (id integer PRIMARY KEY);
CREATE TABLE measured (
    id integer,
    doubled integer GENERATED ALWAYS AS (id * 2) VIRTUAL,
    "when" daterange,
    who int4range,
    note text,
    NOT NULL note,
    CONSTRAINT hoped CHECK (id > 0) NOT ENFORCED,
    CONSTRAINT measured_pk PRIMARY KEY (who, "when" WITHOUT OVERLAPS),
    other int4range,
    CONSTRAINT once UNIQUE (other, "when" WITHOUT OVERLAPS)
);
CREATE TABLE seen (
    who int4range,
    during daterange,
    id integer REFERENCES seen_by (id) NOT ENFORCED,
    FOREIGN KEY (who, PERIOD during) REFERENCES measured (who, PERIOD "when")
);
ALTER TABLE seen ADD CONSTRAINT by_id FOREIGN KEY (id) REFERENCES seen_by (id);
ALTER TABLE seen ALTER CONSTRAINT by_id NOT ENFORCED;
