"""What the server does for its client: diagnostics when documents change, docs when the mouse rests on one."""

from __future__ import annotations

import asyncio

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from migralint import __version__
from migralint.cli.values import Common
from migralint.server.actions import actions
from migralint.server.checks import Checks, Problem
from migralint.server.documents import Documents
from migralint.server.hover import hover

DELAY_SECONDS = 0.4
"""How long typing has to pause before a changed buffer is checked."""


def make(common: Common) -> LanguageServer:
    """The server with its features registered."""
    server = LanguageServer("migralint", __version__)
    _Session(server, common).register()
    return server


class _Session:
    """One client: what was published to it, and the check that waits."""

    def __init__(self, server: LanguageServer, common: Common) -> None:
        self._server = server
        self._documents = Documents(server)
        self._checks = Checks(common)
        self._published: dict[str, set[str]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._running = asyncio.Lock()

    def register(self) -> None:
        """Tells the server which messages are answered."""
        feature = self._server.feature

        @feature(types.TEXT_DOCUMENT_DID_OPEN)
        async def opened(params: types.DidOpenTextDocumentParams) -> None:
            await self._check_soon(params.text_document.uri, 0)

        @feature(types.TEXT_DOCUMENT_DID_CHANGE)
        async def changed(params: types.DidChangeTextDocumentParams) -> None:
            await self._check_soon(params.text_document.uri, DELAY_SECONDS)

        @feature(types.TEXT_DOCUMENT_DID_SAVE)
        async def saved(params: types.DidSaveTextDocumentParams) -> None:
            await self._check_soon(params.text_document.uri, 0)

        @feature(types.TEXT_DOCUMENT_DID_CLOSE)
        async def closed(params: types.DidCloseTextDocumentParams) -> None:
            await self._check_soon(params.text_document.uri, 0)

        @feature(types.TEXT_DOCUMENT_HOVER)
        def hovered(params: types.HoverParams) -> types.Hover | None:
            uri = params.text_document.uri
            return hover(self._documents, uri, params.position, self._checks.findings(self._documents.path(uri)))

        @feature(types.TEXT_DOCUMENT_CODE_ACTION)
        def asked(params: types.CodeActionParams) -> list[types.CodeAction]:
            path = self._documents.path(params.text_document.uri)
            root = self._checks.root(path, self._documents.folders())
            if not self._checks.current(root, self._documents.buffers(root)):
                return []
            return actions(self._documents, root, self._checks.findings(path), params.range)

    async def _check_soon(self, uri: str, delay: float) -> None:
        """Checks the project of a document after a pause; a newer request takes the place of one that waits."""
        root = self._checks.root(self._documents.path(uri), self._documents.folders())
        waiting = self._waiting.pop(root, None)
        if waiting is not None:
            waiting.cancel()

        async def later() -> None:
            await asyncio.sleep(delay)
            self._waiting.pop(root, None)  # from here on it runs to its end
            await self._check(root)

        self._waiting[root] = asyncio.ensure_future(later())

    async def _check(self, root: str) -> None:
        async with self._running:
            buffers = self._documents.buffers(root)
            result = await asyncio.to_thread(self._checks.run, root, buffers)
        if isinstance(result, Problem):
            kind = types.MessageType.Error if result.ours else types.MessageType.Warning
            self._server.window_log_message(types.LogMessageParams(kind, f"migralint: {result.message}"))
            return
        now = self._documents.diagnostics(root, result)
        for uri in self._published.get(root, set()) - now.keys():
            now[uri] = []
        for uri, diagnostics in now.items():
            self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics))
        self._published[root] = {uri for uri, diagnostics in now.items() if diagnostics}
