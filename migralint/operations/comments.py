"""COMMENT ON: which objects have a comment, and what becomes of it.

Those of tables and of their columns have operations of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations.details import Target
from migralint.schema import Check, Domain, Exclusion, Keyed, Name, OtherType, Schema, Table, View

ROUTINES = ("function", "procedure", "routine", "aggregate")
_PARTS = {"constraint": "constraints", "trigger": "triggers", "policy": "policies", "rule": "rules"}


def comments(schema: Schema) -> Iterator[tuple[Target, str | None]]:
    """Every object that can have one, with its comment."""
    for space in schema.schemas:
        yield Target("schema", space), schema.schema_comments.get(space)
    for extension in schema.extensions.values():
        yield Target("extension", extension.name), extension.comment
    for made in schema.types.values():
        yield Target("domain" if isinstance(made, Domain) else "type", made.name), made.comment
        for check in made.checks if isinstance(made, Domain) else ():
            yield Target("domain_constraint", check.name, on=made.name), check.comment
        if isinstance(made, OtherType):
            for attribute, _ in made.attributes:
                yield Target("column", attribute, on=made.name), dict(made.column_comments).get(attribute)
    for sequence in schema.sequences.values():
        yield Target("sequence", sequence.name), sequence.comment
    for functions in schema.functions.values():
        for function in functions:
            yield Target(function.kind, function.name, tuple(function.arguments)), function.comment
    for table in schema.tables.values():
        yield from _of_table(table)
    for view in schema.views.values():
        yield Target("materialized_view" if view.materialized else "view", view.name), view.comment
        said = dict(view.column_comments)
        for column in dict.fromkeys([*(column.name for column in view.columns), *said]):
            yield Target("column", column, on=view.name), said.get(column)
        yield from _of_relation(view)
    for publication in schema.publications.values():
        yield Target("publication", publication.name), publication.comment
    for trigger in schema.event_triggers.values():
        yield Target("event_trigger", trigger.name), trigger.comment


def _of_table(table: Table) -> Iterator[tuple[Target, str | None]]:
    for one in table.constraints:
        yield Target("constraint", one.name, on=table.name), one.comment
        if isinstance(one, Keyed | Exclusion):
            yield Target("index", Name(table.name.schema, one.name)), one.index_comment
    yield from _of_relation(table)
    for policy in table.policies:
        yield Target("policy", policy.name, on=table.name), policy.comment
    for statistics in table.statistics:
        yield Target("statistics", statistics.name), statistics.comment


def _of_relation(owner: Table | View) -> Iterator[tuple[Target, str | None]]:
    for index in owner.indexes:
        yield Target("index", Name(owner.name.schema, index.name)), index.comment
    for trigger in owner.triggers:
        yield Target("trigger", trigger.name, on=owner.name), trigger.comment
    for rule in owner.rules:
        yield Target("rule", rule.name, on=owner.name), rule.comment


def commented(schema: Schema, target: Target, text: str | None) -> Schema:
    """The state in which the object has this comment; an empty one is none. Objects that are not known are left out."""
    text, name, on = text or None, target.name, target.on
    match target.kind:
        case "schema" if name in schema.schemas:
            others = {space: said for space, said in schema.schema_comments.items() if space != name}
            return replace(schema, schema_comments=others if text is None else {**others, str(name): text})
        case "extension" | "publication" | "event_trigger":
            return _in_database(schema, f"{target.kind}s", str(name), text)
        case "type" | "domain" if isinstance(name, Name) and (made := schema.types.get(name)) is not None:
            return schema.with_type(replace(made, comment=text))
        case "sequence" if isinstance(name, Name) and (sequence := schema.sequences.get(name)) is not None:
            return schema.with_sequence(replace(sequence, comment=text))
        case "view" | "materialized_view" if isinstance(name, Name) and (view := schema.views.get(name)) is not None:
            return schema.with_view(replace(view, comment=text))
        case "statistics" if isinstance(name, Name) and (table := schema.statistics_of(name)) is not None:
            found = tuple(replace(s, comment=text) if s.name == name else s for s in table.statistics)
            return schema.with_table(replace(table, statistics=found))
        case "index" if isinstance(name, Name):
            return _of_index(schema, name, text)
        case "column" if on is not None:
            return _of_column(schema, on, str(name), text)
        case "domain_constraint" if on is not None and isinstance(domain := schema.types.get(on), Domain):
            return schema.with_type(replace(domain, checks=_checked(domain.checks, str(name), text)))
        case "constraint" | "trigger" | "policy" | "rule" if on is not None:
            return _of_part(schema, on, _PARTS[target.kind], str(name), text)
    if target.kind in ROUTINES and isinstance(name, Name):
        return _of_function(schema, name, target.arguments, text)
    return schema


def _in_database(schema: Schema, kind: str, name: str, text: str | None) -> Schema:
    found = getattr(schema, kind)
    if name not in found:
        return schema
    return replace(schema, **{kind: {**found, name: replace(found[name], comment=text)}})  # type: ignore[arg-type]


def _checked(checks: tuple[Check, ...], name: str, text: str | None) -> tuple[Check, ...]:
    return tuple(replace(check, comment=text) if check.name == name else check for check in checks)


def _of_part(schema: Schema, owner: Name, parts: str, name: str, text: str | None) -> Schema:
    relation = schema.relation(owner)
    if relation is None or not hasattr(relation, parts):
        return schema
    found = (replace(one, comment=text) if one.name == name else one for one in getattr(relation, parts))
    return schema.with_relation(replace(relation, **{parts: tuple(found)}))  # type: ignore[arg-type]


def _of_index(schema: Schema, name: Name, text: str | None) -> Schema:
    owner = schema.index_owner(name)
    if owner is None:
        return schema
    if isinstance(owner, Table) and isinstance(key := owner.constraint(name.name), Keyed | Exclusion):
        commented_on = replace(key, index_comment=text)
        constraints = tuple(commented_on if one is key else one for one in owner.constraints)
        return schema.with_table(replace(owner, constraints=constraints))
    return _of_part(schema, owner.name, "indexes", name.name, text)


def _of_column(schema: Schema, owner: Name, column: str, text: str | None) -> Schema:
    """Of a view, or of a composite type."""
    found = schema.views.get(owner) or schema.types.get(owner)
    if not isinstance(found, View | OtherType):
        return schema
    said = {name: value for name, value in found.column_comments if name != column}
    if text is not None:
        said[column] = text
    after = replace(found, column_comments=tuple(sorted(said.items())))
    return schema.with_view(after) if isinstance(after, View) else schema.with_type(after)


def _of_function(schema: Schema, name: Name, arguments: tuple[str | None, ...] | None, text: str | None) -> Schema:
    found = schema.functions.get(name, ())
    meant = [f for f in found if arguments in (None, f.arguments)]
    if len(meant) != 1:
        return schema
    after = tuple(replace(f, comment=text) if f is meant[0] else f for f in found)
    return schema.with_functions(name, after)
