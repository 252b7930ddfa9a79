"""Lowering: LibCST parses a file, one walk turns its tree into the plain nodes of ``nodes``.

LibCST is imported on first use; it is nearly all that lowering costs. Files must have passed the gate
(``gate.check``) before they come here, LibCST does not survive deep nesting.
"""

from __future__ import annotations

import functools
import gc
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from migralint import tree
from migralint.python import literals
from migralint.python import nodes as n

MAX_DEPTH = 100
"""Nodes deeper than this become UNREAD, so that no walk over a lowered tree nears Python's recursion limit."""

TOO_DEEP = "nested too deeply"

Node = n.Node


class SyntaxProblem(Exception):
    """A file that is no Python: what is wrong and where (1-based line and column)."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Lowered:
    """A lowered file: its MODULE node and how many nodes there are (their numbers are 0 to count - 1)."""

    module: Sequence[Any]
    count: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A lowered file together with what LibCST made of it, for positions.

    ``nodes[number]`` is the LibCST node that the lowered node with that number came from. ``texts`` has the numbers
    of the text parts of f-strings, and whether the f-string is raw.
    """

    lowered: Lowered
    module: Any
    nodes: list[Any]
    texts: dict[int, bool]


def lower(source: bytes | str) -> Lowered:
    """Lower a Python file. Raises SyntaxProblem."""
    return trace(source).lowered


def trace(source: bytes | str) -> Trace:
    """Lower a Python file and keep the LibCST nodes. Raises SyntaxProblem."""
    text = decode(source)
    # LibCST makes some hundred thousand objects a second, none of them cyclic: the collector finds nothing.
    collecting = gc.isenabled()
    gc.disable()
    try:
        module = _parse(text)
        walk = _Walk()
        body = walk.module(module)
        return Trace(Lowered(body, len(walk.nodes)), module, walk.nodes, walk.texts)
    finally:
        if collecting:
            gc.enable()


def decode(source: bytes | str) -> str:
    """The text of a Python file, without byte order mark. Raises SyntaxProblem."""
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    try:
        return tree.decode(source)
    except tree.NotTextError as error:
        raise SyntaxProblem(f"the file {error.problem}; {error.remedy}", error.line or 1, 1) from None


_PLACE = re.compile(r"^(?:parser error: )?error at (\d+):(\d+): (.*)$", re.DOTALL)


def _parse(text: str) -> Any:
    import libcst

    if not text:
        return libcst.Module(body=())
    try:
        return libcst.parse_module(text)
    except libcst.ParserSyntaxError as error:
        match = _PLACE.match(error.message)
        if match:
            lines = text.count("\n") + 1
            line, column = min(int(match.group(1)), lines), max(int(match.group(2)) - 1, 1)
            raise SyntaxProblem(f"invalid syntax: {_shortened(match.group(3))}", line, column) from None
        message = error.message.removeprefix("tokenizer error: ")
        raise SyntaxProblem(f"invalid syntax: {message}", error.raw_line, error.raw_column + 1) from None
    except (libcst.CSTValidationError, libcst.CSTLogicError, IndexError) as error:
        # Raised while LibCST builds nodes, for example for "a" b"b"; it does not say where.
        raise SyntaxProblem(f"invalid syntax: {error}", 1, 1) from None


def _shortened(expected: str) -> str:
    """LibCST lists every token that could follow; a list of thirty helps nobody."""
    return expected if expected.count(", ") < 4 else "unexpected token"


