"""The scores of a session of a group as they are typed, each behind the course it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iptengine.cli.given_fields import made
from iptengine.cli.known_names import check_known, measure_of
from iptengine.cli.screen import Unclear
from iptengine.cli.whole_sessions import WholeSession
from iptengine.course.commands import Command
from iptengine.engine.answers import is_course_id
from iptengine.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class Scores:
    """The words behind the options as they were typed."""

    scores: Sequence[str] = ()
    items: Sequence[str] = ()
    answers: Sequence[str] = ()

    @property
    def said(self) -> tuple[object, ...]:
        """What a line says by them; nothing where it has none."""
        given = (self.scores, self.items, self.answers)
        return given if any(given) else ()

    def own(self, members: Sequence[str], protocols: Mapping[str, Protocol]) -> Mapping[str, Sequence[Command]]:
        """The readings of each course that a line names.

        Args:
            members: The courses in the group on that day.
            protocols: The protocols of those that open. In one that does not, nothing can be recorded; what is typed
                of it is checked by another's.

        Raises:
            Unclear: An option is written otherwise than it should be, the protocol does not know what it names, or a
                course was not in the group; nothing is to be recorded.
        """
        scores = _by_course(self.scores, "--score stands COURSE:MEASURE=TOTAL, as in bob:phq9=17")
        items = _by_course(self.items, "--item stands COURSE:MEASURE.ITEM=N, as in bob:phq9.self_harm=0")
        answers = _by_course(self.answers, "--answers stands COURSE:MEASURE=N,N,...")
        found: dict[str, Sequence[Command]] = {}
        for course in dict.fromkeys((*scores, *items, *answers)):
            _check_member(course, members)
            one = WholeSession(
                scores=scores.get(course, ()), items=items.get(course, ()), answers=answers.get(course, ())
            )
            protocol = protocols.get(course) or next(iter(protocols.values()), None)
            if protocol is not None:  # with none, nothing is recorded of anybody, and the clinic tells why
                found[course] = _readings(one, protocol)
        return found


def _by_course(words: Sequence[str], behind: str) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        course, colon, rest = word.partition(":")
        if not colon or not course:
            raise Unclear(f"behind {behind}")
        found.setdefault(course, []).append(rest)
    return found


def _check_member(course: str, members: Sequence[str]) -> None:
    if course not in members:
        name = f"'{course}'" if is_course_id(course) else "a course of that id"
        raise Unclear(f"{name} was not in the group on that day, and has no score of it; nothing was recorded")


def _readings(session: WholeSession, protocol: Protocol) -> Sequence[Command]:
    said = session.readings(lambda measure: tuple(measure_of(protocol, measure).items))
    given = ((kind, {name: value for name, value in fields.items() if value is not None}) for kind, fields in said)
    commands = tuple(made({"kind": kind, **fields}) for kind, fields in given)
    check_known(protocol, commands)
    return commands


__all__ = ["Scores"]
