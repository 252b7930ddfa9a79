"""SQL statements that ran, as operations.

Only what a statement does to which object is read, with patterns and nothing of `migralint`'s own reader, which is what
is being measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.ecosystem.facts.text import NAME, closing, name, split
from tests.ecosystem.operations.names import cut
from tests.ecosystem.operations.operation import Recorded

_IF = r"(?:if\s+(?:not\s+)?exists\s+)?"
_ONLY = r"(?:only\s+)?"
_KINDS = (
    r"materialized\s+view|view|function|procedure|aggregate|type|domain|sequence|schema|extension|collation|cast|"
    r"operator\s+class|operator\s+family|operator|role|user|database|event\s+trigger|publication|server|statistics"
)
_CONSTRAINTS = {
    "p": "create_primary_key",
    "u": "create_unique_constraint",
    "f": "create_foreign_key",
    "c": "create_check_constraint",
    "e": "create_exclude_constraint",
}
_DOLLAR = re.compile(r"\$([A-Za-z_]\w*)?\$")
_GROUP_OR_MAIN = re.compile(r"\(|\b(?:insert|update|delete|merge|select)\b", re.I)
_LAST_WORD = re.compile(r"(?i)\s+(cascade|restrict)\s*$")


def read(sql: str) -> list[Recorded]:
    """The operations of a text of one or more statements. What changes nothing that is compared is left out."""
    return [operation for statement in _statements(sql) for operation in _statement(statement)]


def _operation(operation: str, table: str | None = None, called: str | None = None) -> Recorded:
    return Recorded(operation, _name(table), _name(called))


def _name(text: str | None) -> str | None:
    if not text:
        return None
    return ".".join(cut(part) for part in name(re.sub(r"\s*\.\s*", ".", text)).split("."))


def _statements(sql: str) -> Iterator[str]:
    for statement in split(_blanked(sql), ";"):
        if statement.strip():
            yield statement.strip()


def _blanked(sql: str) -> str:
    """Without comments, and with nothing in literals and bodies."""
    result, position = "", 0
    while position < len(sql):
        character = sql[position]
        if sql.startswith("--", position):
            end = sql.find("\n", position)
            position = len(sql) if end == -1 else end
        elif sql.startswith("/*", position):
            end = sql.find("*/", position + 2)
            position = len(sql) if end == -1 else end + 2
            result += " "
        elif character == "'":
            escapes = result[-1:] in ("e", "E")
            body = re.compile(r"'(?:[^'\\]|''|\\.)*'" if escapes else r"'(?:[^']|'')*'", re.S).match(sql, position)
            position = body.end() if body else len(sql)
            result += "''"
        elif character == '"':
            end = sql.find('"', position + 1)
            end = len(sql) - 1 if end == -1 else end
            result += sql[position : end + 1]
            position = end + 1
        elif quote := _DOLLAR.match(sql, position):
            end = sql.find(quote[0], quote.end())
            position = len(sql) if end == -1 else end + len(quote[0])
            result += "''"
        else:
            result += character
            position += 1
    return result


def _statement(text: str) -> list[Recorded]:
    text = text.lstrip("( \n\t")
    if re.match(r"(?i)explain\b", text):
        return []
    if re.match(r"(?i)with\b", text):
        return [operation for part in _of_with(text) for operation in _statement(part)]
    for reader in (_of_rows, _create, _drop, _alter, _other):
        found = reader(text)
        if found is not None:
            return found
    return []


def _of_with(text: str) -> Iterator[str]:
    """What stands in the parentheses of WITH, then the statement itself: each of them may change rows."""
    position = 0
    while found := _GROUP_OR_MAIN.search(text, position):
        if found[0] != "(":
            yield text[found.start() :]
            return
        position = closing(text, found.start())
        yield text[found.start() + 1 : position - 1].strip()


def _match(pattern: str, text: str) -> re.Match[str] | None:
    return re.match(f"(?is){pattern}", text)


def _of_rows(text: str) -> list[Recorded] | None:
    patterns = {
        "insert": rf"insert\s+(?:or\s+\w+\s+)?into\s+({NAME})",
        "update": rf"update\s+(?:or\s+\w+\s+)?{_ONLY}({NAME})",
        "delete": rf"delete\s+from\s+{_ONLY}({NAME})",
        "merge": rf"merge\s+into\s+{_ONLY}({NAME})",
    }
    for kind, pattern in patterns.items():
        if found := _match(pattern, text):
            return [_operation(kind, found[1])]
    if found := _match(r"truncate\s+(?:table\s+)?(.*)$", text):
        listed = re.sub(r"(?i)\s+(restart|continue)\s+identity|\s+(cascade|restrict)\s*$", "", found[1])
        return [_operation("truncate", re.sub(rf"(?i)^\s*{_ONLY}", "", table)) for table in split(listed)]
    return None


def _create(text: str) -> list[Recorded] | None:
    temporary = r"(?:(?:global|local|temp|temporary|unlogged|foreign)\s+)*"
    if found := _match(rf"create\s+{temporary}table\s+{_IF}({NAME})", text):
        return [_operation("create_table", found[1])]
    index = rf"create\s+(?:unique\s+)?index\s+(?:concurrently\s+)?{_IF}(?:(?!on\b)({NAME})\s+)?on\s+{_ONLY}({NAME})"
    if found := _match(index, text):
        return [_operation("create_index", found[2], found[1])]
    trigger = rf"create\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s+{_IF}({NAME})\s.*?\son\s+({NAME})"
    if found := _match(trigger, text):
        return [_operation("create_trigger", found[2], found[1])]
    if found := _match(rf"create\s+policy\s+({NAME})\s+on\s+({NAME})", text):
        return [_operation("create_policy", found[2], found[1])]
    kinds = rf"{_KINDS}|rule|language|text\s+search\s+\w+"
    replace = r"(?:or\s+replace\s+)?(?:(?:temp|temporary|recursive)\s+)*"
    if found := _match(rf"create\s+{replace}({kinds})\s+{_IF}({NAME})?", text):
        kind = re.sub(r"\s+", "_", found[1].lower())
        table = re.search(rf"(?is)\bto\s+({NAME})", text) if kind == "rule" else None
        return [_operation(f"create_{kind}", table[1] if table else None, found[2])]
    return None


def _drop(text: str) -> list[Recorded] | None:
    if found := _match(rf"drop\s+table\s+{_IF}(.*)$", text):
        return [_operation("drop_table", table) for table in split(_LAST_WORD.sub("", found[1]))]
    if found := _match(rf"drop\s+index\s+(?:concurrently\s+)?{_IF}(.*)$", text):
        return [_operation("drop_index", None, index) for index in split(_LAST_WORD.sub("", found[1]))]
    if found := _match(rf"drop\s+(trigger|policy|rule)\s+{_IF}({NAME})(?:\s+on\s+({NAME}))?", text):
        return [_operation(f"drop_{found[1].lower()}", found[3], found[2])]
    if found := _match(rf"drop\s+({_KINDS})\s+{_IF}(.*)$", text):
        kind = re.sub(r"\s+", "_", found[1].lower())
        listed = split(_LAST_WORD.sub("", found[2]))
        return [_operation(f"drop_{kind}", None, (re.match(NAME, one) or [one])[0]) for one in listed]
    return None


def _alter(text: str) -> list[Recorded] | None:
    if found := _match(rf"alter\s+(?:foreign\s+)?table\s+{_IF}{_ONLY}({NAME})\s*\*?\s*(.*)$", text):
        return [_action(found[1], action) for action in split(found[2])]
    if found := _match(rf"alter\s+type\s+({NAME})\s+add\s+value", text):
        return [_operation("alter_type_add_value", None, found[1])]
    if _match(r"alter\s+default\s+privileges\b", text):
        return [_operation("alter_default_privileges", None)]
    kinds = (
        r"materialized\s+view|view|type|index|sequence|function|procedure|domain|schema|extension|policy|trigger|role|"
        r"database|system"
    )
    if found := _match(rf"alter\s+({kinds})\s+{_IF}({NAME})?(?:\s+on\s+({NAME}))?", text):
        return [_operation("alter_" + re.sub(r"\s+", "_", found[1].lower()), found[3], found[2])]
    return None


def _action(table: str, action: str) -> Recorded:
    constraint = _match(rf"add\s+constraint\s+({NAME})\s+(primary|unique|foreign|check|exclude)", action) or _match(
        r"add\s+()(primary\s+key|unique\b|foreign\s+key|check\s*\(|exclude\b)", action
    )
    if constraint:
        return _operation(_CONSTRAINTS[constraint[2][0].lower()], table, constraint[1] or None)
    if found := _match(rf"(?:alter|rename|validate)\s+constraint\s+({NAME})", action):
        return _operation("alter_table", table, found[1])
    if found := _match(rf"rename\s+to\s+({NAME})", action):
        return Recorded("rename_table", _name(table), renamed_to=_name(found[1]))
    patterns = {
        "add_column": rf"add\s+(?:column\s+)?{_IF}({NAME})",
        "drop_constraint": rf"drop\s+constraint\s+{_IF}({NAME})",
        "drop_column": rf"drop\s+(?:column\s+)?{_IF}({NAME})",
        "alter_column": rf"(?:alter\s+(?:column\s+)?({NAME})|rename\s+(?:column\s+)?({NAME})\s+to\b)",
    }
    for kind, pattern in patterns.items():
        if found := _match(pattern, action):
            return _operation(kind, table, next(group for group in found.groups() if group))
    return _operation("alter_table", table)


def _other(text: str) -> list[Recorded] | None:
    if found := _match(rf"comment\s+on\s+(table|column)\s+({NAME})", text):
        if found[1].lower() == "table":
            return [_operation("create_table_comment", found[2]).as_optional()]
        table, _, column = re.sub(r"\s*\.\s*", ".", found[2]).rpartition(".")
        return [_operation("alter_column", table, column).as_optional()]
    if found := _match(rf"refresh\s+materialized\s+view\s+(?:concurrently\s+)?({NAME})", text):
        return [_operation("refresh_materialized_view", None, found[1])]
    if found := _match(r"(do|grant|revoke|call|copy|cluster|reindex)\b", text):
        return [_operation(found[1].lower())]
    return None
