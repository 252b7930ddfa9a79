"""Classes whose objects become payloads: pydantic and SQLModel models, dataclasses, typed dictionaries."""

from __future__ import annotations

from migralint.python import nodes as n
from migralint.queries.frame import Arguments
from migralint.queries.values import (
    UNKNOWN,
    ClassValue,
    Instance,
    Node,
    Record,
    Rows,
    Symbol,
    Value,
    alternatives,
    texts,
)

DUMPS = ("model_dump", "dict", "to_dict", "_asdict")
_MODELS = ("BaseModel", "SQLModel", "BaseSettings", "RootModel", "TypedDict", "NamedTuple", "Struct", "Schema")
_DATACLASS = ("dataclass", "dataclasses", "define", "attrs", "frozen", "s")


def is_model(kind: ClassValue) -> bool:
    """Whether objects of a class have the fields that its body declares, and no others."""
    for one in kind.line():
        if isinstance(one, Symbol) and one.path.rpartition(".")[2] in _MODELS:
            return True
        if isinstance(one, ClassValue) and any(_called(d) in _DATACLASS for d in one.node[6]):
            return True
    return False


def _called(node: Node) -> str:
    while node[0] == n.CALL:
        node = node[2]
    return str(node[3]) if node[0] == n.ATTR else str(node[2]) if node[0] == n.NAME else ""


def fields(kind: ClassValue) -> dict[str, tuple[ClassValue, Node]] | None:
    """The declared fields by name, each with the class that declares it; None where a base is not known."""
    found: dict[str, tuple[ClassValue, Node]] = {}
    line = list(kind.line())
    for one in reversed(line):
        if isinstance(one, Symbol):
            continue
        if any(base is UNKNOWN for base in one.bases):
            return None
        for statement in one.node[5]:
            if statement[0] == n.ANN and statement[2][0] == n.NAME and not _is_class_variable(statement[3]):
                name = str(statement[2][2])
                if not name.startswith("_") and name != "model_config":
                    found[name] = (one, statement)
    return found


def _is_class_variable(annotation: Node) -> bool:
    base = annotation[2] if annotation[0] == n.SUBSCRIPT else annotation
    return _called(base) == "ClassVar"


def takes_more(kind: ClassValue) -> bool:
    """Whether objects may have fields that are not declared."""
    for one in kind.line():
        if isinstance(one, ClassValue):
            config = one.scope.names.get("model_config") or one.scope.names.get("Config")
            if isinstance(config, Record) and "allow" in texts(
                config.entries["extra"].value if "extra" in config.entries else None
            ):
                return True
            if isinstance(config, ClassValue) and "allow" in texts(config.scope.names.get("extra")):
                return True
    return False


def alias(statement: Node) -> str | None:
    """The name under which a field is dumped by alias: that of `Field(alias=...)`."""
    value = statement[4]
    if value is not None and value[0] == n.CALL:
        named = {keyword: one for _, keyword, one in value[3] if keyword}
        given = named.get("serialization_alias") or named.get("alias")
        if given is not None and given[0] == n.STR:
            return str(given[2])
    return None


def excluded(statement: Node) -> bool:
    """Whether a field is never dumped: that of `Field(exclude=True)`."""
    value = statement[4]
    if value is None or value[0] != n.CALL:
        return False
    return any(keyword == "exclude" and one[0] == n.CONST and one[2] is True for _, keyword, one in value[3])


def dumped(instance: Instance, given: Arguments, depth: int) -> Record:
    """What `model_dump()` and the like give for an object of a declared class."""
    declared = fields(instance.kind) if is_model(instance.kind) else None
    if declared is None:
        return Record(open=True, depth=depth)
    options = given.keywords
    partial = any(
        options.get(one) not in (None, False) for one in ("exclude_unset", "exclude_none", "exclude_defaults")
    )
    by_alias = options.get("by_alias") not in (None, False)
    made = Record(depth=depth, open=takes_more(instance.kind) or given.open)
    included, left_out = _names(options.get("include")), _names(options.get("exclude"))
    for name, (owner, statement) in declared.items():
        if (included is not None and name not in included) or name in (left_out or ()) or excluded(statement):
            continue
        value = instance.attributes.get(name, UNKNOWN)
        key = (alias(statement) if by_alias else None) or name
        made.put(key, value, owner.module.place(statement[2]), maybe=partial)
    if options.get("include") is not None and included is None:
        made.open = True
    return made


def _names(value: Value) -> frozenset[str] | None:
    """The names in a set or list of them; None where they are not known."""
    found: set[str] = set()
    for one in alternatives(value):
        if isinstance(one, Rows) and not one.open:
            found.update(text for item in one.items for text in texts(item))
        elif isinstance(one, Record):
            found.update(one.entries)
        else:
            return None
    return frozenset(found)
