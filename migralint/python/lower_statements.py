"""Lowering statements. Each method takes a LibCST node and its depth, ``lower_nodes`` says which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from migralint.python import nodes as n
from migralint.python.lower_expressions import Expressions
from migralint.python.lower_walk import OPERATORS, Node


class Statements(Expressions):
    """What becomes of the module and of each statement."""

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
        op = OPERATORS[node.operator.__class__.__name__]
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
        clauses = [self.clause(node, depth)]
        while node.orelse.__class__ is node.__class__:
            node = node.orelse
            clauses.append(self.clause(node, depth))
        return (n.IF, number, tuple(clauses), self.orelse(node.orelse, depth))

    def clause(self, node: Any, depth: int) -> Node:
        return (n.CLAUSE, self.number(node), self.node(node.test, depth), self.block(node.body, depth))

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


def _dotted(node: Any) -> str:
    names = []
    while hasattr(node, "attr"):
        names.append(node.attr.value)
        node = node.value
    names.append(node.value)
    return ".".join(reversed(names))


def _aliases(names: Iterable[Any]) -> tuple[tuple[str, str | None], ...]:
    return tuple([(_dotted(alias.name), None if alias.asname is None else alias.asname.name.value) for alias in names])
