"""A small client of the language server protocol: enough to open a file and to ask what an editor asks."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 120
"""Seconds that an answer may take on a busy machine."""
SETTINGS = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},
        "kubernetesCRDStore": {"enable": False},
        "schemas": {"protocol.schema.json": "*.protocol.yaml"},
    }
}


@dataclass(frozen=True)
class Told:
    """A diagnostic: its line, counted from 1, the words it marks, and what it says."""

    line: int
    marks: str
    says: str


class LanguageServer:
    """The server in a process of its own, and a folder that it works in."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.folder = folder
        self._opened = 0
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._asked = 0
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        can = {
            "workspace": {"configuration": True},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
        }
        root = folder.as_uri()
        folders = [{"uri": root, "name": folder.name}]
        self.ask("initialize", {"processId": None, "rootUri": root, "capabilities": can, "workspaceFolders": folders})
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": SETTINGS})

    # What an editor does.

    def open(self, name: str, text: str) -> str:
        """Opens a file with this text, which the server has not seen under that name before."""
        self._opened += 1
        uri = (self.folder / f"{self._opened}-{name}").as_uri()
        about = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": about})
        return uri

    def diagnostics(self, name: str, text: str) -> list[Told]:
        """What the server says of a file, in the order of its lines."""
        uri = self.open(name, text)
        while uri not in self._diagnostics:
            self._take(self._next())
        lines = text.splitlines()
        told = [_told(one, lines) for one in self._diagnostics.pop(uri)]
        return sorted(told, key=lambda one: (one.line, one.marks, one.says))

    def completions(self, name: str, text: str) -> dict[str, dict[str, Any]]:
        """What is offered where ``|`` stands in the text, by label."""
        at = _cursor(text)
        uri = self.open(name, text.replace("|", "", 1))
        answer = self.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": at})
        return {one["label"]: one for one in answer["items"]}

    def hover(self, name: str, text: str) -> str:
        """What is shown over the place of ``|`` in the text."""
        at = _cursor(text)
        uri = self.open(name, text.replace("|", "", 1))
        answer = self.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": at})
        return str(answer["contents"]["value"]) if answer else ""

    def close(self) -> None:
        """Ends the server."""
        self.ask("shutdown", None)
        self._notify("exit", None)
        self._process.wait(timeout=PATIENCE)
        self._reader.join(timeout=PATIENCE)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    # The protocol.

    def ask(self, method: str, params: object) -> Any:
        """Asks, and waits for the answer."""
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == self._asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._take(message)

    def _notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _take(self, message: dict[str, Any]) -> None:
        """What the server says or asks of its own accord."""
        method, params = message.get("method"), message.get("params") or {}
        if method == "textDocument/publishDiagnostics":
            self._diagnostics[params["uri"]] = params["diagnostics"]
        elif method == "workspace/configuration":
            wanted = [SETTINGS.get(item.get("section", ""), {}) for item in params["items"]]
            self._send({"id": message["id"], "result": wanted})
        elif "id" in message and method:
            self._send({"id": message["id"], "result": None})

    def _next(self) -> dict[str, Any]:
        return self._messages.get(timeout=PATIENCE)

    def _read(self) -> None:
        for message in _messages(self._process.stdout):
            self._messages.put(message)


def _messages(stream: Any) -> Iterator[dict[str, Any]]:
    while header := stream.readline():
        length = int(header.split(b":")[1])
        while stream.readline().strip():
            pass
        yield json.loads(stream.read(length))


def _cursor(text: str) -> dict[str, int]:
    before = text[: text.index("|")]
    return {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}


def _told(one: dict[str, Any], lines: list[str]) -> Told:
    start, end = one["range"]["start"], one["range"]["end"]
    line = lines[start["line"]] if start["line"] < len(lines) else ""
    marks = line[start["character"] : end["character"]] if end["line"] == start["line"] else line[start["character"] :]
    return Told(start["line"] + 1, marks, one["message"])
