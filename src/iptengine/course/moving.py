"""A course that goes on under another version of its protocol: asked for, and decided by what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.alerting import alerts_of_a_move
from iptengine.course.carrying import carried_record, turned_back
from iptengine.course.course import Course, Moved
from iptengine.course.desk import Desk
from iptengine.course.events import Event
from iptengine.course.evolve import evolve, fold
from iptengine.course.passage import Passage, by_kind, parts_by_path
from iptengine.course.refusal import Refused
from iptengine.course.settling import OVERRIDABLE, Settling, agreed_terms, terms_of
from iptengine.protocol.protocol import Protocol

Events = Iterator[Event]


def move_protocol(desk: Desk, command: c.MoveProtocol) -> Events:
    """The course moves; what is in the way is told all at once. The alerts of the new protocol are raised with it."""
    to = _to(desk, command)
    back = _taken_back(desk, command)
    names = {kind: dict(renamed) for kind, renamed in command.rename.items()}
    passage = Passage(desk.protocol, to, turned_back(back.names) if back else names, command.replace)
    settling = Settling(passage, desk.course, desk.on, back, command.group)
    settling.settle()
    _passed_over(desk, settling)
    event = desk.event(
        e.ProtocolMoved,
        because=command.because,
        protocol=to.ref,
        digest=to.digest,
        was=desk.protocol.ref,
        was_digest=desk.protocol.digest,
        names=passage.names,
        placed=settling.placed,
        terms=None if agreed_terms(desk.course) else terms_of(to),
        undoes=command.undoes,
    )
    yield event
    yield from alerts_of_a_move(desk, to, evolve(desk.course, event), event, passage.new_risks)


def _to(desk: Desk, command: c.MoveProtocol) -> Protocol:
    """The protocol it goes on under, or a refusal that cannot be passed over."""
    if desk.to is None or desk.to.digest != command.digest:
        raise desk.nonsense("moved_by_clinic", "a course is moved by Clinic.move, which knows both protocols")
    if not command.because.strip():
        raise desk.nonsense("no_reason", "say why the course goes on under another protocol")
    if desk.course.digest == command.digest:
        raise desk.nonsense("already_there", f"the course is under {desk.course.protocol} already")
    if desk.course.digest != desk.protocol.digest:
        raise desk.nonsense("not_its_protocol", "the course is under another protocol than the one it is read by")
    return desk.to


def _taken_back(desk: Desk, command: c.MoveProtocol) -> Moved | None:
    if not command.undoes:
        return None
    back = move_to_undo(desk.course)
    if back is None or back.event != command.undoes or back.was_digest != command.digest:
        raise desk.nonsense("nothing_to_undo", "only the last move of a course can be taken back")
    return back


def move_to_undo(course: Course) -> Moved | None:
    """The move that can be taken back: the one that brought the course to where it is."""
    open_moves = [one for one in course.moves if not one.undone and not one.undoes]
    return open_moves[-1] if open_moves and open_moves[-1].digest == course.digest else None


def _passed_over(desk: Desk, settling: Settling) -> None:
    """Refuse with everything that is in the way; inside a deviation, with what nobody can pass over."""
    firm = [reason for reason in settling.reasons if reason.code not in OVERRIDABLE]
    if settling.reasons and (firm or not desk.override):
        raise Refused(desk.command, settling.reasons, overridable=not firm)
    desk.overridden += [reason.code for reason in settling.reasons]


def declared_names(old: Protocol, new: Protocol) -> dict[str, dict[str, str]]:
    """What a variant of the one before says it calls otherwise; nothing for any other protocol."""
    if new.spec.extends != old.ref:
        return {}
    return by_kind(parts_by_path(old), (said for group in new.spec.changes.values() for said in group.rename.items()))


def told_under(events: Sequence[Event], history: Sequence[Event], digest: str) -> tuple[Event, ...]:
    """Events of a course with the names that another course under that digest has for them.

    They are called as they were recorded, until a move of their course has led to that digest; where none has, as
    they are called now.
    """
    moves = [
        (n, one, fold(Course("told"), history[:n])) for n, one in enumerate(history) if isinstance(one, e.ProtocolMoved)
    ]
    place = {one.id: n for n, one in enumerate(history)} if moves else {}
    return tuple(
        _told_under(one, [(move, before) for n, move, before in moves if n > place[one.id]], digest) for one in events
    )


def _told_under(event: Event, moves: Iterable[tuple[e.ProtocolMoved, Course]], digest: str) -> Event:
    """An event after the moves that lead to a digest, each with the course before it."""
    for move, before in moves:
        if move.was_digest == digest:
            break
        event = carried_record(event, move.names, before)
    return event
