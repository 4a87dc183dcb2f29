"""Vignettes played and compared with what they expect, under their own protocol or another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from iptengine.authoring.loader import open_protocol
from iptengine.cli import screen
from iptengine.cli.findings import finding_record, place_record
from iptengine.cli.names import existing_folders, files_under, protocol_source
from iptengine.protocol.protocol import Protocol
from iptengine.testing.coverage import Coverage, covered
from iptengine.testing.marks import Mark
from iptengine.testing.player import Played
from iptengine.testing.trials import How, Trial, try_vignette, usable

SCHEMA = "iptengine.test/1"


def try_vignettes(
    words: Iterable[str], against: str = "", folders: Iterable[str] = (), form: str = "text", coverage: bool = False
) -> int:
    """Plays every vignette that `words` name; 1 when one of them went otherwise than expected."""
    places = existing_folders(folders)
    opened = open_protocol(protocol_source(against, places), folders=places) if against else None
    other = usable(opened) if opened is not None else None
    trials = []
    for _, path in files_under(words, ("vignette",)):
        trials.append(try_vignette(path, against=opened, folders=places))
        if form == "text":
            _tell(trials[-1])
    reached = coverages(trials) if coverage else ()
    if form == "json":
        record = {**_record(trials, other), **({"coverage": [_reached(one) for one in reached]} if coverage else {})}
        screen.say(screen.json_text(record))
    else:
        _count(trials, other)
        for one in reached:
            screen.say()
            screen.say(one.report)
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
        "findings": [finding_record(one) for one in trial.findings],
        "differences": [
            {
                **place_record(one.span),
                "happening": one.happening, "what": one.what, "expected": one.expected, "found": one.found,
            }
            for one in trial.differences
        ],
    }  # fmt: skip


def coverages(trials: Iterable[Trial]) -> tuple[Coverage, ...]:
    """What the vignettes that could be played reach, protocol by protocol."""
    protocols: dict[str, Protocol] = {}
    plays: dict[str, dict[str, Played]] = {}
    for trial in trials:
        if trial.protocol is not None and trial.played is not None:
            protocols.setdefault(trial.protocol.digest, trial.protocol)
            plays.setdefault(trial.protocol.digest, {})[trial.path] = trial.played
    return tuple(covered(protocol, plays[digest]) for digest, protocol in protocols.items())


def _reached(found: Coverage) -> dict[str, object]:
    return {
        "protocol": found.protocol.ref,
        "vignettes": list(found.vignettes),
        "counts": {kind: {"reached": there, "of": whole} for kind, (there, whole) in found.counts.items()},
        "marks": [
            {
                "kind": mark.kind, "path": mark.where, "how": mark.how, **place_record(found.place(mark)),
                "reached_by": _first(found, mark),
            }
            for mark in found.marks
        ],
    }  # fmt: skip


def _first(found: Coverage, mark: Mark) -> dict[str, str] | None:
    if mark not in found.reached:
        return None
    vignette, happening = found.reached[mark]
    return {"vignette": vignette, "happening": happening}
