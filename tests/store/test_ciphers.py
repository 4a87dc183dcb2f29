"""What is enciphered comes back as it was, opens under its own key in its own place only, and leaves structure."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine.course.codec import decode, encode
from iptengine.course.events import Event, NoteWritten, PersonRecorded, Unreadable
from iptengine.course.patient_text import ERASED, words_of
from iptengine.course.stamp import Actor
from iptengine.store.ciphers import CannotOpen, enciphered, is_enciphered, opened
from iptengine.store.port import StoreError
from recordable import ANY_EVENT, READABLE, a_record

KEY = bytes(range(32))
CANARY = "Wilhelmina was beaten"
NOTE = NoteWritten(
    id="c1.1", on=date(2026, 3, 3), at=datetime(2026, 3, 3, 15, tzinfo=UTC), by=Actor("u17", role="therapist"),
    command="c1", text=CANARY,
)  # fmt: skip


def hidden(event: Event = NOTE, **given: Any) -> str:
    return enciphered(encode(event), **{"key": KEY, "course": "a", "number": 7, **given})


def shown(text: str, **given: Any) -> str:
    return opened(text, **{"key": KEY, "course": "a", "number": 7, **given})


def compact(record: dict[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":"))


# -- there and back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", READABLE, ids=lambda kind: kind.kind)
def test_every_kind_of_event_comes_back_letter_by_letter(kind: type[Event]) -> None:
    @settings(max_examples=10, deadline=None)
    @given(a_record(kind), st.booleans())
    def comes_back(event: Event, always: bool) -> None:
        text = encode(event)
        stored = enciphered(text, KEY, course="a", number=7, always=always)
        assert shown(stored) == text
        assert is_enciphered(stored) or (stored == text and not always)
        assert stored.isascii()

    comes_back()


@settings(deadline=None)
@given(ANY_EVENT)
def test_what_is_left_without_the_key_is_an_event_of_the_same_kind(event: Event) -> None:
    left = decode(shown(hidden(event), key=None))
    assert not isinstance(left, Unreadable)
    assert (type(left), left.id, left.on, left.at, left.by) == (type(event), event.id, event.on, event.at, event.by)
    assert (left.because in ("", ERASED)) or "because" not in words_of(event.kind)


def test_a_note_without_its_key() -> None:
    stored = hidden()
    assert CANARY not in stored
    assert shown(stored, key=None) == encode(NOTE).replace(CANARY, ERASED)


def test_a_person_told_of_twice_stays_one_and_nobody_can_say_who_without_the_key() -> None:
    def left(name: str, key: bytes = KEY) -> str:
        event = PersonRecorded(id="c1.1", on=NOTE.on, at=NOTE.at, by=NOTE.by, name=name)
        return str(json.loads(shown(hidden(event, key=key), key=None))["name"])

    assert left("Maria") == left("Maria")
    assert left("Maria") != left("Jo")
    assert left("Maria") != left("Maria", bytes(32))
    assert left("Maria").startswith("[erased-")
    assert len(left("Maria")) == len("[erased-12345678]")


def test_an_event_without_patient_text_is_left_alone_unless_the_course_is_to_be_known_by_it() -> None:
    event = NoteWritten(id="c1.1", on=NOTE.on, at=NOTE.at, by=NOTE.by, text="")
    assert hidden(event) == encode(event)
    assert is_enciphered(hidden(event, always=True))
    assert shown(hidden(event, always=True)) == encode(event)


def test_the_same_text_twice_is_not_the_same_twice() -> None:
    assert hidden() != hidden()


def test_a_seal_that_was_added_afterwards_stays() -> None:
    sealed = compact({**json.loads(hidden()), "seal": "ab"})
    assert json.loads(shown(sealed)) == {**json.loads(encode(NOTE)), "seal": "ab"}
    assert json.loads(shown(sealed, key=None))["seal"] == "ab"


def test_text_that_was_never_enciphered_is_read_as_it_is() -> None:
    for text in (encode(NOTE), "", "{", '{"a":1}', '"sealed_text":"', '{"text":"\\"sealed_text\\":\\""}'):
        assert shown(text) == shown(text, key=None) == text


# -- what does not open ------------------------------------------------------------------------------------------

TOLD = (
    "^the patient text of event 7 of this course does not open with its key: the key is another one, or the event was "
    "altered or moved; run the check of the store, and look where the keys come from$"
)


def test_another_key_is_an_error_and_not_an_erasure() -> None:
    with pytest.raises(CannotOpen, match=TOLD) as no:
        shown(hidden(), key=bytes(32))
    assert (no.value.course, no.value.number) == ("a", 7)
    assert KEY.hex() not in repr(no.value)


@pytest.mark.parametrize("place", [{"course": "b"}, {"number": 8}])
def test_an_event_opens_in_its_own_place_only(place: dict[str, Any]) -> None:
    with pytest.raises(CannotOpen):
        shown(hidden(), **place)


def test_every_byte_that_is_changed_is_found() -> None:
    stored = hidden()
    for place in range(len(stored)):
        spoilt = stored[:place] + chr(ord(stored[place]) ^ 1) + stored[place + 1 :]
        try:
            event = decode(shown(spoilt))
        except CannotOpen:
            continue
        assert isinstance(event, Unreadable), place


def test_the_enciphered_part_of_one_event_does_not_fit_another() -> None:
    first, second = json.loads(hidden()), json.loads(hidden(replace(NOTE, id="c1.2", text="nothing much")))
    second["sealed_text"] = first["sealed_text"]
    with pytest.raises(CannotOpen):
        shown(compact(second))


@pytest.mark.parametrize("part", ["", "AAAA", "\u00e9", "=" * 8, "A" * 64])
def test_a_part_that_nobody_wrote_is_an_error(part: str) -> None:
    with pytest.raises(CannotOpen):
        shown(compact({**json.loads(encode(NOTE)), "sealed_text": part}))


@pytest.mark.parametrize("part", [None, 3, [], {}])
def test_a_part_of_another_sort_makes_the_event_unreadable(part: object) -> None:
    assert isinstance(decode(shown(compact({**json.loads(encode(NOTE)), "sealed_text": part}))), Unreadable)


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = hidden()
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    told = (
        r"^enciphering patient text needs the package cryptography: python -m pip install cryptography; "
        r"the extra \[crypto\] of iptengine brings it$"
    )
    for cause in (hidden, lambda: shown(stored)):
        with pytest.raises(StoreError, match=told):
            cause()
    assert CANARY not in shown(stored, key=None)
