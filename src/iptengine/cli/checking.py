"""Checking files: every mistake at its line, as text or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from iptengine.authoring.loader import check
from iptengine.authoring.measure_files import read_measure
from iptengine.authoring.vignette import check_vignette, protocol_of, read_vignette
from iptengine.cli import screen
from iptengine.cli.names import Sort, files_under
from iptengine.diagnostics import Diagnostic, ProtocolError

SCHEMA = "iptengine.check/1"


def check_files(words: Iterable[str], form: str) -> int:
    """Checks every file that `words` name; 1 when something was found."""
    checked = [(path, _check(sort, path)) for sort, path in files_under(words, ("protocol", "measure", "vignette"))]
    found = [diagnostic for _, diagnostics in checked for diagnostic in diagnostics]
    if form == "json":
        screen.say(json.dumps(_record([path for path, _ in checked], found), ensure_ascii=False, indent=2))
    else:
        _tell(len(checked), found)
    return 1 if found else 0


def _check(sort: Sort, path: str) -> tuple[Diagnostic, ...]:
    if sort == "measure":
        return read_measure(path)[1]
    return _check_vignette(path) if sort == "vignette" else check(path)


def _check_vignette(path: str) -> tuple[Diagnostic, ...]:
    try:
        vignette = read_vignette(path)
        return check_vignette(vignette, protocol_of(vignette))
    except ProtocolError as wrong:
        return wrong.diagnostics


def _tell(files: int, found: list[Diagnostic]) -> None:
    for diagnostic in found:
        screen.say(_shown(diagnostic))
    checked = f"{files} file{'s' if files != 1 else ''} checked"
    if not found:
        screen.say(screen.good(f"{checked}, nothing found"))
        return
    screen.complain(screen.bad(f"{checked}, {len(found)} finding{'s' if len(found) != 1 else ''}"))
    code = Counter(diagnostic.code for diagnostic in found).most_common(1)[0][0]
    screen.complain(f"`iptengine explain {code}` tells more about that rule")


def _shown(diagnostic: Diagnostic) -> str:
    place, rest = str(diagnostic.span), str(diagnostic).removeprefix(f"{diagnostic.span}: error: ")
    return f"{screen.strong(place)}: {screen.bad('error')}: {rest}"


def _record(files: list[str], found: list[Diagnostic]) -> dict[str, object]:
    findings = [
        {
            "file": one.span.file, "line": one.span.line, "column": one.span.column,
            "code": one.code, "message": one.message, "hint": one.hint,
        }
        for one in found
    ]  # fmt: skip
    return {"schema": SCHEMA, "files": files, "findings": findings}
