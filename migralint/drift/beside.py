"""What stands beside columns and keys of tables: views, functions, types, sequences, triggers, policies, rules, ..."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from migralint.drift import storage
from migralint.drift.changes import Where
from migralint.drift.compare import is_version_table
from migralint.drift.comparison import BLOCKING, COSMETIC, INTEGRITY, Comparison, Derived, Part, worst
from migralint.drift.composites import composite
from migralint.drift.composites import text as composite_text
from migralint.drift.describe import domain as domain_text
from migralint.drift.describe import enum as enum_text
from migralint.drift.difference import Difference
from migralint.drift.domains import domain_differs
from migralint.drift.functions import by_signature, described, unlike
from migralint.drift.text_casts import cast_otherwise
from migralint.drift.views import renamed_columns, unlike_columns, unlike_options
from migralint.operations import ObjectRef
from migralint.schema import Domain, Name, OtherType, Schema, Table, View
from migralint.schema.canonical import canonical, policy_form, rule_form, table_options, trigger_form
from migralint.schema.expressions import same_expression
from migralint.schema.selects import surely_other

_CLASSES = {
    "schema": BLOCKING,
    "extension": COSMETIC,
    "type": BLOCKING,
    "sequence": BLOCKING,
    "function": BLOCKING,
    "view": BLOCKING,
    "table": BLOCKING,
    "trigger": INTEGRITY,
    "policy": INTEGRITY,
    "row_security": INTEGRITY,
    "rule": INTEGRITY,
    "publication": INTEGRITY,
    "event_trigger": INTEGRITY,
}
_ROLES, _CONDITIONS, _WHEN = 1, 3, 5
"""Where roles and conditions stand in the form of a policy, WHEN in that of a trigger."""


def beside(
    head: Schema,
    derived: Derived,
    where: Where,
    *,
    alike: bool,
    enums: bool = False,
    whole: bool = False,
) -> tuple[Difference, ...]:
    """What `drift` leaves out, because a snapshot of an environment may have more of it, or spell it differently.

    With `alike`, migralint has spelled both sides, so that definitions can be compared as they stand; without, those of
    views, policies and triggers only as far as the server, which spells them in its own way, keeps them. With `whole`,
    the derived side leaves nothing out that it hangs onto tables of others. With `enums`, also those that only one side
    has and that a column uses, which `drift` shows as the column.
    """
    comparison = Comparison(head, derived, where)
    left, right = (_entries(schema, derived.managed, enums) for schema in (head, derived.schema))
    functions = [by_signature(schema) for schema in (head, derived.schema)]
    views: list[Mapping[str | None, View]]
    views = [{str(view.name): view for view in schema.views.values()} for schema in (head, derived.schema)]
    for ref in left.keys() | right.keys():
        one, other = left.get(ref), right.get(ref)
        if one is None or other is None:
            _on_one_side(comparison, ref, one, other, whole)
        elif ref.kind == "function":
            mine, others = (side[ref.name] for side in functions)
            if not any(side.partial or side.doubtful for side in (mine, others)):
                _differ(comparison, ref, one, other, unlike(mine, others), alike and one[1] != other[1])
        elif ref.kind == "view":
            parts = list(_view_differs(views[0][ref.name], views[1][ref.name], comparison))
            _differ(comparison, ref, one, other, parts, alike and one[1] != other[1])
        elif ref.kind == "table" and ref.table is not None:
            parts = list(storage.unlike(head.tables[ref.table], derived.schema.tables[ref.table]))
            _differ(comparison, ref, one, other, parts, alike and one[1] != other[1])
        elif one != other and (alike or _surely_differ(ref, one[1], other[1], comparison)):
            _differ(comparison, ref, one, other)
    return tuple(sorted(comparison.differences, key=lambda d: (d.kind, str(d.object))))


_Entry = tuple[str, Any]
"""A definition as it is shown, and its canonical form."""


def _entries(schema: Schema, managed: frozenset[str], enums: bool) -> Mapping[ObjectRef, _Entry]:
    entries: dict[ObjectRef, _Entry] = {}
    for (kind, name), form in canonical(schema).items():
        foreign = name.partition(".")[0] in managed or (kind == "schema" and name == schema.default_schema)
        owned = (kind == "sequence" and isinstance(form, str)) or (kind == "type" and form[0] == "enum")
        if kind != "table" and not foreign and not owned:
            entries[ObjectRef(kind, None, name)] = (kind, form)
    for one in schema.enums() if enums else ():
        if one.name.schema not in managed:
            entries[ObjectRef("type", None, str(one.name))] = (enum_text(one), list(one.labels))
    for domain in schema.domains():
        _show(entries, ObjectRef("type", None, str(domain.name)), domain_text(domain))
    for type_name in schema.types:
        if (made := composite(schema, type_name)) is not None:
            _show(entries, ObjectRef("type", None, str(type_name)), composite_text(made))
    for view in schema.views.values():
        _show(entries, ObjectRef("view", None, str(view.name)), _view(view))
    for functions in schema.functions.values():
        for function in functions:
            _show(entries, ObjectRef("function", None, function.signature), described(function))
    for table in schema.tables.values():
        if not is_version_table(table):
            entries.update(_of_table(table) if table.name.schema not in managed else _hung_on(table, managed))
    return entries


def _hung_on(table: Table, managed: frozenset[str]) -> Mapping[ObjectRef, _Entry]:
    """What a project hangs onto a table that someone else owns: policies, and triggers that run its own functions."""
    others = {one.name for one in table.triggers if one.function.partition(".")[0] in managed}
    return {
        ref: entry
        for ref, entry in _of_table(table).items()
        if ref.kind in ("policy", "rule") or (ref.kind == "trigger" and ref.name not in others)
    }


def _show(entries: dict[ObjectRef, _Entry], ref: ObjectRef, text: str) -> None:
    if ref in entries:
        entries[ref] = (text, entries[ref][1])


def _of_table(table: Table) -> Mapping[ObjectRef, _Entry]:
    entries: dict[ObjectRef, _Entry] = {}
    entries[ObjectRef("table", table.name)] = (storage.text(table), table_options(table))
    for trigger in table.triggers:
        text = f"{trigger.timing} {' OR '.join(trigger.events)} FOR EACH {trigger.level} {trigger.function}"
        text += f" {trigger.firing}" if trigger.firing else ""
        form = [*trigger_form(trigger), trigger.firing]
        entries[ObjectRef("trigger", table.name, trigger.name)] = (text, form)
    for policy in table.policies:
        text = f"FOR {policy.command} TO {', '.join(policy.roles)}"
        text += f" USING ({policy.using})" if policy.using is not None else ""
        text += f" WITH CHECK ({policy.check})" if policy.check is not None else ""
        entries[ObjectRef("policy", table.name, policy.name)] = (text, policy_form(policy))
    for rule in table.rules:
        text = f"ON {rule.event} DO {'INSTEAD ' if rule.instead else ''}{'; '.join(rule.actions) or 'NOTHING'}"
        entries[ObjectRef("rule", table.name, rule.name)] = (text, rule_form(rule))
    if table.row_security:
        forced = table.row_security_forced
        entries[ObjectRef("row_security", table.name)] = ("enabled and forced" if forced else "enabled", forced)
    return entries


def _view(view: View) -> str:
    return f"{'MATERIALIZED ' if view.materialized else ''}VIEW AS {' '.join(view.definition.split())}"


def _on_one_side(comparison: Comparison, ref: ObjectRef, one: _Entry | None, other: _Entry | None, whole: bool) -> None:
    schemas = comparison.head, comparison.derived
    at_head = one is not None
    if schemas[at_head].opaque:
        return
    if ref.table is not None and ref.table.schema in comparison.managed:
        if at_head and not whole and not _tells_of(comparison.derived, comparison.managed):
            return
    elif ref.table is not None and _told_by_drift(ref, ref.table, schemas, at_head):
        return
    has, lacks = ("the history", comparison.path) if at_head else (comparison.path, "the history")
    comparison.add(
        ref.kind,
        _CLASSES[ref.kind],
        ref,
        (one[0] if one else None, other[0] if other else None),
        f"{has} has {f'row security of {ref.table}' if ref.kind == 'row_security' else ref}, which {lacks} lacks",
    )


def _tells_of(derived: Schema, managed: frozenset[str]) -> bool:
    """Whether a side has anything on tables that someone else owns: dumps may leave their schemas out."""
    tables = (table for table in derived.tables.values() if table.name.schema in managed)
    return any(not table.assumed or table.policies or table.triggers for table in tables)


def _differ(
    comparison: Comparison, ref: ObjectRef, one: _Entry, other: _Entry, parts: Sequence[Part] = (), told: bool = True
) -> None:
    """Tells of the parts that differ, with the worst class among them; without any, where it is to be `told`."""
    both = _domains(ref, comparison)
    if both is not None and (effect := domain_differs(*both)) is not None and both[0].base == both[1].base:
        parts = ((INTEGRITY, effect),)
    if not parts and not told:
        return
    how = ": " + "; ".join(words for _, words in parts) if parts else ""
    message = f"{ref} is not the same in the history and in {comparison.path}{how}"
    if ref.kind == "row_security":
        forced = comparison.path if other[1] else "the history"
        message = f"row security of {ref.table} holds for its owner, too, in {forced} only"
    drift_class = worst(parts) if parts else _CLASSES[ref.kind]
    values = _composites(ref, comparison)
    comparison.add(ref.kind, drift_class, ref, (one[0], other[0]), message, values=values)


def _composites(ref: ObjectRef, comparison: Comparison) -> tuple[OtherType | None, OtherType | None]:
    space, _, name = (ref.name or "").partition(".")
    mine, others = (composite(side, Name(space, name)) for side in (comparison.head, comparison.derived))
    return (mine, others) if ref.kind == "type" else (None, None)


def _view_differs(one: View, other: View, comparison: Comparison) -> Iterator[Part]:
    """What surely differs in two views, but for what follows from their tables."""
    yield from unlike_options(one, other)
    if one.materialized != other.materialized:
        yield BLOCKING, "one of them is materialized"
    text, other_text = (view.expanded or view.definition for view in (one, other))
    mine, others = renamed_columns(one, other)
    found = list(unlike_columns(mine, others))
    if _unlike(text, other_text) or _cast_otherwise(text, other_text, comparison, None):
        found.append((BLOCKING, "the queries differ"))
    if found and not _follows(" ".join((text, other_text, *mine, *others)), comparison, None):
        yield from found


def _domains(ref: ObjectRef, comparison: Comparison) -> tuple[Domain, Domain] | None:
    space, _, name = (ref.name or "").partition(".")
    one, other = (schema.types.get(Name(space, name)) for schema in (comparison.head, comparison.derived))
    return (one, other) if isinstance(one, Domain) and isinstance(other, Domain) else None


def _surely_differ(ref: ObjectRef, one: Any, other: Any, comparison: Comparison) -> bool:
    """Whether two canonical forms mean something else, however each was spelled."""

    def other_text(a: str | None, b: str | None) -> bool:
        if not (_unlike(a, b) or _cast_otherwise(a, b, comparison, ref.table)):
            return False
        return not _follows(f"{a} {b}", comparison, ref.table)

    match ref.kind:
        case "policy":
            plain = zip(one[_CONDITIONS:], other[_CONDITIONS:], strict=True)
            if (one[0], one[2]) != (other[0], other[2]) or _other_roles(one[_ROLES], other[_ROLES]):
                return True
            return any(other_text(a, b) for a, b in plain)
        case "trigger":
            rest = [[*form[:_WHEN], *form[_WHEN + 1 :]] for form in (one, other)]
            return rest[0] != rest[1] or other_text(one[_WHEN], other[_WHEN])
        case "row_security":
            return True
        case "type" if one[0] == other[0] == "other":
            return bool(sorted(one[1]) != sorted(other[1]))  # the order of attributes is none, as that of columns
        case "type":
            both = _domains(ref, comparison)
            return both is not None and (both[0].base != both[1].base or domain_differs(*both) is not None)
    return False


def _other_roles(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a policy is for other roles. PostgreSQL keeps the role that CURRENT_USER was, whose name nobody knows."""
    mine, others = set(one), set(other)
    words = [roles & _WHOEVER for roles in (mine, others)]
    left, right = mine - others - _WHOEVER, others - mine - _WHOEVER
    if not any(words):
        return mine != others
    return len(left) > len(words[1]) or len(right) > len(words[0])


