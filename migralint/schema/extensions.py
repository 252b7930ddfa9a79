"""What common extensions bring along."""

from __future__ import annotations

EXTENSION_TYPES = {
    "citext": ("citext",),
    "hstore": ("hstore",),
    "ltree": ("ltree", "lquery", "ltxtquery"),
    "postgis": ("geometry", "geography", "box2d", "box3d", "raster"),
    "vector": ("vector", "halfvec", "sparsevec"),
    "cube": ("cube",),
    "isn": ("isbn", "isbn13", "issn", "ean13", "upc"),
}
"""Types that an extension brings along."""

WITHOUT_TYPES = frozenset(
    "plpgsql uuid-ossp pgcrypto pg_trgm btree_gin btree_gist unaccent fuzzystrmatch pg_stat_statements pg_cron".split()
)
"""Extensions that bring no types which columns are of."""

WITHOUT_RELATIONS = frozenset(
    """plpgsql uuid-ossp pgcrypto citext pg_trgm btree_gin btree_gist hstore ltree unaccent intarray vector cube
    fuzzystrmatch tablefunc""".split()
)
"""Extensions that bring no tables or views."""
