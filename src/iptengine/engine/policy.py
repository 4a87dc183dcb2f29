"""Who may give which command: a rule that the caller supplies, asked in one place for every command.

The engine knows no users. It asks the policy before it decides, and writes the rule that allowed a command into every
event that came of it. A command that is not allowed is told as an error, never left out in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol as Port
from typing import TypeAlias

from iptengine.course import commands as c
from iptengine.course.codec import BadInput, command_from_mapping
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.stamp import Actor, Stamp
from iptengine.diagnostics import IptengineError
from iptengine.engine.answers import Conflict, Done, GroupDone

_RULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


def _check_rule(rule: str) -> None:
    if not isinstance(rule, str) or not _RULE.fullmatch(rule):
        raise BadInput("rule", "the name of a rule holds letters, digits and . _ : - only, at most 100 of them")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A policy's yes.

    Attributes:
        rule: The name of the rule that allows it, which every event of the command keeps: letters, digits and
            ``. _ : -``, without blanks.
    """

    rule: str

    def __post_init__(self) -> None:
        _check_rule(self.rule)


@dataclass(frozen=True, slots=True, repr=False)
class Denied:
    """A policy's no.

    Attributes:
        rule: The name of the rule that does not allow it; it stands in the error.
        because: A sentence for the person who gave the command. It stands in no error text, and may name whom it likes.
    """

    rule: str
    because: str = ""

    def __post_init__(self) -> None:
        _check_rule(self.rule)

    def __repr__(self) -> str:
        return f"<Denied by {self.rule}>"


Permission: TypeAlias = Allowed | Denied


class Policy(Port):
    """What a caller supplies: any function with these three arguments."""

    def __call__(self, actor: Actor, command: Command, course: Course, /) -> Permission:
        """Whether somebody may give a command to a course.

        Args:
            actor: Who gives it, and in which role.
            command: The command. One that stands inside another (what a deviation asks for, what a correction says
                again, a reading of a whole session) is asked for by itself, too.
            course: The course as it stands, with everything that is hidden from somebody; not begun yet (``started``
                is ``None``) for what begins one.
        """


@dataclass(frozen=True, slots=True, repr=False)
class Denial:
    """One command that a policy did not allow.

    Attributes:
        course: The course it was said to.
        command: The command as it was given, to be said again by somebody who may.
        asked: The kind of the command that was not allowed: of this one, or of one inside it.
        by: Who may not give it.
        rule: The rule that did not allow it.
        because: The policy's own sentence; empty when it gave none.
    """

    course: str
    command: Command
    asked: str
    by: Actor
    rule: str
    because: str = ""

    def __repr__(self) -> str:
        return f"<Denial of {self.asked} by {self.rule}>"


class NotAllowed(IptengineError):
    """The policy of the clinic does not allow a command; whatever else was said beside it is recorded.

    It is an error, and no entry in ``Done.refused``, so that a report (a reading, with its alert) cannot get lost by a
    caller who does not look. Nothing of `denied` is recorded: it is for somebody else to say, or for this person in
    another role.

    Attributes:
        denied: Every command that was not allowed.
        done: What came of the rest; ``None`` when nothing was to be recorded without them (a course that begins).
        conflict: The conflict that the same batch met, when it did: its requests were held back, too.
        group: What came of the rest in each course, of something said to a group.
    """

    def __init__(
        self,
        denied: Iterable[Denial],
        done: Done | None = None,
        *,
        conflict: Conflict | None = None,
        group: GroupDone | None = None,
    ) -> None:
        self.denied = tuple(denied)
        self.done = done
        self.conflict = conflict
        self.group = group
        told = dict.fromkeys(f"{one.asked} is not allowed (rule {one.rule})" for one in self.denied)
        kept = group.courses.values() if group is not None else [done] if done is not None else []
        count = sum(len(one.events) for one in kept)
        rest = f"the rest was recorded: {count} event(s)" if count else "nothing was recorded"
        held = "; its requests were held back, because the course has moved on" if conflict is not None else ""
        super().__init__(f"{'; '.join(told)}; {rest}{held}")


def permitted(policy: Policy | None, course: Course, command: Command) -> str | Denial:
    """The rules that allow a stamped command, and all that stands inside it, joined by blanks; or the first denial.

    Raises:
        BadInput: The policy answered something else.
    """
    if policy is None:
        return ""
    rules: dict[str, None] = {}
    for actor, one in _said(course, command):
        answer: object = policy(actor, one, course)  # a caller's code may answer anything
        match answer:
            case Allowed(rule=rule):
                rules[rule] = None
            case Denied(rule=rule, because=because):
                return Denial(course.id, command, one.kind, actor, rule, because)
            case _:
                told = (
                    "the policy of this clinic answered neither Allowed nor Denied; nothing of this batch was recorded"
                )
                raise BadInput("policy", told)
    return " ".join(rules)


def _said(course: Course, command: Command) -> Iterator[tuple[Actor, Command]]:
    """A command and every command inside it, each with who gives it: a request that waited is still of who asked."""
    stamp = command.stamp
    if stamp is None:
        return
    yield stamp.by, command
    if isinstance(command, c.Approve):
        yield from _approved(course, command, stamp)
        return
    for inner in _inside(command):
        yield from _said(course, replace(inner, stamp=stamp))


def _inside(command: Command) -> Iterator[Command]:
    match command:
        case c.Deviate(command=inner) | c.Correct(command=inner) | c.TakeFrom(command=inner):
            yield inner
        case c.Start(facts=facts):
            yield from (c.RecordFact(name, value, on=command.on) for name, value in facts.items())
        case c.RecordSession():
            yield from _of_a_session(command)
        case _:
            return


def _of_a_session(command: c.RecordSession) -> Iterator[Command]:
    """What a whole session says by itself; the tasks follow from its plan."""
    if command.status == "attended":
        yield c.HoldSession(on=command.on, minutes=command.minutes, mode=command.mode, present=command.present)
    else:
        yield c.MissSession(command.status, on=command.on, why=command.note)
    for measure, values in command.scores.items():
        answers = {name: value for name, value in values.items() if name != "total"}
        yield c.Read(measure, on=command.on, answers=answers, total=values.get("total"))
    if command.status == "attended" and command.note:
        yield c.WriteNote(command.note, on=command.on)


def _approved(course: Course, command: c.Approve, stamp: Stamp) -> Iterator[tuple[Actor, Command]]:
    """The request that is carried out when it is approved; one that cannot be read is refused when it is decided."""
    waiting = course.approval(command.approval)
    if waiting is None:
        return
    try:
        request = command_from_mapping(json.loads(waiting.request))
    except ValueError:  # a `BadInput` is one
        return
    yield from _said(course, replace(request, stamp=replace(stamp, by=waiting.asked_by)))


__all__ = ["Allowed", "Denial", "Denied", "NotAllowed", "Permission", "Policy", "permitted"]
