"""Lowering expressions and patterns. Each method takes a LibCST node and its depth, ``lower_nodes`` says which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from migralint.python import literals
from migralint.python import nodes as n
from migralint.python.lower_walk import MAX_DEPTH, OPERATORS, TOO_DEEP, Node, Walk

_SURROGATE = re.compile("[\ud800-\udfff]")
_NAMED = re.compile(r"(?<!\\)(?:\\\\)*\\[uUN]")
"""What bytes hold as it is written: they have no characters by name or number."""

_CONSTANTS = {"None": None, "True": True, "False": False}


def _shown(part: Any) -> str:
    """The source that a field of an f-string with `=` shows."""
    import libcst as cst

    pieces = (part.whitespace_before_expression, part.expression, part.whitespace_after_expression, part.equal)
    return "".join(map(cst.Module([]).code_for_node, pieces))


class Expressions(Walk):
    """What becomes of each expression and pattern."""

    def name(self, node: Any, depth: int) -> Node:
        value = node.value
        if value in _CONSTANTS:
            return (n.CONST, self.number(node), _CONSTANTS[value])
        return (n.NAME, self.number(node), value)

    def numeral(self, node: Any, depth: int) -> Node:
        value = literals.number_value(node.value)
        if value is None:
            return self.unread(node, "a complex or very long number")
        return (n.CONST, self.number(node), value)

    def ellipsis(self, node: Any, depth: int) -> Node:
        return (n.ELLIPSIS, self.number(node))

    def string(self, node: Any, depth: int) -> Node:
        literal = node.value
        prefix, start, end = literals.split(literal)
        if "b" in prefix:
            body = literal[start:end]
            raw = "r" in prefix
            body = body if raw else _NAMED.sub(r"\\\g<0>", body)
            return (n.BYTES, self.number(node), literals.text_value(body, raw))
        return self.text(self.number(node), literals.text_value(literal[start:end], "r" in prefix))

    def text(self, number: int, value: str) -> Node:
        if _SURROGATE.search(value):
            return (n.UNREAD, number, "text with lone surrogates, which no encoding can write")
        return (n.STR, number, value)

    def fstring(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        return (n.FSTR, number, self.fstring_parts(node.parts, "r" in node.start.lower(), depth))

    def fstring_parts(self, parts: Iterable[Any], raw: bool, depth: int) -> tuple[Node, ...]:
        lowered: list[Node] = []
        for part in parts:
            number = self.number(part)
            if not hasattr(part, "expression"):
                self.texts[number] = raw
                text = self.text(number, literals.text_value(part.value, raw, in_fstring=True))
                lowered.append(text if text[0] == n.STR else (n.FORMAT, number, text, None, None))
            else:
                conversion = part.conversion
                if part.equal is not None:  # it shows its own source first
                    lowered.append(self.text(number, _shown(part)))
                    conversion = conversion or ("r" if part.format_spec is None else None)
                value = self.node(part.expression, depth)
                spec = None
                if part.format_spec is not None and depth > MAX_DEPTH:
                    spec = self.unread(part, TOO_DEEP)
                elif part.format_spec is not None:
                    spec = (n.FSTR, self.number(part), self.fstring_parts(part.format_spec, raw, depth + 1))
                lowered.append((n.FORMAT, number, value, conversion, spec))
        return tuple(lowered)

    def concatenation(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        parts = [self.node(piece, depth) for piece in pieces(node)]
        if all(part[0] in (n.STR, n.FSTR) for part in parts):
            return (n.JOINED, number, tuple(parts))
        if all(part[0] == n.BYTES for part in parts):
            return (n.BYTES, number, "".join(part[2] for part in parts))
        return (n.UNREAD, number, "a concatenation with a literal that is not read")

    def template(self, node: Any, depth: int) -> Node:
        return self.unread(node, "a template string")

    def attribute(self, node: Any, depth: int) -> Node:
        return (n.ATTR, self.number(node), self.node(node.value, depth), node.attr.value)

    def subscript(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        value = self.node(node.value, depth)
        elements = node.slice
        if len(elements) == 1 and not hasattr(elements[0].comma, "whitespace_after"):
            return (n.SUBSCRIPT, number, value, self.index(elements[0].slice, depth))
        index = self.number(node)
        return (
            n.SUBSCRIPT,
            number,
            value,
            (n.TUPLE, index, tuple([self.index(element.slice, depth + 1) for element in elements])),
        )

    def index(self, node: Any, depth: int) -> Node:
        if hasattr(node, "first_colon"):
            return (
                n.SLICE,
                self.number(node),
                self.optional(node.lower, depth),
                self.optional(node.upper, depth),
                self.optional(node.step, depth),
            )
        return self.starred(node, depth) if node.star else self.node(node.value, depth)

    def call(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        func = self.node(node.func, depth)
        args = tuple(
            [
                (arg.star, None if arg.keyword is None else arg.keyword.value, self.node(arg.value, depth))
                for arg in node.args
            ]
        )
        return (n.CALL, number, func, args)

    def binary(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        kind, chain = node.__class__, []
        while node.__class__ is kind:
            chain.append(node)
            node = node.left
        first = self.node(node, depth)
        rest = [(OPERATORS[link.operator.__class__.__name__], self.node(link.right, depth)) for link in reversed(chain)]
        return (n.BINOP, number, first, tuple(rest))

    def unary(self, node: Any, depth: int) -> Node:
        op = OPERATORS[node.operator.__class__.__name__]
        return (n.UNARY, self.number(node), op, self.node(node.expression, depth))

    def boolean(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        operator = node.operator.__class__
        values: list[Any] = []
        waiting = [node]
        while waiting:
            current = waiting.pop()
            # "a and (b and c)" means the same as "a and b and c", so parentheses do not matter here.
            if current.__class__ is node.__class__ and current.operator.__class__ is operator:
                waiting += (current.right, current.left)
            else:
                values.append(current)
        return (n.BOOLOP, number, OPERATORS[operator.__name__], tuple([self.node(value, depth) for value in values]))

    def comparison(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        left = self.node(node.left, depth)
        rest = tuple(
            [
                (OPERATORS[target.operator.__class__.__name__], self.node(target.comparator, depth))
                for target in node.comparisons
            ]
        )
        return (n.COMPARE, number, left, rest)

    def if_expression(self, node: Any, depth: int) -> Node:
        return (
            n.IFEXP,
            self.number(node),
            self.node(node.test, depth),
            self.node(node.body, depth),
            self.node(node.orelse, depth),
        )

    def lambda_(self, node: Any, depth: int) -> Node:
        return (n.LAMBDA, self.number(node), self.params(node.params, depth), self.node(node.body, depth))

    def elements(self, elements: Iterable[Any], depth: int) -> tuple[Node, ...]:
        handlers = self.handlers
        return tuple(
            [
                # A StarredElement is its own node, an Element only holds one and the comma.
                self.node(element, depth) if element.__class__ in handlers else self.node(element.value, depth)
                for element in elements
            ]
        )

    def tuple_(self, node: Any, depth: int) -> Node:
        return (n.TUPLE, self.number(node), self.elements(node.elements, depth))

    def list_(self, node: Any, depth: int) -> Node:
        return (n.LIST, self.number(node), self.elements(node.elements, depth))

    def set_(self, node: Any, depth: int) -> Node:
        return (n.SET, self.number(node), self.elements(node.elements, depth))

    def dict_(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        items = tuple(
            [
                (self.node(element.key, depth) if hasattr(element, "key") else None, self.node(element.value, depth))
                for element in node.elements
            ]
        )
        return (n.DICT, number, items)

    def starred(self, node: Any, depth: int) -> Node:
        return (n.STARRED, self.number(node), self.node(node.value, depth))

    def list_comp(self, node: Any, depth: int) -> Node:
        return self.comprehension(node, "list", node.elt, None, depth)

    def set_comp(self, node: Any, depth: int) -> Node:
        return self.comprehension(node, "set", node.elt, None, depth)

    def generator(self, node: Any, depth: int) -> Node:
        return self.comprehension(node, "generator", node.elt, None, depth)

    def dict_comp(self, node: Any, depth: int) -> Node:
        return self.comprehension(node, "dict", node.key, node.value, depth)

    def starred_dict_comp(self, node: Any, depth: int) -> Node:
        return self.comprehension(node, "dict", node, None, depth)

    def comprehension(self, node: Any, kind: str, element: Any, value: Any, depth: int) -> Node:
        number = self.number(node)
        first = self.starred(node, depth) if element is node else self.node(element, depth)
        second = self.optional(value, depth)
        generators = []
        clause = node.for_in
        while clause is not None:
            target, source = self.node(clause.target, depth), self.node(clause.iter, depth)
            generators.append((target, source, tuple([self.node(condition.test, depth) for condition in clause.ifs])))
            clause = clause.inner_for_in
        return (n.COMP, number, kind, first, second, tuple(generators))

    def await_(self, node: Any, depth: int) -> Node:
        return (n.AWAIT, self.number(node), self.node(node.expression, depth))

    def yield_(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        if hasattr(node.value, "whitespace_before_from"):
            return (n.YIELD, number, self.node(node.value.item, depth), True)
        return (n.YIELD, number, self.optional(node.value, depth), False)

    def walrus(self, node: Any, depth: int) -> Node:
        return (n.WALRUS, self.number(node), node.target.value, self.node(node.value, depth))

    # Patterns

    def match_value(self, node: Any, depth: int) -> Node:
        return (n.P_VALUE, self.number(node), self.node(node.value, depth))

    def match_as(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        name = None if node.name is None else node.name.value
        if node.pattern is None:
            return (n.P_CAPTURE, number, name)
        return (n.P_AS, number, self.node(node.pattern, depth), name)

    def match_or(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        return (n.P_OR, number, tuple([self.node(element.pattern, depth) for element in node.patterns]))

    def match_sequence(self, node: Any, depth: int) -> Node:
        return (n.P_SEQUENCE, self.number(node), self.elements(node.patterns, depth))

    def match_star(self, node: Any, depth: int) -> Node:
        return (n.P_STAR, self.number(node), None if node.name is None else node.name.value)

    def match_mapping(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        items = tuple([(self.node(element.key, depth), self.node(element.pattern, depth)) for element in node.elements])
        return (n.P_MAPPING, number, items, None if node.rest is None else node.rest.value)

    def match_class(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        cls = self.node(node.cls, depth)
        patterns = self.elements(node.patterns, depth)
        keywords = tuple([(keyword.key.value, self.node(keyword.pattern, depth)) for keyword in node.kwds])
        return (n.P_CLASS, number, cls, patterns, keywords)


def pieces(concatenation: Any) -> list[Any]:
    """The pieces of an implicit concatenation (LibCST nests it to the right), in order."""
    found = []
    while hasattr(concatenation, "right"):
        found.append(concatenation.left)
        concatenation = concatenation.right
    found.append(concatenation)
    return found
