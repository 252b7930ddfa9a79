"""What a request through PostgREST uses of a schema: tables, columns, relationships, functions, labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from migralint.operations import ObjectRef, Place
from migralint.python.text import Text
from migralint.queries import postgrest, requests
from migralint.queries.catalog import MISSING, THERE, UNSURE, Catalog, Relation, unique_over
from migralint.queries.postgrest import Item
from migralint.queries.relationships import Embedded, embedded
from migralint.queries.use import (
    ARGUMENTS,
    COLUMN,
    CONFLICT,
    EMBED,
    FUNCTION,
    HIGH,
    LABEL,
    MEDIUM,
    REFUSED,
    REQUIRED,
    TABLE,
    Use,
)
from migralint.queries.values import Builder, Entry, Mention, texts
from migralint.schema import Function, Table
from migralint.sql.tokens import HOLE

SOURCE = "supabase"


@dataclass(slots=True)
class _Selected:
    """What a `select` gives names to: embedded relations by theirs, and other names that only it knows."""

    embedded: dict[str, Relation] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)
    whole: bool = True
    only: bool = False
    """Whether it is known that the request embeds nothing else."""


class Rest:
    """Resolves requests against one schema."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def uses(self, request: Builder) -> Iterator[Use]:
        """What a request uses, for each table that it may be for."""
        if not request.verb and not request.certain:
            return
        for table in request.tables:
            if request.function:
                yield from self._call(request, table)
            else:
                yield from self._table(request, table)

    # tables -----------------------------------------------------------------------------------------------------
    def _table(self, request: Builder, table: Text) -> Iterator[Use]:
        schema = texts(request.schema)
        place = table.place(0, len(table), request.site)
        relation = self._catalog.relation(str(table), str(schema[0]) if schema else None)
        if request.schema is not None and not schema:
            relation = Relation(relation.name, None, UNSURE)
        missing = relation.state == MISSING
        how = request.verb or "table"
        detail = f"there is no table or view {relation.name}"
        yield Use(relation.ref, how, place, SOURCE, HIGH, TABLE if missing else None, detail if missing else "")
        yield from self._parts(request, relation)

    def _parts(self, request: Builder, relation: Relation) -> Iterator[Use]:
        selected = _Selected()
        chosen = requests.joined(request)
        if chosen is not None:
            text, place = chosen
            selected.whole = HOLE not in text and not any(r == requests.COLUMNS_NOT_KNOWN for _, r in request.gaps)
            yield from self._items(postgrest.select(text), text, place, relation, selected, "")
            selected.only = selected.whole and request.verb == "select" and relation.state == THERE
        for mention in request.mentions:
            yield from self._mention(mention, relation, selected)
        for text, place, reference in request.conditions:
            for one in postgrest.conditions(text):
                values = postgrest.listed(one.value) if one.operator == "in" else (one.value,)
                exact = one.operator in ("eq", "neq", "in") and HOLE not in one.value
                said = tuple(Text(v.strip('"')) for v in values) if exact else ()
                column = text.part(one.start, one.end)
                yield from self._mention(Mention("filter", column, place, said, reference), relation, selected)
        yield from self._stored(request, relation)
        if request.conflict is not None:
            yield from self._conflict(*request.conflict, relation)

    def _items(
        self, items: tuple[Item, ...], text: Text, place: Place, relation: Relation, selected: _Selected, prefix: str
    ) -> Iterator[Use]:
        for item in items:
            at = text.place(item.start, item.end, place)
            if item.alias:
                selected.aliases.add(item.alias)
            if item.kind == "column" and not (item.name == "count" and relation.has("count") != THERE):
                yield from self._column(relation, item.name, "select", at)
            elif item.kind == "embed":
                found = embedded(self._catalog, relation, item.name, item.hints)
                if found.refs or found.problem:
                    yield from self._embedded(found, relation, item, at)
                target = found.target or Relation(relation.name._replace(name=item.name), None, UNSURE)
                name = f"{prefix}{item.alias or item.name}"
                selected.embedded[name] = target
                selected.embedded.setdefault(f"{prefix}{item.name}", target)
                inner = prefix if item.spread else f"{name}."
                yield from self._items(item.items, text, place, target, selected, inner)

    @staticmethod
    def _embedded(found: Embedded, relation: Relation, item: Item, place: Place) -> Iterator[Use]:
        for number, ref in enumerate(found.refs or (relation.ref,)):
            first = number == 0 and found.problem is not None
            detail = found.problem or ""
            lacks = (TABLE if found.no_table else EMBED) if first else None
            yield Use(
                ref,
                "embed",
                place,
                SOURCE,
                found.confidence,
                lacks,
                detail if first else "",
                (item.name,) if first else (),
            )

    def _mention(self, mention: Mention, relation: Relation, selected: _Selected) -> Iterator[Use]:
        for path in postgrest.ordering(mention.column) if mention.how == "order" else [postgrest.path(mention.column)]:
            if path is None:
                continue
            tables = path.tables
            if mention.reference is not None:
                tables = (*str(mention.reference).split("."), *tables)
            target: Relation | None = relation
            if tables:
                target = selected.embedded.get(".".join(tables))
            elif path.column in selected.embedded or (
                path.column in selected.aliases and relation.has(path.column) != THERE
            ):
                target = None
            place = mention.column.place(path.start, path.end, mention.place)
            if target is None:
                if tables and selected.only:
                    detail = f"the select does not embed {'.'.join(tables)}"
                    yield Use(relation.ref, mention.how, place, SOURCE, HIGH, EMBED, detail, tables)
                continue
            place = mention.column.place(path.start, path.end, mention.place)
            yield from self._column(target, path.column, mention.how, place)
            for value in mention.values:
                yield from self._label(target, path.column, value, value.place(0, len(value), mention.place))

    def _column(self, relation: Relation, name: str, how: str, place: Place) -> Iterator[Use]:
        if relation.found is None or HOLE in name:
            return
        missing = relation.has(name) == MISSING
        if missing and self._catalog.row_functions(relation.name, name):
            return
        detail = f"{relation.name} has no column {name}" if missing else ""
        ref = ObjectRef("column", relation.name, name)
        yield Use(ref, how, place, SOURCE, HIGH, COLUMN if missing else None, detail)

    def _label(self, relation: Relation, column: str, value: Text, place: Place) -> Iterator[Use]:
        enum = self._catalog.labels(relation, column)
        if enum is not None and str(value) not in enum.labels:
            detail = f"enum {enum.name} has no label {str(value)!r}"
            ref = ObjectRef("type", None, str(enum.name))
            yield Use(ref, "label", place, SOURCE, HIGH, LABEL, detail, (str(value),))

    # what is stored ---------------------------------------------------------------------------------------------
    def _stored(self, request: Builder, relation: Relation) -> Iterator[Use]:
        how, place = request.verb, request.verb_place or request.site
        for name, entry in requests.stored(request):
            at = _inside(entry, request.site) or place
            yield from self._column(relation, name, how, at)
            event, null = "UPDATE" if how == "update" else "INSERT", entry.value is None
            why = self._catalog.refused(relation, name, event, null=null) if not entry.maybe else None
            if why is not None:
                ref = ObjectRef("column", relation.name, name)
                yield Use(ref, how, at, SOURCE, MEDIUM if null else HIGH, REFUSED, why)
            for value in texts(entry.value):
                if HOLE not in value:
                    yield from self._label(relation, name, value, value.place(0, len(value), at))
        if how in ("insert", "upsert") and isinstance(relation.found, Table) and relation.state == THERE:
            required = self._catalog.required(relation.found)
            told: set[tuple[str, ...]] = set()
            for record in request.rows if required else ():
                missing = tuple(name for name in required if name not in record.entries)
                if missing and not record.open and missing not in told:
                    told.add(missing)
                    detail = f"does not set {', '.join(missing)}"
                    yield Use(relation.ref, how, place, SOURCE, MEDIUM, REQUIRED, detail, missing)

    def _conflict(self, text: Text, place: Place, relation: Relation) -> Iterator[Use]:
        if HOLE in text:
            return
        names: list[str] = []
        for start, end in postgrest.parts(text):
            name = text[start:end].strip().strip('"')
            names.append(name)
            yield from self._column(relation, name, "on_conflict", text.place(start, end, place))
        table = relation.found
        if not isinstance(table, Table) or relation.known is None or any(relation.has(n) != THERE for n in names):
            return
        if not unique_over(table, names):
            detail = f"no unique constraint or index over exactly ({', '.join(names)})"
            at = text.place(0, len(text), place)
            yield Use(relation.ref, "on_conflict", at, SOURCE, HIGH, CONFLICT, detail, tuple(names))

    # functions --------------------------------------------------------------------------------------------------
    def _call(self, request: Builder, name: Text) -> Iterator[Use]:
        schema = texts(request.schema)
        place = name.place(0, len(name), request.site)
        functions, state = self._catalog.functions(str(name), str(schema[0]) if schema else None)
        if request.schema is not None and not schema:
            state = UNSURE
        full = (
            str(functions[0].name)
            if functions
            else f"{schema[0] if schema else self._catalog.schema.default_schema}.{name}"
        )
        ref = ObjectRef("function", None, full)
        if not functions:
            missing = state == MISSING
            yield Use(
                ref,
                "rpc",
                place,
                SOURCE,
                HIGH,
                FUNCTION if missing else None,
                f"there is no function {full}" if missing else "",
            )
            return
        wrong = None
        if state == THERE and not any(r.startswith("the arguments") for _, r in request.gaps):
            for record in request.rows:
                problems = [_misfit(one, record.entries) for one in functions]
                if all(problems):
                    wrong = problems[0]
        yield Use(ref, "rpc", place, SOURCE, HIGH, ARGUMENTS if wrong else None, wrong or "")
        results = {f.returns for f in functions}
        result = results.pop() if len(results) == 1 else ""
        if result.lower().startswith("setof ") and (request.selected or request.mentions or request.conditions):
            kept = Builder(request.site, verb="select", selected=request.selected, mentions=request.mentions)
            kept.conditions = request.conditions
            schema_name, _, table = result[6:].replace('"', "").rpartition(".")
            yield from self._parts(kept, self._catalog.relation(table, schema_name or None))


def _misfit(function: Function, given: dict[str, Entry]) -> str | None:
    """Why a function does not take arguments of these names, None where it does."""
    names = function.parameters
    if len(names) != len(function.arguments) or any(not name for name in names):
        return None
    unknown = [name for name in given if name not in names]
    if unknown:
        return f"has no argument {', '.join(unknown)}"
    needed = names[: len(names) - len(function.defaults)]
    missing = [name for name in needed if name not in given]
    return f"needs the argument {', '.join(missing)}" if missing else None


def _inside(entry: Entry, site: Place) -> Place | None:
    """The place of a key, where it stands in the file of the request."""
    return entry.place if entry.place is not None and entry.place.path == site.path else None
