-- A small shop: what the queries and blocks in this folder ask about.
CREATE SCHEMA app;
CREATE SCHEMA audit;
CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped');
CREATE TYPE app.level AS ENUM ('low', 'high');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TYPE address AS (street text, zip varchar(10));
CREATE SEQUENCE invoice_numbers START 100;
CREATE TABLE customers (
    id serial PRIMARY KEY,
    email varchar(120) NOT NULL,
    name text,
    "Nick Name" text,
    tags text[] NOT NULL DEFAULT '{}',
    meta jsonb DEFAULT '{}'::jsonb,
    score numeric(10, 2) DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    created_at timestamp with time zone DEFAULT now(),
    CONSTRAINT customers_email_key UNIQUE (email)
);
CREATE TABLE products (
    sku varchar(32) NOT NULL,
    region char(2) NOT NULL DEFAULT 'EU',
    title text NOT NULL,
    price integer CONSTRAINT price_positive CHECK (price > 0),
    weight double precision,
    quantity positive,
    kind text CONSTRAINT kind_known CHECK (kind IN ('book', 'toy')),
    CONSTRAINT products_pkey PRIMARY KEY (sku, region)
);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id integer NOT NULL CONSTRAINT orders_customer_fk REFERENCES customers (id) ON DELETE CASCADE,
    status order_status NOT NULL DEFAULT 'new',
    placed date,
    total numeric,
    note varchar,
    ship_to address,
    gross numeric GENERATED ALWAYS AS (total * 1.2) STORED
);
CREATE TABLE order_lines (
    order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE ON UPDATE RESTRICT,
    sku varchar(32) NOT NULL,
    region char(2) NOT NULL,
    amount smallint DEFAULT 1,
    CONSTRAINT lines_pk PRIMARY KEY (order_id, sku),
    CONSTRAINT lines_product_fk FOREIGN KEY (sku, region) REFERENCES products (sku, region) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE app.settings (key text PRIMARY KEY, value text, level app.level, updated timestamp(3));
CREATE TABLE app.customers (id uuid PRIMARY KEY, legacy_id int REFERENCES public.customers (id) ON DELETE SET NULL);
CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL, body text) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE "Mixed Case" ("Id" integer PRIMARY KEY, "userId" integer);
CREATE TABLE empty_table ();
CREATE INDEX ix_orders_customer ON orders (customer_id);
CREATE UNIQUE INDEX ux_customers_lower ON customers (lower(email));
CREATE INDEX ix_customers_active ON customers (created_at DESC) WHERE active;
CREATE INDEX ix_customers_tags ON customers USING gin (tags);
CREATE INDEX ix_lines_cover ON order_lines (region) INCLUDE (amount);
CREATE UNIQUE INDEX ux_settings_level ON app.settings (level, updated);
CREATE VIEW open_orders AS SELECT id, customer_id FROM orders WHERE status = 'new';
CREATE MATERIALIZED VIEW totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY customer_id;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION add_one(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n + 1';
CREATE FUNCTION app.add_one(n integer, m text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT m';
CREATE PROCEDURE tidy() LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER lines_touch AFTER INSERT OR DELETE ON order_lines FOR EACH STATEMENT EXECUTE FUNCTION touch();
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON customers FOR SELECT USING (active);
CREATE POLICY no_delete ON customers AS RESTRICTIVE FOR DELETE USING (false);
ALTER TABLE orders ADD CONSTRAINT total_not_negative CHECK (total >= 0) NOT VALID;
COMMENT ON TABLE customers IS 'who buys';
COMMENT ON COLUMN customers.email IS 'lower case';
INSERT INTO app.settings (key, value, level) VALUES ('a', '1', 'low'), ('b', '2', 'high'), ('c', NULL, 'low');
INSERT INTO "Mixed Case" VALUES (1, 10), (2, 20);
