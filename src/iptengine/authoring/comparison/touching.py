"""What a difference touches: one table of places, and what hangs on alerts, safety components and words of danger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from iptengine.authoring.comparison.difference import MEASURES, Mark, Steps, Touch
from iptengine.authoring.comparison.walk import at

_TASK_KEYS = ("do", "only_if.**", "times", "by", "not_before", "after", "present", "techniques", "minutes",
              "recorded_by", "topic")  # fmt: skip
_TASKS = (
    "phases.*.must.*", "phases.*.each_session.*", "problem_areas.*.must.*", "problem_areas.*.stages.*.must.*",
    "plan.components.*.must.*", "plan.components.*.each_session.*",
)  # fmt: skip

TABLE: tuple[tuple[Touch, str, tuple[str, ...]], ...] = (
    ("safety", "what raises an alert, and what is then asked for", ("alerts.**",)),
    ("safety", "what is measured, when, and who answers it", ("measures.**",)),
    ("safety", "which answer raises the built-in risk alert", ("measure_file.*.items.*.risk.**",)),
    ("safety", "who the treatment is for", ("population",)),
    (
        "safety",
        "who may, must or must not be there",
        ("participants.*.required_if.**", "participants.*.invited_if.**", "participants.*.excluded_if.**"),
    ),
    ("safety", "who is written to, and who takes part", ("contacts.*.to", "contacts.*.present")),
    ("safety", "who gets to see it", ("facts.*.hide_from",)),
    ("safety", "what must not be missed", ("facts.*.first", "**.first")),
    ("safety", "what may not be talked about, and what has to be", ("phases.*.topics.*",)),
    ("safety", "what happens while the course rests, and after", ("pauses.**",)),
    ("safety", "what has to wait for somebody else", ("approvals.**",)),
    ("safety", "what may interrupt the plan for safety", ("plan.components.*.interrupts",)),
    ("safety", "when, how and from where a course can end", ("calendar.**", "termination.**", "outcomes.**")),
    ("fidelity", "who the treatment is for", ("population",)),
    ("fidelity", "what the contract may agree", ("contract.**", "group.**")),
    ("fidelity", "when, how and from where a course can end", ("calendar.**", "termination.**", "outcomes.**")),
    ("fidelity", "what each session holds", ("sessions.**", "phases.*.hour", "phases.*.hour.**")),
    ("fidelity", "what a plan is made of, and its doses", ("plan.**",)),
    ("fidelity", "which phases there are, when they are, and how one leads to the next", (
        "start", "phases", "phases.*", "phases.*.window", "phases.*.dates", "phases.*.focus_work", "phases.*.next.**",
        "charts.**",
    )),
    ("fidelity", "what may be talked about", ("phases.*.topics.*", "topics.*")),
    ("fidelity", "what the work is on, and how it moves from stage to stage", (
        "focus.**", "problem_areas", "problem_areas.*", "problem_areas.*.choose_when", "problem_areas.*.with_person",
        "problem_areas.*.restage", "problem_areas.*.stages", "problem_areas.*.stages.*",
        "problem_areas.*.stages.*.recognise", "problem_areas.*.stages.*.final", "problem_areas.*.stages.*.next.**",
    )),
    ("fidelity", "what the therapist must do", (
        *(task.removesuffix(".*") for task in _TASKS), *_TASKS,
        *(f"{task}.{key}" for task in _TASKS for key in _TASK_KEYS),
    )),
    ("fidelity", "how a task is done", ("techniques.*", "techniques.*.steps", "techniques.*.steps.*")),
    ("fidelity", "how a score comes about and what it means", ("measure_file.**",)),
)  # fmt: skip
"""What is touched, why in words, and at which places: ``*`` stands for one name, ``**`` for anything from there on."""

UNMARKED = frozenset({"source", "sources"})
"""What a statement rests on touches neither, wherever it stands."""

DANGER = (
    "suicid", "self_harm", "self-harm", "harm", "risk", "violen", "abus", "coerc", "danger", "fear", "safe", "death",
    "dead", "kill", "psychos", "mania", "emergenc", "item 9", "item_nine",
)  # fmt: skip
"""A statement in which a word begins like one of these speaks of danger; what it touches is left to the reader."""

_LINES = frozenset({"must", "each_session", "may", "if", "items"})
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def danger_in(text: str) -> list[str]:
    """The words of a text that begin like a word of danger, small, in their order.

    Example:
        >>> danger_in("Ask about self-harm and Fears; not harmless, not unsafe")
        ['self-harm', 'fears', 'harmless']
    """
    small, found, at = text.lower(), [], 0
    if not any(word in small for word in DANGER):
        return []
    while at < len(small):
        begun = "" if at and small[at - 1] in _LETTERS else _begun(small, at)
        end = at + (len(begun) or 1)
        while begun and end < len(small) and small[end] in _LETTERS:
            end += 1
        if begun:
            found.append(small[at:end])
        at = end
    return found


def _begun(text: str, at: int) -> str:
    return next((word for word in DANGER if text.startswith(word, at)), "")


def _lies_at(place: Steps, path: Steps) -> bool:
    """Whether a path is one that a place of the table speaks of: ``*`` is any step, ``**`` any number of them."""
    if place[0] == "**":
        return bool(path) and _same_step(place[-1], path[-1])
    if place[-1] == "**":
        return len(path) >= len(place) - 1 and all(map(_same_step, place[:-1], path))
    return len(path) == len(place) and all(map(_same_step, place, path))


def _same_step(wanted: str, step: str) -> bool:
    return wanted in ("*", step)


_ROWS = tuple((Mark(touch, why), tuple(tuple(place.split(".")) for place in places)) for touch, why, places in TABLE)


class Touching:
    """What is touched in two contents that are compared."""

    def __init__(self, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        self._contents = (before, after)

    def marks(self, paths: Sequence[Steps], words: Iterable[str]) -> tuple[Mark, ...]:
        """What is touched by a difference: its paths, those of all it holds, and its words; safety first.

        Words of danger are a reason where no place is one.
        """
        found = dict.fromkeys(mark for path in paths for mark in self._at(path))
        spoken = dict.fromkeys(word for text in words for word in danger_in(text))
        if spoken and not any(mark.touch == "safety" for mark in found):
            found.setdefault(Mark("safety", f"speaks of danger: {', '.join(spoken)}"))
        return tuple(sorted(found, key=lambda mark: mark.touch, reverse=True))

    def _at(self, path: Steps) -> Iterable[Mark]:
        if UNMARKED & set(path[1:]):
            return
        place = ("measure_file", *path[1:]) if path[:1] == (MEASURES,) else path[1:]
        yield from (mark for mark, rows in _ROWS if any(_lies_at(row, place) for row in rows))
        yield from self._hanging(place)

    def _hanging(self, place: Steps) -> Iterable[Mark]:
        """What a place touches by what hangs on it."""
        if place[:1] in (("facts",), ("measure_file",)) and place[1:2] and place[1] in self._alerting:
            yield Mark("safety", "an alert rests on it")
        if place[:2] == ("plan", "components") and place[2:3] and self._any(("protocol", *place[:3], "interrupts")):
            yield Mark("safety", "part of a safety component")
        line = _line_of(place)
        if line and line[-2] != "if" and self._any(("protocol", *line, "first")):
            yield Mark("safety", "a task that must not be missed")

    def spoken(self, paths: Iterable[Steps]) -> Iterable[str]:
        """The texts of every task and every what-if that a path stands in, on both sides: they are read as one."""
        for path in paths:
            line = _line_of(path)
            for content in self._contents if line else ():
                yield from texts_in(at(content, line))

    def _any(self, path: Steps) -> bool:
        return any(at(content, path) is True for content in self._contents)

    @cached_property
    def _alerting(self) -> frozenset[str]:
        """Every name in what raises the alerts of either side: facts and measures among them."""
        raised = [at(content, ("protocol", "alerts")) for content in self._contents]
        return frozenset(
            name
            for alerts in raised
            if isinstance(alerts, Mapping)
            for alert in alerts.values()
            if isinstance(alert, Mapping)
            for text in texts_in(alert.get("raise_if"))
            for name in _NAME.findall(text)
        )


def _line_of(path: Steps) -> Steps:
    """The path of the task, the question or the what-if that a path stands in; empty for any other."""
    return next((path[: end + 2] for end in range(2, len(path) - 1) if path[end] in _LINES), ())


def texts_in(value: object) -> Iterable[str]:
    """Every text in a value but names, and what it rests on."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in UNMARKED:
                yield from texts_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts_in(inner)
