"""A language client that speaks to the server over its standard input and output."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SECONDS = 30


class Client:
    """Starts a server; `wait` gives the next message that fits."""

    def __init__(self, root: Path, command: Sequence[str], capabilities: object = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root
        )
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._number = 0
        threading.Thread(target=self._read, daemon=True).start()
        self.capabilities = self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "workspaceFolders": [{"uri": root.as_uri(), "name": "project"}],
                "capabilities": capabilities or {},
            },
        )["capabilities"]
        self.notify("initialized", {})

    def notify(self, method: str, params: object) -> None:
        """Sends a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: object) -> Any:
        """Sends a request; returns its result."""
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        answer = self.wait(lambda message: message.get("id") == self._number and "method" not in message)
        assert "error" not in answer, answer
        return answer["result"]

    def wait(self, fits: Any) -> dict[str, Any]:
        """The next message that fits; others are dropped. Raises queue.Empty after SECONDS."""
        while True:
            message = self._messages.get(timeout=SECONDS)
            if fits(message):
                return message

    def diagnostics(self, uri: str) -> list[dict[str, Any]]:
        """What is next published for a document."""
        message = self.wait(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri
            )
        )
        found: list[dict[str, Any]] = message["params"]["diagnostics"]
        return found

    def log(self) -> str:
        """The next line of the server's log."""
        message = self.wait(lambda message: message.get("method") == "window/logMessage")
        text: str = message["params"]["message"]
        return text

    def open(self, uri: str, text: str) -> None:
        """Opens a document."""
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, text: str) -> None:
        """Replaces the text of an open document."""
        document = {"uri": uri, "version": 2}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def close(self) -> int:
        """Ends the server; returns its exit code."""
        self.request("shutdown", None)
        self.notify("exit", None)
        try:
            return self._process.wait(SECONDS)
        finally:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
                if stream is not None:
                    stream.close()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        try:
            while line := stream.readline():
                length = 0
                while line.strip():
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                    line = stream.readline()
                self._messages.put(json.loads(stream.read(length)))
        except ValueError:  # closed meanwhile
            return
