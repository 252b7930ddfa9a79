"""The modifiers of PostGIS's types, as it prints them: `geometry(POINT,-1)` is `geometry(Point)`."""

from __future__ import annotations

import re
from collections.abc import Sequence

_KINDS = {
    kind.lower(): kind
    for kind in """Geometry Point LineString Polygon MultiPoint MultiLineString MultiPolygon GeometryCollection
    CircularString CompoundCurve CurvePolygon MultiCurve MultiSurface PolyhedralSurface Triangle Tin""".split()
}
_WRITTEN = re.compile(r"([a-z]+?)(zm|z|m)?\Z")
_WGS84 = "4326"


def modifiers_of(base: str, written: Sequence[str]) -> tuple[str, ...]:
    """The modifiers of `geometry` or `geography`; as they are written where they are not understood."""
    kind = _WRITTEN.match(written[0].strip("'").lower()) if written else None
    if kind is None or kind[1] not in _KINDS:
        return tuple(written)
    reference = written[1] if len(written) > 1 else "0"
    if not re.fullmatch(r"-?\d+", reference):
        return tuple(written)
    if int(reference) <= 0:  # not known; degrees on the globe are what `geography` takes it for
        reference = _WGS84 if base == "geography" else ""
    shown = _KINDS[kind[1]] + (kind[2] or "").upper()
    if shown == "Geometry" and not reference:
        return ()
    return (shown, reference) if reference else (shown,)
