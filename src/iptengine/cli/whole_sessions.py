"""A whole session as it is typed in one line, and the commands that say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from iptengine.cli.given_fields import free, pair
from iptengine.cli.screen import Unclear
from iptengine.course.wording import counted

Said = tuple[str, Mapping[str, Any]]
"""The kind of a command and its fields."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WholeSession:
    """What was said of a session; the words behind the options as they were typed."""

    minutes: int | None = None
    mode: str | None = None
    present: Sequence[str] = ()
    missed: str = ""
    why: str = ""
    moved_to: date | None = None
    scores: Sequence[str] = ()
    items: Sequence[str] = ()
    answers: Sequence[str] = ()
    done: Sequence[str] = ()
    deferred: Sequence[str] = ()
    notes: Sequence[str] = ()
    tries: Sequence[str] = ()

    def commands(self, items_of: Callable[[str], Sequence[str]]) -> list[Said]:
        """The reports that say it, the session first.

        Args:
            items_of: The items of a measure in their order.

        Raises:
            Unclear: An option is written otherwise than it should be.
        """
        return [self._meeting(), *self.readings(items_of), *self._tasks(), *self._words()]

    def _meeting(self) -> Said:
        if not self.missed:
            if self.why or self.moved_to:
                raise Unclear("--why and --moved-to say more about --missed; without it they say nothing")
            return "hold_session", {"minutes": self.minutes, "mode": self.mode, "present": self.present}
        if self.minutes is not None or self.mode or self.present:
            raise Unclear(
                "--minutes, --mode and --present are for a session that was held; leave them out, or --missed"
            )
        moved = self.moved_to.isoformat() if self.moved_to else None
        return "miss_session", {"status": self.missed, "why": self.why, "moved_to": moved}

    def readings(self, items_of: Callable[[str], Sequence[str]]) -> Iterator[Said]:
        """The reports of its scores."""
        readings: dict[str, _Reading] = {}
        for word in self.scores:
            measure, total = pair("--score", word)
            readings.setdefault(measure, _Reading()).take_total(measure, total)
        for word in self.items:
            name, answer = pair("--item", word)
            measure, point, item = name.partition(".")
            if not point:
                raise Unclear("behind --item stands MEASURE.ITEM=N")
            readings.setdefault(measure, _Reading()).take_answer(measure, item, answer)
        for word in self.answers:
            measure, listed = pair("--answers", word)
            given = listed.split(",")
            names = items_of(measure)
            if len(given) != len(names):
                raise Unclear(_other_count(measure, names, len(given)))
            for item, answer in zip(names, given, strict=True):
                readings.setdefault(measure, _Reading()).take_answer(measure, item, answer.strip())
        for measure, reading in readings.items():
            yield "read", {"measure": measure, "answers": reading.answers or None, "total": reading.total}

    def _tasks(self) -> Iterator[Said]:
        for word in self.done:
            task, _, techniques = word.partition("=")
            used = [one.strip() for one in techniques.split(",") if one.strip()]
            yield "do_task", {"task": task, "techniques": used}
        for task in self.deferred:
            yield "defer", {"task": task}

    def _words(self) -> Iterator[Said]:
        yield from (("assign_homework", {"text": text}) for text in self.tries)
        yield from (("write_note", {"text": text}) for text in self.notes)


def _other_count(measure: str, names: Sequence[str], given: int) -> str:
    wanted = f"{measure} has {counted(len(names), 'item')}: {', '.join(names)}; --answers has {given}"
    if given == len(names) - 1:
        return f"{wanted}. If it is the last one, {names[-1]}, that was left out, add a comma at the end"
    return f"{wanted}. Leave nothing between two commas for one left out"


@dataclass(slots=True, repr=False)
class _Reading:
    total: Any = None
    answers: dict[str, Any] = field(default_factory=dict)

    def take_total(self, measure: str, total: str) -> None:
        if self.total is not None:
            raise Unclear(f"--score is given twice for {measure}")
        self.total = free(total)

    def take_answer(self, measure: str, item: str, answer: str) -> None:
        if item in self.answers:
            raise Unclear(f"{measure}.{item} is given twice")
        self.answers[item] = free(answer)