_WHOEVER = frozenset(("current_user", "current_role", "session_user"))


def _unlike(one: str | None, other: str | None) -> bool:
    """Whether two conditions or queries are not the same; with a query, which the server rewrites, surely not."""
    if one == other:
        return False
    if one is None or other is None or "select" not in f"{one} {other}".lower():
        return not same_expression(one, other)
    return surely_other(one, other)


def _cast_otherwise(one: str | None, other: str | None, comparison: Comparison, own: Name | None) -> bool:
    if one is None or other is None or one == other:
        return False
    names = set(re.findall(r"\w+", f"{one} {other}"))
    both = (comparison.head, comparison.derived)
    tables = (table for side in both for table in side.tables.values() if table.name == own or table.name.name in names)
    return cast_otherwise(one, other, tables, comparison.head)


def _follows(text: str, comparison: Comparison, own: Name | None) -> bool:
    """Whether it names a table, or a column of one that it is about, that only one side has: that is the difference."""
    names = set(re.findall(r"\w+", text))
    left, right = comparison.head.tables, comparison.derived.tables
    if names & {name.name for name in left.keys() ^ right.keys()}:
        return True
    about = (name for name in left.keys() & right.keys() if name == own or name.name in names)
    return any(({one.name for one in left[n].columns} ^ {one.name for one in right[n].columns}) & names for n in about)


def _told_by_drift(ref: ObjectRef, name: Name, schemas: tuple[Schema, Schema], at_head: bool) -> bool:
    """Whether the difference is, or follows from, one that `drift` tells."""
    tables = [schema.tables[name] for schema in schemas if name in schema.tables]
    if any(table.assumed for table in tables):
        return True
    if ref.kind == "table":
        return not any(table.is_partition for table in tables)
    return len(tables) < 2 or (ref.kind == "row_security" and at_head)
