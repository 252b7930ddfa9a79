"""Constants of the standard library and of packages."""

from __future__ import annotations

import logging
import math
import string
import sys

from migralint.python.library.registry import VALUES

_SAME_EVERYWHERE = {
    logging: "CRITICAL FATAL ERROR WARNING WARN INFO DEBUG NOTSET",
    math: "e inf pi tau",
    string: "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits printable punctuation whitespace",
}
for _module, _names in _SAME_EVERYWHERE.items():
    for _name in _names.split():
        VALUES[f"{_module.__name__}.{_name}"] = getattr(_module, _name)
VALUES["os.sep"] = "/"
VALUES["os.linesep"] = "\n"
VALUES["sys.maxsize"] = sys.maxsize
VALUES["sys.version_info"] = (3, 12, 0, "final", 0)
VALUES["typing.TYPE_CHECKING"] = False
VALUES["sqlalchemy.__version__"] = "2.0.0"
