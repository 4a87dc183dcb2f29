"""Every text that can stand in an event is either structure or patient text, and one table says which."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from iptengine.course.commands import COMMANDS, Command
from iptengine.course.events import EVENTS, Event, Unreadable
from iptengine.course.patient_text import (
    ALWAYS_STRUCTURE,
    ERASED,
    NAMES_IN_REQUESTS,
    STRUCTURE,
    WORDS,
    WORDS_IN_REQUESTS,
    put_back,
    take_out,
    words_of,
)


def texts_in(hint: Any, way: str) -> Iterator[str]:
    """Where text can stand under a field of that type."""
    origin, args = get_origin(hint), get_args(hint)
    if hint in (str, object) or origin is Mapping:
        yield way
    elif origin in (Union, UnionType):
        yield from dict.fromkeys(found for arg in args for found in texts_in(arg, way))
    elif origin in (tuple, Sequence, frozenset):
        yield from texts_in(args[0], way)
    elif is_dataclass(hint):
        hints = get_type_hints(hint)
        for part in fields(hint):
            yield from texts_in(hints[part.name], f"{way}.{part.name}")


def text_fields(kind: type[Any]) -> list[str]:
    hints = get_type_hints(kind)
    return [found for part in fields(kind) for found in texts_in(hints[part.name], part.name)]


# -- the table ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [k for k in EVENTS.values() if k is not Unreadable], ids=lambda kind: kind.kind)
def test_every_text_of_an_event_is_either_structure_or_patient_text(kind: type[Event]) -> None:
    words = words_of(kind.kind)
    structure = (*ALWAYS_STRUCTURE, *STRUCTURE.get(kind.kind, ()))
    assert set(words) & set(structure) == set()
    assert sorted((*words, *structure)) == sorted(text_fields(kind)), (
        f"say in course/patient_text.py of each text of '{kind.kind}' whether it is structure or patient text"
    )


def test_the_table_names_no_event_that_there_is_not() -> None:
    assert {*WORDS, *STRUCTURE} <= EVENTS.keys()


@pytest.mark.parametrize("kind", [k for k in COMMANDS.values() if k.request], ids=lambda kind: kind.kind)
def test_every_text_of_a_request_that_may_wait_is_one_or_the_other(kind: type[Command]) -> None:
    told = {name for name in text_fields(kind) if not name.startswith(("stamp.", "command"))}
    assert told <= NAMES_IN_REQUESTS | WORDS_IN_REQUESTS


def test_no_text_of_a_request_is_both() -> None:
    assert set() == NAMES_IN_REQUESTS & WORDS_IN_REQUESTS


def test_the_reason_for_an_erasure_is_the_one_reason_that_stays() -> None:
    assert [kind for kind in EVENTS if "because" not in words_of(kind)] == ["course_erased"]


# -- taking out and putting back ---------------------------------------------------------------------------------


def out(**record: Any) -> tuple[dict[str, Any], list[tuple[Any, str]]]:
    return record, take_out(record, called=lambda name: f"<{len(name)}>")


def test_a_reason_and_the_texts_of_warnings_are_patient_text_in_every_event() -> None:
    left, words = out(
        kind="pause_ended",
        pause="hospital",
        because="Maria drove her home",
        warnings=[{"code": "a", "text": "one", "path": "x"}, {"code": "b", "text": "two"}],
    )
    assert left == {
        "kind": "pause_ended",
        "pause": "hospital",
        "because": ERASED,
        "warnings": [{"code": "a", "text": ERASED, "path": "x"}, {"code": "b", "text": ERASED}],
    }
    assert words == [
        (["because"], "Maria drove her home"),
        (["warnings", 0, "text"], "one"),
        (["warnings", 1, "text"], "two"),
    ]


def test_scores_stay_and_answers_that_could_not_be_used_go() -> None:
    left, _ = out(kind="reading_taken", measure="phq9", answers={"sleep": 3}, bad=["Maria", "x"], total=3)
    assert left == {
        "kind": "reading_taken", "measure": "phq9", "answers": {"sleep": 3}, "bad": [ERASED, ERASED], "total": 3,
    }  # fmt: skip


def test_two_people_who_were_told_of_stay_two() -> None:
    first, _ = out(kind="person_recorded", name="Maria", confiding=True)
    second, _ = out(kind="person_recorded", name="Jo", confiding=True)
    assert (first["name"], second["name"]) == ("<5>", "<2>")


def test_a_text_that_says_nothing_stays_as_it_is() -> None:
    assert out(kind="note_written", text="") == ({"kind": "note_written", "text": ""}, [])


def test_a_number_and_an_unanswered_fact_stay() -> None:
    for value in (3, None):
        assert out(kind="fact_recorded", fact="drinks", value=value)[1] == []


def test_a_value_that_the_protocol_lists_stays_and_any_other_goes() -> None:
    choices = {"arm": ("ipt", "usual_care"), "room": ()}

    def left(fact: str, value: str) -> object:
        record = {"kind": "fact_recorded", "fact": fact, "value": value, "because": "x"}
        take_out(record, called=str, choices=choices)
        assert record["because"] == ERASED
        return record["value"]

    assert left("arm", "ipt") == "ipt"
    assert left("arm", "Maria") == ERASED
    assert left("room", "Maria") == ERASED
    assert left("unknown", "ipt") == ERASED


def test_a_request_that_waits_still_says_what_was_asked_for_but_not_in_whose_words() -> None:
    asked = {
        "kind": "deviate", "because": "Maria",
        "command": {"kind": "agree_focus", "area": "grief", "person": "Maria", "primary": True, "because": "Maria"},
    }  # fmt: skip
    text = json.dumps(asked, separators=(",", ":"), sort_keys=True)
    record, words = out(kind="approval_requested", request=text, what="agree the focus 'Grief'")
    assert json.loads(record["request"]) == {
        "kind": "deviate", "because": ERASED,
        "command": {"kind": "agree_focus", "area": "grief", "person": ERASED, "primary": True, "because": ERASED},
    }  # fmt: skip
    assert words == [(["request"], text)]
    put_back(record, words)
    assert record["request"] == text


@pytest.mark.parametrize("request_text", ["Maria", "[1]", '"Maria"', '{"to": {"to": "Maria"}, "notes": ["Maria"]'])
def test_a_request_that_no_version_wrote_goes_whole(request_text: str) -> None:
    record, _ = out(kind="approval_given", request=request_text)
    assert record["request"] == ERASED
