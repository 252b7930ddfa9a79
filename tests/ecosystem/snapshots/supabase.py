"""What a database of Supabase has before a project makes anything: roles, schemas, and a little of what lies in them."""

from __future__ import annotations

from tests.ecosystem.facts.document import Document
from tests.postgres.server import Server

SCHEMAS = (
    "auth",
    "cron",
    "extensions",
    "graphql",
    "graphql_public",
    "realtime",
    "storage",
    "supabase_migrations",
    "vault",
)
"""Schemas that are not the project's; a dump of the project leaves them out."""

_ROLES = ("anon", "authenticated", "service_role", "supabase_admin", "supabase_auth_admin", "supabase_storage_admin")

SETUP = (
    "".join(f"CREATE SCHEMA {name};\n" for name in SCHEMAS)
    + """\
CREATE PUBLICATION supabase_realtime;
CREATE TABLE auth.users (id uuid PRIMARY KEY, email character varying(255), raw_user_meta_data jsonb,
    created_at timestamp with time zone);
INSERT INTO auth.users (id, email) SELECT gen_random_uuid(), n || '@example.com' FROM generate_series(1, 3) AS n;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
    $$SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid$$;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$SELECT current_setting('request.jwt.claim.role', true)$$;
CREATE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE AS $$SELECT current_setting('request.jwt.claim.email', true)$$;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$SELECT current_setting('request.jwt.claims', true)::jsonb$$;
CREATE TABLE storage.buckets (id text PRIMARY KEY, name text NOT NULL, public boolean DEFAULT false);
CREATE TABLE storage.objects (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), bucket_id text REFERENCES storage.buckets,
    name text, owner uuid);
CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint LANGUAGE sql AS $$SELECT 1::bigint$$;
"""
)


def own(document: Document) -> Document:
    """What of a database is the project's; `of_others` are tables onto which it may have hung something."""
    kinds = ("tables", "enums", "domains", "views", "materialized_views", "sequences", "functions")
    kept = {
        kind: {name: one for name, one in document[kind].items() if name.split(".")[0] not in SCHEMAS} for kind in kinds
    }
    return {
        **document,
        **kept,
        "of_others": {n: one for n, one in document["tables"].items() if n not in kept["tables"]},
    }


def prepare(server: Server) -> None:
    """Makes the roles, which belong to the whole server."""
    with server.connect() as connection:
        for name in _ROLES:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
                connection.execute(f"CREATE ROLE {name} NOLOGIN".encode())
