CREATE TABLE base (id serial PRIMARY KEY, name text NOT NULL, CHECK (name <> ''));
CREATE TABLE child (extra int DEFAULT 3) INHERITS (base);
ALTER TABLE child NO INHERIT base;
