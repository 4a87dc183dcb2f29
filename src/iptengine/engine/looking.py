"""What a move to another version would mean for courses: nothing is recorded.

A group stands under one protocol, so what holds back one of its members holds back all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from iptengine.course.course import Alert, Course
from iptengine.course.group_stays import present_stay
from iptengine.course.moving import declared_names
from iptengine.course.passage import Passage
from iptengine.course.settling import OVERRIDABLE, Settling
from iptengine.course.wording import listed
from iptengine.engine.answers import UnknownProtocol
from iptengine.protocol.protocol import Protocol, Reason

if TYPE_CHECKING:
    from iptengine.authoring.comparison import Difference
    from iptengine.authoring.comparison.concerning import Concerning
    from iptengine.authoring.moves_file import MoveRules

Answer = Literal["unaffected", "movable", "blocked"]


@dataclass(frozen=True, slots=True, repr=False)
class Move:
    """What a move to another version would mean for one course.

    Attributes:
        course: Its id.
        protocol: The protocol it is under, id and version; `to` the one it would go to.
        answer: ``unaffected``: nothing differs in what it has used, stands in or can still come to; ``movable``; or
            ``blocked``, by `reasons`.
        differences: What would be different for this course, what touches safety first.
        elsewhere: How many further differences do not concern it.
        reasons: What is in its way.
        overridable: Whether a clinician may move it all the same.
        fewer_alerts: What raises a risk alert now and would raise none afterwards.
        open_alerts: Its risk alerts that no clinician has assessed; they stay as they are.
        group: The group it is in, whose members go on together (`Clinic.move_group`).
    """

    course: str
    protocol: str
    to: str
    answer: Answer
    differences: tuple[Difference, ...] = ()
    elsewhere: int = 0
    reasons: tuple[Reason, ...] = ()
    overridable: bool = False
    fewer_alerts: tuple[str, ...] = ()
    open_alerts: tuple[Alert, ...] = ()
    group: str = ""

    def __repr__(self) -> str:
        return f"<Move {self.course} to {self.to}: {self.answer}>"


def group_now(course: Course) -> str:
    """The group a course is in; empty for none, and once it has ended."""
    stay = present_stay(course) if course.outcome is None else None
    return stay.group if stay else ""


def _goes(course: Course, to: Protocol, ids: Iterable[str]) -> bool:
    """Whether a course is open, and under another version of one of these protocols."""
    under = course.protocol.partition("@")[0]
    return course.started is not None and course.outcome is None and course.digest != to.digest and under in ids


def passage_between(old: Protocol, new: Protocol, rules: MoveRules | None) -> Passage:
    """From one version to the other: by the rules, and by what a variant says of its own renames."""
    from iptengine.authoring.moves_file import passage_by

    if rules is not None and (rules.are_for(old) or rules.to != new.ref):
        return passage_by(rules, old, new)
    return Passage(old, new, declared_names(old, new))


class Looking:
    """A dry run: what differs between two versions is found once for all the courses under the same one."""

    def __init__(
        self, protocols: Callable[[Course], Protocol], to: Protocol, on: date, rules: MoveRules | None
    ) -> None:  # fmt: skip
        self._protocols, self._to, self._on, self._rules = protocols, to, on, rules
        self._found: dict[str, tuple[Passage, Concerning]] = {}

    def moves(
        self, courses: Iterable[Course], ids: Iterable[str], members: Callable[[str], Iterable[Course]] | None
    ) -> tuple[Move, ...]:  # fmt: skip
        """What the move would mean for those of the courses that are open and under another version.

        Args:
            courses: The courses that are looked at.
            ids: The ids of the protocols whose courses go.
            members: The courses of a group, where not every course is looked at.
        """
        found: dict[str, Move] = {}
        behind: defaultdict[str, list[str]] = defaultdict(list)
        for course in courses:
            if (group := group_now(course)) and course.digest != self._to.digest:
                behind[group].append(course.id)
            if _goes(course, self._to, ids):
                found[course.id] = self.move(course)
        for group in dict.fromkeys(move.group for move in found.values() if move.group):
            if members is not None:
                behind[group] = [
                    one.id for one in members(group) if group_now(one) == group and one.digest != self._to.digest
                ]
            self._kept_together(group, found, behind[group])
        return tuple(found.values())

    def _kept_together(self, group: str, found: dict[str, Move], behind: Iterable[str]) -> None:
        """Hold back the members of a group where some of it would not go on."""
        stay = {id: move for id in behind if (move := found.get(id)) is None or move.answer == "blocked"}
        overridable = all(move is not None and move.overridable for move in stay.values())
        for id, move in [(id, move) for id, move in found.items() if move.group == group]:
            others = [one for one in stay if one != id]
            if others:
                reason = self._split(group, others)
                found[id] = replace(move, answer="blocked", reasons=(*move.reasons, reason), overridable=overridable)

    def _split(self, group: str, others: Sequence[str]) -> Reason:
        text = f"the course is in the group '{group}', and a group stands under one protocol"
        who = f"{listed(others)} {'does' if len(others) == 1 else 'do'} not move"
        return Reason("group_split", text, "no", {"sentence": who}, "group", self._to.span(("group",)))

    def move(self, course: Course) -> Move:
        """What the move would mean for one course, its group going with it."""
        if course.unopened:
            return self._shut(course, "course_not_opened", course.unopened)
        try:
            passage, concerning = self._between(course)
        except UnknownProtocol as unknown:
            return self._shut(course, "protocol_not_here", str(unknown))
        group = group_now(course)
        settling = Settling(passage, course, self._on, together=group)
        settling.settle()
        reasons = tuple(settling.reasons)
        differences = concerning.of(course)
        return Move(
            course=course.id,
            protocol=passage.old.ref,
            to=passage.new.ref,
            answer="blocked" if reasons else "movable" if differences else "unaffected",
            differences=differences,
            elsewhere=len(concerning.comparison.differences) - len(differences),
            reasons=reasons,
            overridable=bool(reasons) and all(reason.code in OVERRIDABLE for reason in reasons),
            fewer_alerts=passage.fewer_alerts,
            open_alerts=course.open_risk_alerts,
            group=group,
        )

    def _shut(self, course: Course, code: str, why: str) -> Move:
        """A course that cannot be moved because it, or its protocol, is not to be had here."""
        reason = Reason(code, why, "no", {}, "", self._to.span(()))
        return Move(
            course.id, course.protocol, self._to.ref, "blocked", reasons=(reason,),
            open_alerts=course.open_risk_alerts, group=group_now(course),
        )  # fmt: skip

    def _between(self, course: Course) -> tuple[Passage, Concerning]:
        from iptengine.authoring.comparison.concerning import Concerning

        if course.digest not in self._found:
            passage = passage_between(self._protocols(course), self._to, self._rules)
            self._found[course.digest] = passage, Concerning(passage)
        return self._found[course.digest]
