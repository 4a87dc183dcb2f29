"""A form has a key. What else is said under a key that was used is refused, whatever it is, and never told as recorded.

The law is tried upon every kind of command: courses of many protocols are walked by what they offer, each command is
said under a key, then once more, and then with each of its fields changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import iptengine as ipt
from canaries import ANNA, clinic, mark
from erased import end, erase
from filling import PROTOCOLS, START, TEXT, Dice, answers, filled, protocol_at, with_reasons
from iptengine import commands as c
from iptengine.course.codec import BadInput, as_told, command_from_mapping
from iptengine.course.commands import COMMANDS, Command, as_mapping, inputs
from iptengine.course.events import AlertRaised, Event
from iptengine.course.ways import Way
from iptengine.engine.clinic import Clinic
from iptengine.store.keys import MemoryKeys
from iptengine.store.memory import MemoryStore
from recordable import a_record

ELSE = "something else was recorded in this course under this key, and nothing of this was: give it another key"


# -- how a course is walked ----------------------------------------------------------------------------------------


def open_clinic(store: MemoryStore, path: Path, at: datetime) -> Clinic:
    numbers = count(1)
    return Clinic(store, [protocol_at(path)], clock=lambda: at, ids=lambda: f"id-{next(numbers)}")


def copied(store: MemoryStore, path: Path) -> MemoryStore:
    """Another store with the same course."""
    made, protocol = MemoryStore(), protocol_at(path)
    made.keep_protocol(protocol.digest, protocol.content)
    made.append("a", store.read("a"), expected=0)
    return made


class Walk:
    """Somebody who says what a course offers, each time under a key of its own."""

    def __init__(self, path: Path, seed: str, told: Mapping[str, int]) -> None:
        """`told` says how often each kind of command was said by now: what was not is said first."""
        self.told = told
        self.path, self.dice, self.protocol = path, Dice(seed), protocol_at(path)
        self.store, self.today, self.count = MemoryStore(), START, 0
        self.clinic.start(self.protocol.id, by=ANNA, on=START, course="a", called="A.B.")

    @property
    def clinic(self) -> Clinic:
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.count)
        return open_clinic(self.store, self.path, at)

    def steps(self, many: int) -> Iterator[Step]:
        for _ in range(many):
            self.today += timedelta(days=self.dice.number(0, 6))
            for command, role in self.offered():
                self.count += 1
                by, before = ipt.Actor(f"the-{role}", role=role), copied(self.store, self.path)
                done = said(self.clinic, command, by, self.today, f"form-{self.count}")
                if isinstance(done, ipt.Done) and done.events:
                    yield Step(self, command, by, before, done)

    def offered(self) -> Iterator[tuple[Command, str]]:
        """A command for each kind of way, as far as chance goes along with it; the end of the course last, and once."""
        yield from ((command, "therapist") for command in (*self.put_right(), self.session()))
        ways: dict[str, list[Way]] = {}
        for way in self.clinic.ways("a", on=self.today):
            ways.setdefault(way.command.kind, []).append(way)
        for kind in sorted(ways, key=lambda kind: (kind == "end_course", self.told[kind])):
            if not self.told[kind] or (kind != "end_course" and self.dice.once_in(3)):
                way = self.dice.one([way for way in ways[kind] if way.open] or ways[kind])
                yield self.filled(way), self.dice.one(way.by or ("therapist", "supervisor"))

    def filled(self, way: Way) -> Command:
        command = with_reasons(way.command)
        if command.request:
            return command if way.open else c.Deviate(command, because=TEXT)
        if isinstance(command, c.Correct | c.Withdraw | c.Void):
            return command
        return filled(replace(way, command=command), self.dice, self.protocol)

    def put_right(self) -> Iterator[Command]:
        notes = [event.id for event in self.clinic.course("a").notes]
        if notes and self.dice.once_in(2):
            yield c.Correct(self.dice.one(notes), c.WriteNote("as it was"), because=TEXT)
            yield c.Withdraw(self.dice.one(notes), because=TEXT)
            yield c.Void(self.dice.one(notes), because=TEXT)
        plans = self.clinic.course("a").plans
        if plans:
            yield c.Deviate(c.ChangePlan(plans[-1].components[:-1], because=TEXT), because=TEXT)
        yield c.TakeFrom("b", "k1.1", c.WriteNote("on the other form"))

    def session(self) -> Command:
        scores = {name: answers(self.protocol, name, self.dice) for name in self.protocol.measures}
        return c.RecordSession(scores=scores, note=TEXT)


class Step:
    """A command that was said under a key, and recorded."""

    def __init__(self, walk: Walk, command: Command, by: ipt.Actor, before: MemoryStore, done: ipt.Done) -> None:
        self.walk, self.command, self.by, self.done = walk, command, by, done
        self.before, self.on, self.key = before, walk.today, f"form-{walk.count}"

    def again(self, command: Command) -> ipt.Done | Exception:
        return said(self.walk.clinic, command, self.by, self.on, self.key)

    def fresh(self, command: Command) -> list[dict[str, Any]]:
        """What would have been recorded, had this been said in its place."""
        here = open_clinic(copied(self.before, self.walk.path), self.walk.path, self.done.events[0].at)
        done = said(here, command, self.by, self.on, self.key)
        return recorded(done.events) if isinstance(done, ipt.Done) else []


def said(desk: Clinic, command: Command, by: ipt.Actor, on: date, key: str) -> ipt.Done | Exception:
    try:
        return desk.do("a", command, by=by, on=on, key=key)
    except BadInput as no:
        return no


def recorded(events: Sequence[Event]) -> list[dict[str, Any]]:
    """What stands in the record of it; what was told beside it is no part of that."""
    kept = [as_told(event) for event in events if not isinstance(event, AlertRaised)]
    return [{name: value for name, value in one.items() if name != "warnings"} | counted(one) for one in kept]


def counted(told: dict[str, Any]) -> dict[str, Any]:
    """How many were in a group: the clinic counts that itself, and may count others when it is said again."""
    return dict.fromkeys(("size", "together")) if told.get("group") else {}


# -- every field changed -------------------------------------------------------------------------------------------


Field = tuple[str, str]
"""A kind of command, and a field of it."""


def changes(command: Command, protocol: ipt.Protocol) -> Iterator[tuple[Field, Command]]:
    """The command with one field changed, its own or one of a command inside it; each field in several ways."""
    for name in ("on", *inputs(type(command))):
        value = getattr(command, name)
        if isinstance(value, Command):
            yield from ((field, replace(command, **{name: inner})) for field, inner in changes(value, protocol))
        for other in others(value, protocol, name):
            changed = replace(command, **{name: other})
            if can_be_said(changed):
                yield (command.kind, name), changed


def can_be_said(command: Command) -> bool:
    try:
        command_from_mapping(as_mapping(command))
    except BadInput:
        return False
    return True


def others(value: Any, protocol: ipt.Protocol, name: str) -> Iterator[Any]:
    match value:
        case Command():
            yield c.WriteNote("another thing altogether")
            yield c.EnterPhase("nowhere")
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case date():
            yield value + timedelta(days=1)
        case str():
            yield from other_texts(value, protocol)
        case Mapping():
            yield from other_maps(value, protocol, name)
        case list() | tuple():
            yield from (value[1:], (*value, "infant")) if value else (("infant",),)
        case None:
            yield from (7, "words", True, date(2026, 3, 9)) if name != "answers" else ({},)


def other_texts(text: str, protocol: ipt.Protocol) -> Iterator[str]:
    yield f"{text} else"
    if text:
        yield ""
    for names in same_sort(protocol):
        if text in names:
            yield from [name for name in names if name != text][:2]


@cache
def same_sort(protocol: ipt.Protocol) -> tuple[tuple[str, ...], ...]:
    """The names of a protocol, those of one sort together: one of them may stand where another stands."""
    spec = protocol.spec
    stages = [tuple(area.stages or ()) for area in spec.problem_areas.values()]
    components = spec.plan.components if spec.plan else ()
    values = [tuple(fact.one_of) for fact in spec.facts.values() if fact.one_of]
    sorts = [
        spec.phases, spec.problem_areas, protocol.tasks, protocol.measures, spec.facts, spec.contacts, spec.checklists,
        spec.outcomes, components, spec.pauses, spec.charts, ("done", "partly", "declined", "not_done"),
        ("attended", "no_show", "late_cancel"), *stages, *values,
    ]  # fmt: skip
    return tuple(tuple(names) for names in sorts if len(tuple(names)) > 1)


def other_maps(value: Mapping[str, Any], protocol: ipt.Protocol, name: str) -> Iterator[Mapping[str, Any]]:
    if not value:
        yield {"total": 3} if name == "answers" else {"nobody_knows_this": "done"}
    for key, part in value.items():
        yield {k: v for k, v in value.items() if k != key}
        yield from ({**value, key: other} for other in others(part, protocol, key))


NOT_WALKED = frozenset({"start", "adopt", "follow", "note_followed", "import_course", "erase", "move_protocol"})
"""What begins, follows, moves or erases a course is never said to one by `do`, or has no key."""
OFTEN, ROUNDS = 2, 5
"""How often each field of each kind of command is changed, and how often every protocol is walked at most."""


def test_of_every_kind_of_command_a_changed_field_is_never_told_as_recorded_under_a_used_key() -> None:
    tried: Counter[Field] = Counter()
    told: Counter[str] = Counter()
    wanted = {(kind, name) for kind, of in COMMANDS.items() if kind not in NOT_WALKED for name in ("on", *inputs(of))}
    for seed, path in product(range(ROUNDS), PROTOCOLS):
        if seed and wanted <= tried.keys():
            break
        for step in Walk(path, f"{path.name} {seed}", told).steps(3):
            told[step.command.kind] += 1
            if told[step.command.kind] <= 3 * OFTEN:
                check_told_again(step)
            for field, command in changes(step.command, step.walk.protocol):
                if tried[field] < OFTEN:
                    tried[field] += 1
                    check_never_lost(step, field, command)
    assert wanted - tried.keys() == set()


def check_told_again(step: Step) -> None:
    again = step.again(step.command)
    assert isinstance(again, ipt.Done), f"{step.command.kind} was not answered as recorded: {again}"
    assert again.events == step.done.events
    assert again.course == step.done.course


def check_never_lost(step: Step, field: Field, command: Command) -> None:
    answer = step.again(command)
    assert len(step.walk.store.read("a")) == step.done.course.version
    if isinstance(answer, ipt.Done):
        assert step.fresh(command) == recorded(step.done.events), f"{field} was lost"
    else:
        assert str(answer) == ELSE


# -- any words at all ----------------------------------------------------------------------------------------------


@cache
def begun() -> MemoryStore:
    return Walk(ADULT, "any words", Counter()).store


ADULT = next(path for path in PROTOCOLS if path.name == "ipt-adult.protocol.yaml")
ANY_REPORT = st.sampled_from([of for of in COMMANDS.values() if not of.request and of.kind not in NOT_WALKED])
TWO_OF_A_KIND = ANY_REPORT.flatmap(lambda of: st.tuples(a_record(of), a_record(of)))


@settings(max_examples=80, deadline=None)
@given(TWO_OF_A_KIND)
def test_of_two_commands_of_one_kind_the_second_is_told_as_recorded_only_if_it_would_be_recorded_so(
    two: tuple[Command, Command],
) -> None:
    first, second = two
    store, at = copied(begun(), ADULT), datetime(2026, 1, 2, tzinfo=UTC)
    done = said(open_clinic(store, ADULT, at), first, ANNA, START, "form-1")
    assume(isinstance(done, ipt.Done) and done.events)
    assert isinstance(done, ipt.Done)
    again = said(open_clinic(store, ADULT, at), second, ANNA, START, "form-1")
    anew = said(open_clinic(copied(begun(), ADULT), ADULT, at), second, ANNA, START, "form-1")
    same = isinstance(anew, ipt.Done) and recorded(anew.events) == recorded(done.events)
    assert isinstance(again, ipt.Done) == same
    assert len(store.read("a")) == done.course.version


# -- who, when, and what is not on record any more -----------------------------------------------------------------


def refusal(desk: Clinic, *commands: Command, by: ipt.Actor = ANNA, on: date | None = START) -> str:
    before = desk.course("a").version
    with pytest.raises(BadInput) as no:
        desk.do("a", *commands, by=by, on=on, key="form-1")
    assert (no.value.field, desk.course("a").version) == ("key", before)
    return str(no.value)


def with_note(words: str = "slept badly", *, by: ipt.Actor = ANNA, keys: MemoryKeys | None = None) -> Clinic:
    desk = clinic(keys=keys)
    desk.start("ipt-adult", by=ANNA, on=START, course="a", called="A.B.")
    desk.do("a", c.WriteNote(words), by=by, on=START, key="form-1")
    return desk


def test_another_note_under_a_used_key_is_never_told_as_recorded() -> None:
    assert refusal(with_note(), c.WriteNote("afraid to go home")) == ELSE


def test_a_session_of_another_day_under_a_used_key_is_never_told_as_recorded() -> None:
    desk = clinic()
    desk.start("ipt-adult", by=ANNA, on=START, course="a")
    desk.do("a", c.HoldSession(on=START), by=ANNA, key="form-1")
    assert refusal(desk, c.HoldSession(on=START + timedelta(days=7)), on=None) == ELSE


def test_what_would_be_refused_is_not_told_as_recorded_either() -> None:
    assert refusal(with_note(), c.DoTask("no_such_task")) == ELSE
    assert refusal(with_note(), c.EnterPhase("middle")) == ELSE


def test_the_same_words_by_somebody_else_are_not_told_as_theirs() -> None:
    assert refusal(with_note(), c.WriteNote("slept badly"), by=ipt.Actor("u9", role="therapist")) == (
        "somebody else has recorded this in this course under this key, and nothing was recorded now: give it another "
        "key if it is to be recorded as yours, too"
    )


def test_in_a_batch_the_one_that_differs_is_found_wherever_it_stands() -> None:
    desk = clinic()
    desk.start("ipt-adult", by=ANNA, on=START, course="a")
    batch = [c.HoldSession(), c.WriteNote("first"), c.RemindMe("second"), c.WriteNote("third")]
    done = desk.do("a", *batch, by=ANNA, on=START, key="form-1")
    for place in range(len(batch)):
        assert refusal(desk, *batch[:place], c.AssignHomework("else"), *batch[place + 1 :]) == ELSE
    assert refusal(desk, *reversed(batch)) == ELSE
    assert desk.do("a", *batch, by=ANNA, on=START, key="form-1").events == done.events


def test_a_form_without_a_day_posted_again_after_midnight_is_the_same_form() -> None:
    store = copied(begun(), ADULT)
    evening = datetime(2026, 3, 9, 23, 59, tzinfo=timezone(timedelta(hours=2)))
    first = open_clinic(store, ADULT, evening).do("a", c.WriteNote("late"), by=ANNA, key="form-1")
    later = open_clinic(store, ADULT, evening + timedelta(minutes=2))
    assert later.do("a", c.WriteNote("late"), by=ANNA, key="form-1").events == first.events
    assert refusal(later, c.WriteNote("late"), on=date(2026, 3, 10)) == ELSE


CANNOT_TELL = (
    "what was recorded in this course under this key cannot be read any more, so whether this is the same cannot be "
    "told; nothing was recorded now"
)


def test_what_was_erased_cannot_be_compared_and_is_not_told_as_recorded() -> None:
    desk = with_note(mark("note"), keys=MemoryKeys())
    desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 0}), by=ANNA, on=START, key="form-2")
    end(desk, "a")
    erase(desk)
    for words in (mark("note"), "something else"):
        assert refusal(desk, c.WriteNote(words)) == CANNOT_TELL
    answers = {"self_harm": 0}  # scores stay, so they can be compared
    assert desk.do("a", c.Read("phq9", total=9, answers=answers), by=ANNA, on=START, key="form-2").events
    with pytest.raises(BadInput):
        desk.do("a", c.Read("phq9", total=10, answers=answers), by=ANNA, on=START, key="form-2")


def test_what_a_newer_version_wrote_cannot_be_compared_and_is_not_told_as_recorded() -> None:
    store = copied(begun(), ADULT)
    desk = open_clinic(store, ADULT, datetime(2026, 1, 2, tzinfo=UTC))
    desk.do("a", c.WriteNote("slept badly"), by=ANNA, on=START, key="form-1")
    newer = MemoryStore()
    protocol = protocol_at(ADULT)
    newer.keep_protocol(protocol.digest, protocol.content)
    newer.append("a", [text.replace('"kind":"note_written"', '"kind":"told"') for text in store.read("a")], expected=0)
    assert refusal(open_clinic(newer, ADULT, datetime(2026, 1, 2, tzinfo=UTC)), c.WriteNote("slept badly")) == (
        "what was recorded in this course under this key cannot be read by this version of the library, so whether "
        "this is the same cannot be told; nothing was recorded now"
    )
