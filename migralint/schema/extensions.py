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
