"""All uses of a schema: by application code and by the bodies of functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from migralint.configuration import Configuration
from migralint.operations import ObjectRef
from migralint.python.finder import ProjectFinder
from migralint.queries.bodies import Where, uses_of_functions
from migralint.queries.catalog import Catalog
from migralint.queries.find import find
from migralint.queries.modules import Files
from migralint.queries.reader import Executed, Gap, Read, Reader
from migralint.queries.rest import Rest
from migralint.queries.sql_uses import uses_in
from migralint.queries.use import Use
from migralint.schema import Name, Schema
from migralint.sql.tokens import HOLE


class Queries(NamedTuple):
    """The uses, what could not be told, and the files in other languages whose queries nobody reads."""

    uses: tuple[Use, ...] = ()
    gaps: tuple[Gap, ...] = ()
    others: tuple[str, ...] = ()


def collect(
    files: Files,
    configuration: Configuration,
    roots: Sequence[str],
    histories: Iterable[str],
    schema: Schema,
    where: Where,
    version_tables: Collection[str] = (),
    gone: Collection[str] = (),
) -> Queries:
    """What the files of the key `queries` and the functions of a schema use of it.

    `roots` are where the project's modules are looked up, `histories` the folders of migrations, which hold no queries
    of the running application. `where` tells where an object was last changed, `gone` are the names of functions that
    are no more. A table that the code declares is its own only where the history never had one of that name.
    """
    found = find(files, configuration, histories)
    finder = ProjectFinder(files.tree, roots, files)
    read = Reader(files, finder, found.paths, found.importers).read() if found.paths else Read()
    never = {one for one in found.declared if where(ObjectRef("table", Name(schema.default_schema, one))) is None}
    catalog = Catalog(schema, configuration.managed_schemas, {*read.made, *never, *found.asked, *version_tables}, gone)
    rest = Rest(catalog)
    uses = dict.fromkeys(use for request in read.requests for use in rest.uses(request))
    gaps = dict.fromkeys(read.gaps)
    for statement in read.statements:
        said, not_told = _of_statement(statement, catalog)
        uses.update(dict.fromkeys(said))
        gaps.update(dict.fromkeys(not_told))
    uses.update(dict.fromkeys(uses_of_functions(schema, catalog, where)))
    return Queries(tuple(uses), tuple(gaps), found.others)


def uses_of_others(schema: Schema, head: Schema, managed: Collection[str], where: Where) -> Iterator[Use]:
    """What the functions of another schema use of the head, those left out that the head has itself."""
    return _of_own(uses_of_functions(schema, Catalog(head, managed), where), head)


def lacked_by_both(schema: Schema, head: Schema, managed: Collection[str], where: Where) -> Iterator[Use]:
    """What the functions of another schema need that neither it nor the head has; those of the head are left out."""
    own = uses_of_functions(schema, Catalog(schema, managed), where)
    lacked = {(use.source, use.object, use.names) for use in own if use.lacks is not None}
    for use in uses_of_others(schema, head, managed, where):
        if use.lacks is not None and (use.source, use.object, use.names) in lacked:
            yield use


def _of_own(uses: Iterable[Use], head: Schema) -> Iterator[Use]:
    known = {str(name) for name in head.functions}
    return (use for use in uses if use.source.removeprefix("function ").partition("(")[0] not in known)


def _of_statement(statement: Executed, catalog: Catalog) -> tuple[list[Use], list[Gap]]:
    text = statement.text
    uses, gaps = uses_in(str(text), catalog, lambda start, end: text.place(start, end, statement.place))
    if HOLE in text and gaps:  # what is left of a statement with holes may not be one
        gaps = [(place, "a part of the statement is not known") for place, _ in gaps[:1]]
    return uses, [Gap(place, reason) for place, reason in gaps]
