"""What was stored comes back as it was, whatever it is; what a caller sends is checked, and never repeated."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine.course import codec
from iptengine.course.codec import (
    BadInput,
    command_from_mapping,
    course_from_json,
    course_to_json,
    decode,
    encode,
)
from iptengine.course.commands import COMMANDS, Command, Correct, Deviate, HoldSession, RecordFact, as_mapping
from iptengine.course.course import Course
from iptengine.course.events import (
    CourseWarning,
    Event,
    FactRecorded,
    NoteWritten,
    ReadingTaken,
    SessionHeld,
    Unreadable,
)
from iptengine.course.evolve import evolve, fold
from iptengine.course.stamp import Actor, recorded_actor
from recordable import ANY_EVENT, READABLE, TEXT, a_record, of

CANARY = "Wilhelmina was beaten"
DAY = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 15, tzinfo=UTC)
ANNA = Actor("u17", role="therapist")


def note(text: str) -> NoteWritten:
    return NoteWritten(id="c1.1", on=DAY, at=AT, by=ANNA, command="c1", text=text)


# -- events ------------------------------------------------------------------------------------------------------


@given(ANY_EVENT)
def test_every_event_comes_back_as_it_was_stored(event: Event) -> None:
    text = encode(event)
    again = decode(text)
    assert again == event
    assert type(again) is type(event)
    assert encode(again) == text
    assert text.isascii()
    assert "\n" not in text


@pytest.mark.parametrize("kind", READABLE, ids=lambda kind: kind.kind)
def test_every_kind_of_event_comes_back(kind: type[Event]) -> None:
    @settings(max_examples=20)
    @given(a_record(kind))
    def comes_back(event: Event) -> None:
        again = decode(encode(event))
        assert (type(again), again) == (kind, event)

    comes_back()


def test_what_is_usual_is_not_written() -> None:
    event = SessionHeld(id="c1.1", on=DAY, at=AT, by=ANNA, command="c1", number=3, mode="phone")
    assert encode(event) == (
        '{"v":1,"kind":"session_held","id":"c1.1","on":"2026-03-03","at":"2026-03-03T15:00:00+00:00",'
        '"by":{"id":"u17","role":"therapist"},"command":"c1","number":3,"mode":"phone"}'
    )


def test_a_warning_is_stored_with_its_event() -> None:
    warned = SessionHeld(
        id="c1.1", on=DAY, at=AT, by=ANNA, warnings=(CourseWarning("same_day", "another session", "contract"),)
    )
    again = decode(encode(warned))
    assert again.warnings == (CourseWarning("same_day", "another session", "contract"),)


@pytest.mark.parametrize("text", ["\ud800 lone", "\udfff", "😀 astral", "a\x00b", "  ", '"}', "é / e\u0301", ""])
def test_the_patients_words_come_back_letter_by_letter(text: str) -> None:
    again = decode(encode(note(text)))
    assert isinstance(again, NoteWritten)
    assert again.text == text


def test_two_halves_of_a_character_come_back_as_the_character() -> None:
    again = decode(encode(note("\ud83d\ude00")))
    assert isinstance(again, NoteWritten)
    assert again.text == "😀"


@pytest.mark.parametrize("total", [12, 12.0, 0, 0.1 + 0.2, -0.0, 10**30])
def test_a_total_keeps_its_form(total: float) -> None:
    again = decode(encode(ReadingTaken(id="a", on=DAY, at=AT, by=ANNA, measure="phq9", total=total)))
    assert isinstance(again, ReadingTaken)
    assert (type(again.total), repr(again.total)) == (type(total), repr(total))


@pytest.mark.parametrize("total", [float("nan"), float("inf")])
def test_a_total_that_is_no_number_is_not_stored(total: float) -> None:
    with pytest.raises(BadInput, match=r"^a number without end, or no number at all, cannot be written down$"):
        encode(ReadingTaken(id="a", on=DAY, at=AT, by=ANNA, measure="phq9", total=total))


def test_a_map_whose_key_is_no_text_is_not_stored() -> None:
    odd: Any = {9: 1}
    with pytest.raises(BadInput, match=r"^a map with a key that is no text cannot be written down$"):
        encode(ReadingTaken(id="a", on=DAY, at=AT, by=ANNA, measure="phq9", answers=odd))


def test_two_events_do_not_share_their_answers() -> None:
    text = encode(ReadingTaken(id="a", on=DAY, at=AT, by=ANNA, measure="phq9"))
    first, second = decode(text), decode(text)
    assert isinstance(first, ReadingTaken)
    assert isinstance(second, ReadingTaken)
    assert first.answers == {}
    assert first.answers is not second.answers


def test_the_people_of_a_course_are_kept_once() -> None:
    text = encode(note("a"))
    assert decode(text).by is decode(text).by


# -- what cannot be read -----------------------------------------------------------------------------------------

STORED: dict[str, Any] = json.loads(encode(note(CANARY)))


def stored(**changes: Any) -> str:
    return json.dumps({**STORED, **changes})


def without(*names: str) -> str:
    return json.dumps({name: value for name, value in STORED.items() if name not in names})


SPOILT = {
    "unknown kind": (stored(kind="from_the_future"), "this version does not know its kind"),
    "kind is a list": (stored(kind=["note_written"]), "this version does not know its kind"),
    "no kind": (without("kind"), "this version does not know its kind"),
    "said to be unreadable": (stored(kind="unreadable"), "this version does not know its kind"),
    "unknown field": (stored(texts="x"), "'texts' is not one of its fields; did you mean 'text'?"),
    "patient text as a field": (stored(**{CANARY: 1}), None),
    "text is a number": (stored(text=7), "'text' must be text"),
    "text is nothing": (stored(text=None), "'text' must be text"),
    "no text": (without("text"), "'text' is missing"),
    "no day": (without("on"), "'on' is missing"),
    "no actor": (without("by"), "'by' is missing"),
    "day without dashes": (stored(on="20260303"), "'on' must be a date, written 2026-03-03"),
    "day as a week": (stored(on="2026-W10-2"), "'on' must be a date, written 2026-03-03"),
    "no such day": (stored(on="2026-02-30"), "'on' must be a date, written 2026-03-03"),
    "day is a time": (stored(on="2026-03-03T15:00:00"), "'on' must be a date, written 2026-03-03"),
    "day is a number": (stored(on=20260303), "'on' must be a date, written 2026-03-03"),
    "time in short": (stored(at="2026-03-03"), "'at' must be a time, written 2026-03-03T15:00:00+01:00"),
    "actor without role": (stored(by={"id": "u17"}), "'by' must be the id and the role of a person"),
    "actor with more": (
        stored(by={"id": "u17", "role": "x", "name": "y"}),
        "'by' must be the id and the role of a person",
    ),
    "warnings are a map": (stored(warnings={}), "'warnings' must be a list"),
    "a warning is text": (stored(warnings=["x"]), "'warnings' must be a map of its fields"),
    "a warning with more": (stored(warnings=[{"code": "a", "text": "b", "line": 1}]), None),
    "no version": (without("v"), "it does not say the version it was written in"),
    "version is true": (stored(v=True), "it does not say the version it was written in"),
    "version is 1.0": (stored(v=1.0), "it does not say the version it was written in"),
    "newer version": (stored(v=2), "it was written by a newer version of this library"),
    "older version": (stored(v=0), "it was written in a version that can no longer be read"),
    "cut off": (encode(note(CANARY))[:-4], "its text is broken or cut off"),
    "empty": ("", "its text is broken or cut off"),
    "two events": (encode(note("a")) * 2, "its text is broken or cut off"),
    "a list": ("[]", "it is not one record of fields"),
    "nothing": ("null", "it is not one record of fields"),
    "not json": (CANARY, "its text is broken or cut off"),
    "a number without end": ('{"v":1,"kind":"reading_taken","total":NaN}', "its text is broken or cut off"),
    "a very deep list": ("[" * 200_000, "its text is broken or cut off"),
    "a very long number": ('{"v":' + "9" * 10_000 + "}", "its text is broken or cut off"),
}


@pytest.mark.parametrize(("text", "why"), SPOILT.values(), ids=SPOILT.keys())
def test_what_cannot_be_read_is_kept_whole_and_says_why(text: str, why: str | None) -> None:
    event = decode(text)
    assert isinstance(event, Unreadable)
    assert event.stored == text
    assert encode(event) == text
    assert CANARY not in event.why + repr(event)
    if why is not None:
        assert event.why == f"a stored event cannot be read: {why}"


def reading(**changes: Any) -> str:
    event = ReadingTaken(id="a", on=DAY, at=AT, by=ANNA, measure="phq9", answers={"mood": 2}, total=2)
    return json.dumps({**json.loads(encode(event)), **changes})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"answers": {"mood": True}}, "'answers.mood' must be a whole number"),
        ({"answers": {"mood": 2.0}}, "'answers.mood' must be a whole number"),
        ({"answers": {"mood": "2"}}, "'answers.mood' must be a whole number"),
        ({"answers": {CANARY: None}}, "'answers.…' must be a whole number"),
        ({"answers": [2]}, "'answers' must be a map of names"),
        ({"total": True}, "'total' must be a number"),
        ({"total": "2"}, "'total' must be a number"),
        ({"total_given": 1}, "'total_given' must be true or false"),
        ({"missing": "self_harm"}, "'missing' must be a list"),
        ({"missing": [9]}, "'missing' must be text"),
    ],
)
def test_a_reading_of_the_wrong_sort_is_never_taken_for_a_score(changes: dict[str, Any], why: str) -> None:
    event = decode(reading(**changes))
    assert isinstance(event, Unreadable)
    assert event.why == f"a stored event cannot be read: {why}"


def test_a_number_beyond_all_numbers_is_not_read_as_a_score() -> None:
    event = decode(reading(total=1).replace('"total": 1', '"total": 1e999'))
    assert isinstance(event, Unreadable)
    assert event.why == "a stored event cannot be read: 'total' must be a number"


@pytest.mark.parametrize("value", [True, 2.0, ["x"]])
def test_a_fact_is_a_text_a_whole_number_or_unanswered(value: object) -> None:
    event = FactRecorded(id="a", on=DAY, at=AT, by=ANNA, fact="room", value="x")
    read = decode(json.dumps({**json.loads(encode(event)), "value": value}))
    assert isinstance(read, Unreadable)
    assert read.why == "a stored event cannot be read: 'value' must be text, a whole number or nothing"


def test_an_unreadable_event_still_says_when_and_by_whom_as_far_as_it_can() -> None:
    event = decode(stored(kind="from_the_future", at="yesterday"))
    assert (event.id, event.on, event.by, event.command) == ("c1.1", DAY, ANNA, "c1")
    assert event.at == datetime.min.replace(tzinfo=UTC)
    event = decode("[]")
    assert (event.id, event.on, event.by, event.command) == ("", date.min, recorded_actor("", ""), "")


@pytest.mark.parametrize(("id", "role"), [("", ""), ("u17", "Assessor "), (" ", "therapist")])
def test_whoever_a_former_version_recorded_is_read_as_it_was_recorded(id: str, role: str) -> None:
    event = FactRecorded(id="a", on=DAY, at=AT, by=recorded_actor(id, role), fact="room", value="x")
    assert decode(encode(event)) == event
    assert (event.by.id, event.by.role) == (id, role)


def test_an_unreadable_correction_takes_nothing_out_of_the_course() -> None:
    course = fold(Course("a"), [note("kept")])
    after = evolve(course, decode(stored(kind="from_the_future", corrects="c1.1", id="c2.1")))
    assert after.notes == (note("kept"),)
    assert [a.text for a in after.anomalies] == ["a stored event cannot be read: this version does not know its kind"]


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda b: b.decode("latin-1")))
def test_no_text_at_all_stops_the_reader(text: str) -> None:
    assert encode(decode(text)) == text


@given(ANY_EVENT, st.data())
def test_one_spoilt_value_is_never_misread(event: Event, data: st.DataObject) -> None:
    raw = json.loads(encode(event))
    name = data.draw(st.sampled_from(sorted(raw)))
    raw[name] = data.draw(st.none() | st.booleans() | st.integers(2) | st.floats() | st.just([[]]) | st.just({"a": []}))
    text = json.dumps(raw)
    again = decode(text)
    if isinstance(again, Unreadable):
        assert again.stored == text
    else:
        assert json.loads(encode(again)).get(name, raw[name]) == raw[name]


# -- former versions ---------------------------------------------------------------------------------------------


def test_an_event_of_a_former_version_is_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codec.UPCASTERS, -1, lambda raw: {**raw, "kind": "note"})
    monkeypatch.setitem(codec.UPCASTERS, 0, lambda raw: {**raw, "kind": f"{raw['kind']}_written"})
    assert decode(stored(v=-1, kind="letter")) == note(CANARY)
    assert decode(stored(v=0, kind="note")) == note(CANARY)


@pytest.mark.parametrize("fault", [KeyError, TypeError, ValueError, AttributeError])
def test_an_event_that_cannot_be_brought_up_is_kept_whole(
    monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def fails(raw: dict[str, Any]) -> dict[str, Any]:
        raise fault(raw["text"])

    monkeypatch.setitem(codec.UPCASTERS, 0, fails)
    text = stored(v=0)
    event = decode(text)
    assert isinstance(event, Unreadable)
    assert event.stored == text
    assert event.why == ("a stored event cannot be read: it could not be brought from its version to the present one")


# -- courses -----------------------------------------------------------------------------------------------------


@st.composite
def some_of_a_course(draw: st.DrawFn) -> Course:
    """A course with up to eight of its parts filled in: all of them at once would be too much to draw."""
    hints = get_type_hints(Course)
    parts = draw(st.sets(st.sampled_from([f.name for f in fields(Course) if f.name != "id"]), max_size=8))
    return Course(draw(TEXT), **{name: draw(of(hints[name])) for name in sorted(parts)})


@settings(max_examples=60)
@given(some_of_a_course())
def test_every_course_comes_back_from_its_json(course: Course) -> None:
    text = course_to_json(course)
    again = course_from_json(text)
    assert again == course
    assert course_to_json(again) == text
    assert course.json() == text


def test_a_correction_keeps_what_was_wrong_in_the_json_of_the_course() -> None:
    right = NoteWritten(id="c2.1", on=DAY, at=AT, by=ANNA, corrects="c1.1", because="typing", text="right")
    course = fold(Course("a"), [note("wrong"), right])
    assert course.corrections[0].was == note("wrong")
    assert course_from_json(course_to_json(course)) == course


@pytest.mark.parametrize(
    ("text", "field", "told"),
    [
        ("{", "", "the text of the course is broken or cut off"),
        ("[]", "schema", "this is not a course written as 'iptengine.course/1'"),
        ('{"id": "a"}', "schema", "this is not a course written as 'iptengine.course/1'"),
        ('{"schema":"iptengine.course/1"}', "id", "the course cannot be read: 'id' is missing"),
        (
            '{"schema":"iptengine.course/1","id":"a","notes":[{"kind":"goal_set"}]}',
            "notes.kind",
            "the course cannot be read: 'notes.kind' must be a kind of event that belongs here",
        ),
        (
            '{"schema":"iptengine.course/1","id":"a","contract":{"sessions":true}}',
            "contract.sessions",
            "the course cannot be read: 'contract.sessions' must be a whole number",
        ),
    ],
)
def test_a_text_that_is_no_course_is_refused_with_the_field(text: str, field: str, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        course_from_json(text)
    assert (caught.value.field, str(caught.value)) == (field, told)


# -- commands ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", COMMANDS.values(), ids=COMMANDS.keys())
def test_every_command_comes_back_from_plain_values(kind: type[Command]) -> None:
    @settings(max_examples=20)
    @given(a_record(kind))
    def comes_back(command: Command) -> None:
        again = command_from_mapping(json.loads(json.dumps(as_mapping(command))))
        assert (type(again), again) == (kind, command)

    comes_back()


def test_a_fact_asked_and_left_unanswered_stays_unanswered() -> None:
    assert command_from_mapping({"kind": "record_fact", "fact": "fear", "value": None}) == RecordFact("fear", None)


def test_a_deviation_carries_its_command() -> None:
    given_ = {"kind": "deviate", "because": "x", "command": {"kind": "hold_session", "on": "2026-03-03"}}
    assert command_from_mapping(given_) == Deviate(HoldSession(on=DAY), because="x")


@pytest.mark.parametrize(
    ("mapping", "field", "told"),
    [
        ({}, "kind", "'kind' must be a kind of command"),
        ({"kind": 3}, "kind", "'kind' must be a kind of command"),
        ({"kind": "reed"}, "kind", "'kind' must be a kind of command; did you mean 'read'?"),
        ({"kind": "read"}, "measure", "'measure' is missing"),
        ({"kind": "read", "measure": True}, "measure", "'measure' must be text"),
        ({"kind": "hold_session", "minutes": True}, "minutes", "'minutes' must be a whole number"),
        ({"kind": "hold_session", "minutes": 50.0}, "minutes", "'minutes' must be a whole number"),
        ({"kind": "hold_session", "on": "3.3.2026"}, "on", "'on' must be a date, written 2026-03-03"),
        ({"kind": "hold_session", "present": CANARY}, "present", "'present' must be a list"),
        ({"kind": "read", "measure": "a", "answers": [1]}, "answers", "'answers' must be a map of names"),
        ({"kind": "write_note", "text": "a", "stamp": {}}, "stamp", "'stamp' is not taken from outside"),
        ({"kind": "write_note", "text": "a", CANARY: 1}, "…", None),
        ({"kind": "fill_checklist", "checklist": "a", "answers": {CANARY: 1}}, "answers.…", None),
        (
            {"kind": "deviate", "because": "a", "command": {"kind": "end_course", "outcome": [CANARY]}},
            "command.outcome",
            "'command.outcome' must be text",
        ),
        (
            {"kind": "deviate", "because": "a", "command": CANARY},
            "command",
            "'command' must be a command: a map of its fields",
        ),
    ],
)
def test_a_wrong_field_is_named_and_its_value_is_not(mapping: dict[str, Any], field: str, told: str | None) -> None:
    with pytest.raises(BadInput) as caught:
        command_from_mapping(mapping)
    assert caught.value.field == field
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    if told is not None:
        assert str(caught.value) == f"the command cannot be used: {told}"


def test_commands_inside_commands_end_somewhere() -> None:
    deep: dict[str, Any] = {"kind": "announce_ending"}
    for _ in range(50):
        deep = {"kind": "correct", "event": "a", "because": "b", "command": deep}
    with pytest.raises(BadInput) as caught:
        command_from_mapping(deep)
    assert str(caught.value) == (
        "the command cannot be used: 'command.command.command.command' has too many commands inside one another"
    )


def test_a_deviation_inside_a_correction_is_not_too_deep() -> None:
    held = HoldSession(on=DAY, minutes=50)
    assert command_from_mapping(as_mapping(Correct("c1.1", Deviate(held, because="a"), because="b"))) == Correct(
        "c1.1", Deviate(held, because="a"), because="b"
    )
