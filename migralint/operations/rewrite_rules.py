"""CREATE, ALTER and DROP RULE."""

from __future__ import annotations

import re
from dataclasses import replace

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.details import Rule
from migralint.operations.inheritance import certain
from migralint.operations.query_texts import mentions
from migralint.schema import Name, RewriteRule, Schema, Table

_OF_ROWS = re.compile(r"\b(?:new|old)\s*\.\s*(?:\"(?:[^\"]|\"\")*\"|\w+)", re.IGNORECASE)


def with_rule(schema: Schema, relation: Name, name: str, said: Rule | None) -> Schema:
    """The state after CREATE RULE; a rule that could not be read has no event.

    Raises CannotApply where there is one of this name, or where the relation is not there.
    """
    owner = schema.relation(relation)
    if owner is None:
        return schema
    old = next((rule for rule in owner.rules if rule.name == name), None)
    if old is not None and not (said is not None and said.or_replace) and _known(schema, relation):
        raise CannotApply("exists", ObjectRef("rule", relation, name), "the rule already exists")
    made = RewriteRule(name, "")
    if said is not None:
        made = RewriteRule(name, said.event, said.instead, said.where, said.actions, said.columns, said.uses)
    if old is not None:
        made = replace(made, firing=old.firing, comment=old.comment)
    return schema.with_relation(replace(owner, rules=(*(rule for rule in owner.rules if rule is not old), made)))


def renamed_rule(schema: Schema, relation: Name, name: str, new: str) -> Schema:
    """The state after ALTER RULE ... RENAME TO."""
    owner = schema.relation(relation)
    if owner is None:
        return schema
    names = [rule.name for rule in owner.rules]
    if name not in names and _known(schema, relation):
        raise CannotApply("missing", ObjectRef("rule", relation, name), "no such rule")
    if new in names:
        raise CannotApply("exists", ObjectRef("rule", relation, new), "the rule already exists")
    rules = tuple(replace(rule, name=new) if rule.name == name else rule for rule in owner.rules)
    return schema.with_relation(replace(owner, rules=rules))


def without_rule(schema: Schema, relation: Name, name: str, if_exists: bool) -> Schema:
    """The state after DROP RULE."""
    owner = schema.relation(relation)
    if owner is None:
        return schema
    kept = tuple(rule for rule in owner.rules if rule.name != name)
    if len(kept) == len(owner.rules) and not if_exists and _known(schema, relation):
        raise CannotApply("missing", ObjectRef("rule", relation, name), "no such rule")
    return schema.with_relation(replace(owner, rules=kept))


def rules_over(schema: Schema, relation: Name) -> list[tuple[Name, RewriteRule]]:
    """The rules of other relations whose actions use this one, each with its owner."""
    others = (owner for owner in schema.relations() if owner.name != relation)
    return [(owner.name, rule) for owner in others for rule in owner.rules if relation in rule.uses]


def rules_reading(schema: Schema, relation: Name, column: str) -> list[tuple[Name, RewriteRule]]:
    """The rules of other relations whose actions surely use a column of this one, each with its owner."""
    return [
        (owner, rule)
        for owner, rule in rules_over(schema, relation)
        if rule.uses == (relation,) and any(mentions(_OF_ROWS.sub("", action), column) for action in rule.actions)
    ]


def without_rules(schema: Schema, found: list[tuple[Name, RewriteRule]]) -> Schema:
    """Without these rules, each with its owner."""
    for owner, rule in found:
        holder = schema.relation(owner)
        if holder is not None:
            schema = schema.with_relation(replace(holder, rules=tuple(r for r in holder.rules if r is not rule)))
    return schema


def replaces(owner: Table, event: str) -> bool:
    """Whether a rule without a condition takes the place of every statement of this kind on a table."""
    live = (rule for rule in owner.rules if rule.firing not in ("DISABLED", "REPLICA"))
    return any(rule.instead and rule.event == event and rule.where is None for rule in live)


def _known(schema: Schema, relation: Name) -> bool:
    owner = schema.relation(relation)
    return certain(schema, *([owner] if isinstance(owner, Table) else []))
