"""The lowered form of a Python file: plain nodes that can be stored, compared and evaluated.

A node is a sequence ``(kind, number, *fields)``. ``kind`` is one of the constants below, ``number`` the node's
ordinal in its file (parents before children, from 0; lowering the same source again gives the same numbers).
Bodies and lists of nodes are sequences, an absent field is ``None``. Freshly lowered trees are made of tuples,
trees from the cache of lists: index and iterate, never compare types.

Fields after kind and number, ``name`` being a string and ``X?`` meaning X or None:

Statements
    MODULE      body, docstring?                (always node 0)
    EXPR        value
    ASSIGN      targets, value
    AUG         target, op, value               (op as in BINOP: "+" for ``+=``)
    ANN         target, annotation, value?
    RETURN      value?
    IF          clauses, orelse
    CLAUSE      test, body                      (``if`` and each ``elif``)
    FOR         target, iter, body, orelse      (``async for`` too)
    WHILE       test, body, orelse
    TRY         body, ((type?, name?, body), ...), orelse, final        (``except*`` too)
    WITH        ((expr, target?), ...), body    (``async with`` too)
    RAISE       value?                          (a cause is dropped)
    ASSERT      test, message?
    DEL         targets
    IMPORT      ((dotted name, asname?), ...)
    FROM        level, module?, ((name, asname?), ...)                  (star: (("*", None),))
    DEF         name, params, body, decorators, returns?                (``async def`` too)
    CLASS       name, bases, ((name?, expr), ...), body, decorators     (bases may hold STARRED; None is ``**``)
    GLOBAL      names                           (``nonlocal`` too)
    PASS, BREAK, CONTINUE
    MATCH       subject, ((pattern, guard?, body), ...)
    TYPEALIAS   name, value

Expressions
    CONST       value                           (None, bool, int, float; complex is UNREAD)
    ELLIPSIS
    STR         value                           (evaluated)
    FSTR        parts                           (STR or FORMAT)
    FORMAT      value, conversion?, spec?       (spec is an FSTR)
    JOINED      parts                           (implicit concatenation of STR and FSTR)
    NAME        id
    ATTR        value, name
    SUBSCRIPT   value, index                    (several indices: a TUPLE)
    SLICE       lower?, upper?, step?
    CALL        func, ((star, keyword?, value), ...)                    (star is "", "*" or "**")
    BINOP       first, ((op, right), ...)       (from left to right)
    UNARY       op, value                       ("-", "+", "~", "not")
    BOOLOP      op, values                      (flattened; "and", "or")
    COMPARE     left, ((op, right), ...)        ("not in" and "is not" with one blank)
    IFEXP       test, body, orelse
    LAMBDA      params, body
    TUPLE, LIST, SET    items
    DICT        ((key?, value), ...)            (None is ``**``)
    STARRED     value
    COMP        kind, element, value?, ((target, iter, ifs), ...)       ("list", "set", "dict", "generator"; in a
                                                dict comprehension element is the key, and STARRED for ``**``)
    AWAIT       value
    YIELD       value?, is_from
    WALRUS      name, value
    BYTES       text                            (a character for each byte)
    UNREAD      reason                          (anything else)

Parameters (of DEF and LAMBDA) are no nodes: ``((kind, name, default?, annotation?), ...)`` with kind "posonly",
"normal", "vararg", "kwonly" or "kwarg".

Patterns
    P_VALUE     expr
    P_CAPTURE   name?                           (None is ``_``)
    P_AS        pattern, name
    P_OR, P_SEQUENCE    patterns
    P_STAR      name?
    P_MAPPING   ((expr, pattern), ...), rest?
    P_CLASS     expr, patterns, ((name, pattern), ...)
"""

from __future__ import annotations

from typing import Any

Node = tuple[Any, ...]
"""A lowered node: ``(kind, number, *fields)``."""

MODULE = 0
EXPR = 1
ASSIGN = 2
AUG = 3
ANN = 4
RETURN = 5
IF = 6
FOR = 7
WHILE = 8
TRY = 9
WITH = 10
RAISE = 11
ASSERT = 12
DEL = 13
IMPORT = 14
FROM = 15
DEF = 16
CLASS = 17
GLOBAL = 18
PASS = 19
BREAK = 20
CONTINUE = 21
MATCH = 22
TYPEALIAS = 23
CLAUSE = 24

CONST = 30
ELLIPSIS = 31
STR = 32
FSTR = 33
FORMAT = 34
JOINED = 35
NAME = 36
ATTR = 37
SUBSCRIPT = 38
SLICE = 39
CALL = 40
BINOP = 41
UNARY = 42
BOOLOP = 43
COMPARE = 44
IFEXP = 45
LAMBDA = 46
TUPLE = 47
LIST = 48
SET = 49
DICT = 50
STARRED = 51
COMP = 52
AWAIT = 53
YIELD = 54
WALRUS = 55
UNREAD = 56
BYTES = 57

P_VALUE = 60
P_CAPTURE = 61
P_AS = 62
P_OR = 63
P_SEQUENCE = 64
P_STAR = 65
P_MAPPING = 66
P_CLASS = 67

KIND_NAMES: dict[int, str] = {value: name for name, value in globals().items() if name.isupper() and type(value) is int}
"""The name of each kind, for messages and dumps."""