_BINARY = {
    "Add": "+",
    "Subtract": "-",
    "Multiply": "*",
    "Divide": "/",
    "FloorDivide": "//",
    "Modulo": "%",
    "Power": "**",
    "LeftShift": "<<",
    "RightShift": ">>",
    "BitOr": "|",
    "BitAnd": "&",
    "BitXor": "^",
    "MatrixMultiply": "@",
}
_OPERATORS = {
    **_BINARY,
    **{name + "Assign": op for name, op in _BINARY.items()},
    "Plus": "+",
    "Minus": "-",
    "BitInvert": "~",
    "Not": "not",
    "And": "and",
    "Or": "or",
    "LessThan": "<",
    "GreaterThan": ">",
    "Equal": "==",
    "LessThanEqual": "<=",
    "GreaterThanEqual": ">=",
    "NotEqual": "!=",
    "In": "in",
    "NotIn": "not in",
    "Is": "is",
    "IsNot": "is not",
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONSTANTS = {"None": None, "True": True, "False": False}


class _Walk:
    """One walk over one LibCST tree. ``nodes`` grows by one with each node, its index is the node's number."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.texts: dict[int, bool] = {}
        self.handlers = _handlers()

    def number(self, node: Any) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def unread(self, node: Any, reason: str) -> Node:
        return (n.UNREAD, self.number(node), reason)

    def node(self, node: Any, depth: int) -> Node:
        """Lower a statement, an expression or a pattern."""
        if depth > MAX_DEPTH:
            return self.unread(node, TOO_DEEP)
        handler = self.handlers.get(node.__class__)
        if handler is None:
            return self.unread(node, f"{node.__class__.__name__} is not read")
        return handler(self, node, depth + 1)

    def optional(self, node: Any, depth: int) -> Node | None:
        return None if node is None else self.node(node, depth)

    # Statements

    def module(self, module: Any) -> Node:
        number = self.number(module)
        body = self.statements(module.body, 0)
        docstring = None
        if body and body[0][0] == n.EXPR:
            first = body[0][2]
            if first[0] == n.STR:
                docstring = first[2]
            elif first[0] == n.JOINED and all(part[0] == n.STR for part in first[2]):
                docstring = "".join(part[2] for part in first[2])
        return (n.MODULE, number, body, docstring)

    def statements(self, statements: Iterable[Any], depth: int) -> tuple[Node, ...]:
        lowered: list[Node] = []
        for statement in statements:
            if statement.__class__ in self.handlers:
                lowered.append(self.node(statement, depth))
            else:  # a line of simple statements
                lowered.extend([self.node(small, depth) for small in statement.body])
        return tuple(lowered)

    def block(self, suite: Any, depth: int) -> tuple[Node, ...]:
        """The body of a suite; nothing for None (no ``else``)."""
        return () if suite is None else self.statements(suite.body, depth)

    def orelse(self, orelse: Any, depth: int) -> tuple[Node, ...]:
        return () if orelse is None else self.block(orelse.body, depth)

    def expr_statement(self, node: Any, depth: int) -> Node:
        return (n.EXPR, self.number(node), self.node(node.value, depth))

    def assign(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        return (
            n.ASSIGN,
            number,
            tuple([self.node(target.target, depth) for target in node.targets]),
            self.node(node.value, depth),
        )

    def aug_assign(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        op = _OPERATORS[node.operator.__class__.__name__]
        return (n.AUG, number, self.node(node.target, depth), op, self.node(node.value, depth))

    def ann_assign(self, node: Any, depth: int) -> Node:
        return (
            n.ANN,
            self.number(node),
            self.node(node.target, depth),
            self.node(node.annotation.annotation, depth),
            self.optional(node.value, depth),
        )

    def return_(self, node: Any, depth: int) -> Node:
        return (n.RETURN, self.number(node), self.optional(node.value, depth))

    def if_(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        test = self.node(node.test, depth)
        body = self.block(node.body, depth)
        orelse = node.orelse
        if orelse.__class__ is node.__class__:
            return (n.IF, number, test, body, (self.node(orelse, depth),))
        return (n.IF, number, test, body, self.orelse(orelse, depth))

    def for_(self, node: Any, depth: int) -> Node:
        return (
            n.FOR,
            self.number(node),
            self.node(node.target, depth),
            self.node(node.iter, depth),
            self.block(node.body, depth),
            self.orelse(node.orelse, depth),
        )

    def while_(self, node: Any, depth: int) -> Node:
        return (
            n.WHILE,
            self.number(node),
            self.node(node.test, depth),
            self.block(node.body, depth),
            self.orelse(node.orelse, depth),
        )

    def try_(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        body = self.block(node.body, depth)
        handlers = tuple(
            [
                (
                    self.optional(handler.type, depth),
                    None if handler.name is None else handler.name.name.value,
                    self.block(handler.body, depth),
                )
                for handler in node.handlers
            ]
        )
        return (n.TRY, number, body, handlers, self.orelse(node.orelse, depth), self.orelse(node.finalbody, depth))

    def with_(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        items = tuple(
            [
                (self.node(item.item, depth), None if item.asname is None else self.node(item.asname.name, depth))
                for item in node.items
            ]
        )
        return (n.WITH, number, items, self.block(node.body, depth))

    def raise_(self, node: Any, depth: int) -> Node:
        return (n.RAISE, self.number(node), self.optional(node.exc, depth))

    def assert_(self, node: Any, depth: int) -> Node:
        return (n.ASSERT, self.number(node), self.node(node.test, depth), self.optional(node.msg, depth))

    def del_(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        target = node.target
        if hasattr(target, "elements"):
            return (n.DEL, number, self.elements(target.elements, depth))
        return (n.DEL, number, (self.node(target, depth),))

    def import_(self, node: Any, depth: int) -> Node:
        return (n.IMPORT, self.number(node), _aliases(node.names))

    def import_from(self, node: Any, depth: int) -> Node:
        module = None if node.module is None else _dotted(node.module)
        names = _aliases(node.names) if isinstance(node.names, (list, tuple)) else (("*", None),)
        return (n.FROM, self.number(node), len(node.relative), module, names)

    def def_(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        decorators = self.decorators(node, depth)
        params = self.params(node.params, depth)
        returns = None if node.returns is None else self.node(node.returns.annotation, depth)
        return (n.DEF, number, node.name.value, params, self.block(node.body, depth), decorators, returns)

    def class_(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        decorators = self.decorators(node, depth)
        bases = tuple([self.starred(arg, depth) if arg.star else self.node(arg.value, depth) for arg in node.bases])
        keywords = tuple(
            [
                (None if keyword.keyword is None else keyword.keyword.value, self.node(keyword.value, depth))
                for keyword in node.keywords
            ]
        )
        return (n.CLASS, number, node.name.value, bases, keywords, self.block(node.body, depth), decorators)

    def decorators(self, node: Any, depth: int) -> tuple[Node, ...]:
        return tuple([self.node(decorator.decorator, depth) for decorator in node.decorators])

    def params(self, params: Any, depth: int) -> tuple[Any, ...]:
        lowered = [self.param("posonly", param, depth) for param in params.posonly_params]
        lowered += [self.param("normal", param, depth) for param in params.params]
        if hasattr(params.star_arg, "annotation"):
            lowered.append(self.param("vararg", params.star_arg, depth))
        lowered += [self.param("kwonly", param, depth) for param in params.kwonly_params]
        if params.star_kwarg is not None:
            lowered.append(self.param("kwarg", params.star_kwarg, depth))
        return tuple(lowered)

    def param(self, kind: str, param: Any, depth: int) -> tuple[Any, ...]:
        annotation = None if param.annotation is None else self.node(param.annotation.annotation, depth)
        return (kind, param.name.value, self.optional(param.default, depth), annotation)

    def global_(self, node: Any, depth: int) -> Node:
        return (n.GLOBAL, self.number(node), tuple([item.name.value for item in node.names]))

    def pass_(self, node: Any, depth: int) -> Node:
        return (n.PASS, self.number(node))

    def break_(self, node: Any, depth: int) -> Node:
        return (n.BREAK, self.number(node))

    def continue_(self, node: Any, depth: int) -> Node:
        return (n.CONTINUE, self.number(node))

    def match(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        subject = self.node(node.subject, depth)
        cases = tuple(
            [
                (self.node(case.pattern, depth), self.optional(case.guard, depth), self.block(case.body, depth))
                for case in node.cases
            ]
        )
        return (n.MATCH, number, subject, cases)

    def type_alias(self, node: Any, depth: int) -> Node:
        return (n.TYPEALIAS, self.number(node), node.name.value, self.node(node.value, depth))

    # Expressions

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
            return self.unread(node, "a bytes literal")
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
            elif part.equal is not None:
                value = self.unread(part.expression, "an f-string field that shows its own source ({...=})")
                lowered.append((n.FORMAT, number, value, None, None))
            else:
                value = self.node(part.expression, depth)
                spec = None
                if part.format_spec is not None and depth > MAX_DEPTH:
                    spec = self.unread(part, TOO_DEEP)
                elif part.format_spec is not None:
                    spec = (n.FSTR, self.number(part), self.fstring_parts(part.format_spec, raw, depth + 1))
                lowered.append((n.FORMAT, number, value, part.conversion, spec))
        return tuple(lowered)

    def concatenation(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        parts = [self.node(piece, depth) for piece in pieces(node)]
        if all(part[0] in (n.STR, n.FSTR) for part in parts):
            return (n.JOINED, number, tuple(parts))
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
        op = _OPERATORS[node.operator.__class__.__name__]
        return (n.BINOP, number, op, self.node(node.left, depth), self.node(node.right, depth))

    def unary(self, node: Any, depth: int) -> Node:
        op = _OPERATORS[node.operator.__class__.__name__]
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
        return (n.BOOLOP, number, _OPERATORS[operator.__name__], tuple([self.node(value, depth) for value in values]))

    def comparison(self, node: Any, depth: int) -> Node:
        number = self.number(node)
        left = self.node(node.left, depth)
        rest = tuple(
            [
                (_OPERATORS[target.operator.__class__.__name__], self.node(target.comparator, depth))
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


def _dotted(node: Any) -> str:
    names = []
    while hasattr(node, "attr"):
        names.append(node.attr.value)
        node = node.value
    names.append(node.value)
    return ".".join(reversed(names))


def _aliases(names: Iterable[Any]) -> tuple[tuple[str, str | None], ...]:
    return tuple([(_dotted(alias.name), None if alias.asname is None else alias.asname.name.value) for alias in names])


_Handler = Callable[[_Walk, Any, int], Node]


@functools.cache
def _handlers() -> dict[type, _Handler]:
    """The method for each class of LibCST node; those that are missing are UNREAD."""
    import libcst as cst

    return {
        cst.Expr: _Walk.expr_statement,
        cst.Assign: _Walk.assign,
        cst.AugAssign: _Walk.aug_assign,
        cst.AnnAssign: _Walk.ann_assign,
        cst.Return: _Walk.return_,
        cst.If: _Walk.if_,
        cst.For: _Walk.for_,
        cst.While: _Walk.while_,
        cst.Try: _Walk.try_,
        cst.TryStar: _Walk.try_,
        cst.With: _Walk.with_,
        cst.Raise: _Walk.raise_,
        cst.Assert: _Walk.assert_,
        cst.Del: _Walk.del_,
        cst.Import: _Walk.import_,
        cst.ImportFrom: _Walk.import_from,
        cst.FunctionDef: _Walk.def_,
        cst.ClassDef: _Walk.class_,
        cst.Global: _Walk.global_,
        cst.Nonlocal: _Walk.global_,
        cst.Pass: _Walk.pass_,
        cst.Break: _Walk.break_,
        cst.Continue: _Walk.continue_,
        cst.Match: _Walk.match,
        cst.TypeAlias: _Walk.type_alias,
        cst.Name: _Walk.name,
        cst.Integer: _Walk.numeral,
        cst.Float: _Walk.numeral,
        cst.Imaginary: _Walk.numeral,
        cst.Ellipsis: _Walk.ellipsis,
        cst.SimpleString: _Walk.string,
        cst.FormattedString: _Walk.fstring,
        cst.ConcatenatedString: _Walk.concatenation,
        cst.Attribute: _Walk.attribute,
        cst.Subscript: _Walk.subscript,
        cst.Call: _Walk.call,
        cst.BinaryOperation: _Walk.binary,
        cst.UnaryOperation: _Walk.unary,
        cst.BooleanOperation: _Walk.boolean,
        cst.Comparison: _Walk.comparison,
        cst.IfExp: _Walk.if_expression,
        cst.Lambda: _Walk.lambda_,
        cst.Tuple: _Walk.tuple_,
        cst.List: _Walk.list_,
        cst.Set: _Walk.set_,
        cst.Dict: _Walk.dict_,
        cst.StarredElement: _Walk.starred,
        cst.ListComp: _Walk.list_comp,
        cst.SetComp: _Walk.set_comp,
        cst.GeneratorExp: _Walk.generator,
        cst.DictComp: _Walk.dict_comp,
        cst.Await: _Walk.await_,
        cst.Yield: _Walk.yield_,
        cst.NamedExpr: _Walk.walrus,
        cst.MatchValue: _Walk.match_value,
        cst.MatchSingleton: _Walk.match_value,
        cst.MatchAs: _Walk.match_as,
        cst.MatchOr: _Walk.match_or,
        cst.MatchList: _Walk.match_sequence,
        cst.MatchTuple: _Walk.match_sequence,
        cst.MatchStar: _Walk.match_star,
        cst.MatchMapping: _Walk.match_mapping,
        cst.MatchClass: _Walk.match_class,
        **_newer(cst),
    }


def _newer(cst: Any) -> dict[type, _Handler]:
    """Classes of syntax that only newer versions of LibCST know."""
    newer = {
        "TemplatedString": _Walk.template,
        "StarredDictComp": _Walk.starred_dict_comp,
        "LazyImport": _Walk.import_,
        "LazyImportFrom": _Walk.import_from,
    }
    return {getattr(cst, name): handler for name, handler in newer.items() if hasattr(cst, name)}
