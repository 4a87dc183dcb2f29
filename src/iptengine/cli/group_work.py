"""What is said to a group from the shell: recorded in every member's own course, and told for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date

from iptengine.authoring.kept import open_kept
from iptengine.cli import screen
from iptengine.cli.came_of_it import tell_alerts
from iptengine.cli.course_work import Writing, added, tell_not_now
from iptengine.cli.given_fields import command_of, pair
from iptengine.cli.group_keys import key_now
from iptengine.cli.group_scores import Scores
from iptengine.cli.known_names import check_known, check_tasks
from iptengine.cli.screen import Unclear
from iptengine.cli.taken_back import tell_standing
from iptengine.cli.turned_away import tell_turned_away
from iptengine.cli.typed_lines import Lines, reading_line
from iptengine.course.codec import BadInput
from iptengine.course.commands import Command, MoveChart, Read, RecordFact, as_mapping
from iptengine.course.refusal import Refused
from iptengine.diagnostics import ProtocolError
from iptengine.engine.answers import Done, GroupDone, UnknownCourse
from iptengine.engine.clinic import Clinic
from iptengine.engine.in_turn import GroupNotTold
from iptengine.engine.records import said_under
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import Store, StoreError, UnknownDigest, UnopenedCourse

AGAIN = "some members' courses may hold it already: type the same line again, and what is missing is recorded"


def form(writing: Writing, group: str, courses: Sequence[str], led_by: Sequence[str], because: str) -> int:
    """Forms a group."""
    on = writing.day
    with writing.clinic(*courses) as (_, clinic):
        before = _versions(clinic, courses)
        return _told(
            writing, clinic, before,
            lambda: clinic.form_group(
                group, courses, facilitators=led_by, by=writing.by, on=on, because=because,
                key=key_now(clinic, courses, "form", group, courses, led_by, on),
            ),
        )  # fmt: skip


def join(writing: Writing, group: str, course: str, because: str) -> int:
    """Lets one more course join."""
    with writing.group(group, course) as (_, clinic, _):
        return _one(writing, clinic, lambda: clinic.join_group(
            group, course, by=writing.by, on=writing.day, because=because
        ))  # fmt: skip


def leave(writing: Writing, group: str, course: str, because: str) -> int:
    """Records that a course has left."""
    with writing.group(group, course) as (_, clinic, _):
        return _one(writing, clinic, lambda: clinic.leave_group(
            group, course, by=writing.by, on=writing.day, because=because
        ))  # fmt: skip


def _one(writing: Writing, clinic: Clinic, say: Callable[[], Done]) -> int:
    try:
        return writing.told(clinic, say())
    except Refused as no:
        return tell_not_now(no)


def book(writing: Writing, group: str, *, time: str, minutes: int | None, mode: str | None) -> int:
    """Plans a session."""
    on = writing.day
    return _to_all(writing, group, ("book", group, on, time, minutes, mode), lambda clinic, key: (
        clinic.book_group_session(group, on=on, by=writing.by, key=key, time=time, minutes=minutes, mode=mode)
    ))  # fmt: skip


def hold(
    writing: Writing, group: str, missed: Sequence[str], led_by: Sequence[str], *, minutes: int | None,
    mode: str | None, done: Sequence[str], scores: Scores,
) -> int:  # fmt: skip
    """Records a whole session. The same line typed again records what is missing; another one is not a second."""
    on = writing.day
    absent = _absent(missed)

    own: dict[str, Sequence[Command]] = {}

    def check(members: Sequence[str], protocols: Mapping[str, Protocol]) -> None:
        for protocol in dict.fromkeys(protocols.values()):
            check_tasks(protocol, done)
        own.update(scores.own(members, protocols))

    def held(clinic: Clinic, key: str) -> GroupDone:
        if writing.key is None:
            _check_told_once(clinic, group, on, key, _to_add(writing, own))
        return clinic.hold_group_session(
            group, on=on, by=writing.by, key=key, absent=absent, facilitators=led_by or None, minutes=minutes,
            mode=mode, done=done, own=own,
        )  # fmt: skip

    said = ("session", group, on, sorted(absent.items()), led_by, minutes, mode, done, *scores.said)
    return _to_all(writing, group, said, held, check if done or scores.said else None)


def _to_add(writing: Writing, own: Mapping[str, Sequence[Command]]) -> str:
    """How the scores of the line alone are recorded, each in the course it belongs to."""
    readings = [(course, one) for course, said in own.items() for one in said if isinstance(one, Read)]
    return added([reading_line(writing.store, course, writing.day, one) for course, one in readings])


def _check_told_once(clinic: Clinic, group: str, on: date, key: str, to_add: str) -> None:
    """The session of that day was not told in another line: it would be recorded a second time."""
    told = [meeting for meeting in clinic.group(group).meetings if meeting.on == on]
    for course in (one for meeting in told for one in (*meeting.present, *meeting.absent)):
        with suppress(UnopenedCourse):
            _check_told_so(clinic, course, on, key, to_add)


def _check_told_so(clinic: Clinic, course: str, on: date, key: str, to_add: str) -> None:
    if said_under(key, clinic.events(course)):
        return
    raise Unclear(
        f"the session of {on.isoformat()} was recorded already, and told otherwise; nothing was recorded. "
        "Put right what was wrong in the course it concerns (`iptengine course record ... correct`), and say there "
        "what was left out. If the "
        f"group has met twice that day, or the other line had a --key, name this one with --key{to_add}"
    )


def _absent(missed: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in missed:
        course, status = pair("--missed", word)
        if course in found:
            raise Unclear("a course is named twice behind --missed")
        found[course] = status
    return found


def record(writing: Writing, group: str, kind: str, words: Sequence[str]) -> int:
    """Says the same to every member."""

    def of_one_course(_: int) -> str:
        raise Unclear("an event is one course's own; say it to that course alone")

    judged_of_all = kind == MoveChart.kind and not any(word.startswith("because=") for word in words)
    command = command_of(kind, (*words, "because=") if judged_of_all else words, of_one_course)
    on = writing.day

    def check(_: Sequence[str], protocols: Mapping[str, Protocol]) -> None:
        for protocol in dict.fromkeys(protocols.values()):
            check_known(protocol, [command])

    return _to_all(writing, group, ("record", group, on, as_mapping(command)), lambda clinic, key: (
        clinic.tell_group(group, command, by=writing.by, on=command.on or on, key=key)
    ), check if isinstance(command, RecordFact) else None)  # fmt: skip


# -- what they share ---------------------------------------------------------------------------------------------


def _versions(clinic: Clinic, courses: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for course in courses:
        try:
            found[course] = clinic.course(course).version
        except (UnknownCourse, UnopenedCourse):  # the clinic tells it
            continue
    return found


Check = Callable[[Sequence[str], Mapping[str, Protocol]], None]
"""Looks at what was typed, with the members of the day and the protocols of those that open."""


def _to_all(
    writing: Writing, group: str, said: Sequence[object], say: Callable[[Clinic, str], GroupDone],
    check: Check | None = None,
) -> int:  # fmt: skip
    """Says something to all: under the name that was typed, or under a key made of what the line `said`."""
    with writing.group(group) as (store, clinic, found):
        members = found.on(writing.day)
        before = _versions(clinic, members)
        if check is not None:
            check(members, _protocols(clinic, store, before))
        key = writing.key_of(*said) or key_now(clinic, [member.course for member in found.members], *said)
        name = "another --key" if writing.key else "--key"
        return _told(writing, clinic, before, lambda: say(clinic, key), once_more=f"name the line with {name}")


def _protocols(clinic: Clinic, store: Store, courses: Iterable[str]) -> dict[str, Protocol]:
    """The protocols that courses keep; of one that cannot be opened the clinic tells more."""
    digests = {course: clinic.course(course).digest for course in courses}
    opened: dict[str, Protocol] = {}
    for digest in dict.fromkeys(digests.values()):
        with suppress(UnknownDigest, ProtocolError):
            opened[digest] = open_kept(digest, store.protocol(digest))
    return {course: opened[digest] for course, digest in digests.items() if digest in opened}


def _told(
    writing: Writing, clinic: Clinic, before: Mapping[str, int], say: Callable[[], GroupDone], *, once_more: str = ""
) -> int:  # fmt: skip
    """Prints what came of it: every alert first, then each course, then what could not be recorded.

    Args:
        once_more: How it is recorded a second time, where it can be.
    """
    failed = ""
    try:
        came = say()
    except GroupNotTold as half:
        came, failed = half.done, str(half)
        tell_turned_away(recorded_in=came.courses)
    except Refused as no:
        tell_turned_away()
        return tell_not_now(no)
    except BadInput as wrong:
        raise Unclear(str(wrong)) from None
    except StoreError:
        screen.complain(screen.wrapped(AGAIN))
        raise
    lines: dict[str, Lines] = {}
    for course, done in came.courses.items():
        lines[course] = writing.lines(clinic, course)
        tell_alerts(done, lines[course])
    again = {id for id, done in came.courses.items() if done.events and before.get(id) == done.course.version}
    codes = [
        tell_standing(clinic, done, lines[id], again=id in again, if_right="say it to that course alone")
        for id, done in came.courses.items()
    ]
    if failed:
        screen.complain(screen.wrapped(f"{failed}: type the same line again"))
        return 1
    if not codes:
        screen.say(f"the group {came.group.id} is formed already; nothing was recorded")
    elif once_more and len(again) == len(codes):
        screen.say(f"Nothing was recorded twice. If it happened once more, {once_more}.")
    return max(codes, default=0)


__all__ = ["book", "form", "hold", "join", "leave", "record"]
