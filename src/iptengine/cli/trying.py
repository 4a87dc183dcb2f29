"""Vignettes played and compared with what they expect, under their own protocol or another one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from iptengine.authoring.loader import load
from iptengine.cli import screen
from iptengine.cli.names import existing_folders, files_under, protocol_source
from iptengine.diagnostics import Span
from iptengine.protocol.protocol import Protocol
from iptengine.testing.trials import How, Trial, try_vignette

SCHEMA = "iptengine.test/1"


def try_vignettes(words: Iterable[str], against: str = "", folders: Iterable[str] = (), form: str = "text") -> int:
    """Plays every vignette that `words` name; 1 when one of them went otherwise than expected."""
    places = existing_folders(folders)
    other = load(protocol_source(against, places), folders=places) if against else None
    trials = []
    for _, path in files_under(words, ("vignette",)):
        trials.append(try_vignette(path, against=other, folders=places))
        if form == "text":
            _tell(trials[-1])
    if form == "json":
        screen.say(json.dumps(_record(trials, other), ensure_ascii=False, indent=2))
    else:
        _count(trials, other)
    return 0 if all(trial.good for trial in trials) else 1


def _tell(trial: Trial) -> None:
    how = (screen.good if trial.good else screen.bad)(trial.how)
    screen.say(f"{how}  {trial.path}: {trial.title}")
    for line in trial.report.splitlines():
        screen.say(f"    {line}")


def _count(trials: Sequence[Trial], other: Protocol | None) -> None:
    counts = Counter(trial.how for trial in trials)
    named: tuple[How, ...] = ("same", "differs", "unplayable") if other else ("passed", "failed")
    line = ", ".join(f"{counts[how]} {how}" for how in named if counts[how] or how != "unplayable")
    if other is not None:
        line = f"under {other.ref}: {line}"
    screen.say((screen.good if all(trial.good for trial in trials) else screen.bad)(line))


def _record(trials: Sequence[Trial], other: Protocol | None) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "against": other.ref if other else None,
        "vignettes": [_of_one(trial) for trial in trials],
    }


def _of_one(trial: Trial) -> dict[str, object]:
    return {
        "file": trial.path,
        "title": trial.title,
        "result": trial.how,
        "findings": [
            {**_place(one.span), "code": one.code, "message": one.message, "hint": one.hint} for one in trial.findings
        ],
        "differences": [
            {
                **_place(one.span),
                "happening": one.happening, "what": one.what, "expected": one.expected, "found": one.found,
            }
            for one in trial.differences
        ],
    }  # fmt: skip


def _place(span: Span) -> dict[str, object]:
    return {"file": span.file, "line": span.line, "column": span.column}
