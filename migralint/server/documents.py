"""The client's documents and positions against paths, lines and columns."""

from __future__ import annotations

import os
from collections.abc import Mapping

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from migralint.verdict.finding import Finding

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


class Documents:
    """What the client has open."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server

    def path(self, uri: str) -> str:
        """The file of a document."""
        return uris.to_fs_path(uri) or ""

    def folders(self) -> list[str]:
        """The folders of the client's workspace."""
        workspace = self._server.workspace
        every = [self.path(folder.uri) for folder in workspace.folders.values()]
        return every or ([workspace.root_path] if workspace.root_path else [])

    def buffers(self, root: str) -> dict[str, str]:
        """The texts of open documents below a project's folder, by their path in it."""
        found = {}
        for uri, document in self._server.workspace.text_documents.items():
            real = os.path.realpath(self.path(uri))
            if real.startswith(root.rstrip(os.sep) + os.sep):
                found[os.path.relpath(real, root).replace(os.sep, "/")] = document.source
        return found

    def diagnostics(self, root: str, findings: list[Finding]) -> dict[str, list[types.Diagnostic]]:
        """The findings by document, as the client shows them."""
        by_uri: dict[str, list[types.Diagnostic]] = {}
        texts: dict[str, list[str]] = {}

        opened = self._opened()

        def uri_of(path: str) -> str:
            return self.uri(root, path, opened)

        for one in findings:
            uri = uri_of(one.path)
            lines = texts.get(uri)
            if lines is None:
                lines = texts[uri] = self._lines(uri)
            by_uri.setdefault(uri, []).append(
                types.Diagnostic(
                    types.Range(
                        self._to_client(lines, one.line, one.column),
                        self._to_client(lines, one.end_line, one.end_column),
                    ),
                    one.message + (f"\n\n{one.help}" if one.help else ""),
                    severity=_SEVERITIES[one.severity],
                    code=one.code,
                    source="migralint",
                    related_information=[
                        types.DiagnosticRelatedInformation(
                            types.Location(uri_of(place.path), _point(place.line, place.column)), place.message
                        )
                        for place in one.related
                    ],
                )
            )
        return by_uri

    def uri(self, root: str, path: str, opened: Mapping[str, str] | None = None) -> str:
        """How the client calls a file of a project; `opened` are the documents that it has open, by their real path."""
        full = os.path.join(root, path)
        known = self._opened() if opened is None else opened
        return known.get(os.path.realpath(full)) or uris.from_fs_path(full) or ""

    def _opened(self) -> dict[str, str]:
        return {os.path.realpath(self.path(uri)): uri for uri in self._server.workspace.text_documents}

    def range(self, uri: str, line: int, column: int, end_line: int, end_column: int) -> types.Range:
        """A range of a document, given as lines and columns from 1."""
        lines = self._lines(uri)
        return types.Range(self._to_client(lines, line, column), self._to_client(lines, end_line, end_column))

    @property
    def creates_files(self) -> bool:
        """Whether the client makes a new file that an edit asks for."""
        workspace = self._server.client_capabilities.workspace
        edit = workspace.workspace_edit if workspace else None
        kinds = edit.resource_operations if edit and edit.document_changes else None
        return types.ResourceOperationKind.Create in (kinds or ())

    def from_client(self, uri: str, position: types.Position) -> tuple[int, int]:
        """Line and column (from 1, in characters) of a position."""
        lines = self._lines(uri)
        text = lines[position.line] if position.line < len(lines) else ""
        units = 0
        for column, character in enumerate(text, 1):
            if units >= position.character:
                return position.line + 1, column
            units += self._units(character)
        return position.line + 1, len(text) + 1

    def _to_client(self, lines: list[str], line: int, column: int) -> types.Position:
        text = lines[line - 1] if line <= len(lines) else ""
        return types.Position(line - 1, self._units(text[: column - 1]))

    def _lines(self, uri: str) -> list[str]:
        try:
            return list(self._server.workspace.get_text_document(uri).source.splitlines())
        except (OSError, UnicodeDecodeError):  # gone meanwhile
            return []

    def _units(self, text: str) -> int:
        """The length of a text in the units that client and server agreed on."""
        match self._server.workspace.position_encoding:
            case types.PositionEncodingKind.Utf8:
                return len(text.encode("utf-8", "surrogatepass"))
            case types.PositionEncodingKind.Utf32:
                return len(text)
        return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _point(line: int, column: int) -> types.Range:
    place = types.Position(line - 1, column - 1)
    return types.Range(place, place)
