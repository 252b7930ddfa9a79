"""Fixes as code actions."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from migralint.server.documents import Documents
from migralint.verdict.finding import Finding


def actions(documents: Documents, root: str, findings: Iterable[Finding], asked: types.Range) -> list[types.CodeAction]:
    """What the client can do about findings at a place: one action for each fix that it is able to make."""
    found = []
    for finding in findings:
        first, last = asked.start.line + 1, asked.end.line + 1
        if finding.fix is None or finding.line > last or finding.end_line < first:
            continue
        edit = _edit(documents, root, finding)
        if edit is not None:
            looked_at = "" if finding.fix.safety == "safe" else " (unsafe)"
            title = f"{finding.code}: {finding.fix.title}{looked_at}"
            kind = types.CodeActionKind.QuickFix
            preferred = finding.fix.safety == "safe"
            found.append(types.CodeAction(title, kind=kind, edit=edit, is_preferred=preferred))
    return found


def _edit(documents: Documents, root: str, finding: Finding) -> types.WorkspaceEdit | None:
    """The edits of a fix; None for a client that cannot make the new file which they need."""
    changes: dict[str, list[types.TextEdit]] = {}
    created: list[str] = []
    for edit in finding.fix.edits if finding.fix else ():
        uri = documents.uri(root, edit.path)
        if edit.creates:
            created.append(uri)
        place = documents.range(uri, edit.line, edit.column, edit.end_line, edit.end_column)
        changes.setdefault(uri, []).append(types.TextEdit(place, edit.replacement))
    if not created:
        return types.WorkspaceEdit(changes)
    if not documents.creates_files:
        return None
    new: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
    new += [types.CreateFile(uri, options=types.CreateFileOptions(overwrite=False)) for uri in created]
    new += [
        types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri), list(edits))
        for uri, edits in changes.items()
    ]
    return types.WorkspaceEdit(document_changes=new)
