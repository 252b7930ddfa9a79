"""Families of rules, by the first digit of their codes."""

from __future__ import annotations

import re

FAMILIES = {
    "MG0": "reading",
    "MG1": "destructive",
    "MG2": "online",
    "MG3": "history",
    "MG4": "models",
    "MG5": "snapshots",
    "MG6": "queries",
    "MG7": "supabase",
    "MG8": "data",
    "MG9": "design",
}


def family_of(code: str) -> str:
    """The family of a code; for the codes of a plugin, their letters in lower case."""
    known = FAMILIES.get(code[:3])
    return known or re.split(r"\d", code, maxsplit=1)[0].lower()
