"""JSON Schema for editors: of a kind of file, or of the variants of one base."""

from __future__ import annotations

import json
import os

from iptengine.authoring.loader import load
from iptengine.authoring.schema import Sort, schema_for, schema_of
from iptengine.cli import screen
from iptengine.cli.names import base_path, protocol_source
from iptengine.cli.screen import Unclear
from iptengine.protocol.protocol import Protocol


def write_schema(sort: Sort | None, base: str, out: str) -> int:
    """Writes a schema to a file, or to standard output."""
    if base and sort not in (None, "variant"):
        raise Unclear(f"--for makes the schema of a variant; leave out '{sort}'")
    schema = schema_for(_base(base)) if base else schema_of(sort or "protocol")
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":")) + "\n"
    if not out:
        screen.say(text.rstrip("\n"))
        return 0
    with open(out, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    screen.say(f"{schema['title']}: its schema is in {screen.strong(out)}")
    return 0


def _base(word: str) -> Protocol:
    """The base that ``NAME@VERSION``, a name or a path stands for."""
    if "@" not in word or os.path.exists(word):
        return load(protocol_source(word))
    return load(base_path(word, (os.curdir,)))
