"""What was recorded can be shown to stand as it was recorded, and what was changed is found and said where."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine import commands as c
from iptengine.authoring.loader import load
from iptengine.course.codec import decode
from iptengine.course.stamp import Actor
from iptengine.engine.clinic import Clinic
from iptengine.protocol.protocol import Protocol
from iptengine.store import chain
from iptengine.store.memory import MemoryStore
from iptengine.store.port import StoreError
from iptengine.store.verification import Anchor, Problem, anchor, anchor_from_json, verify

ANNA = Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
NOW = datetime(2026, 3, 3, 15, tzinfo=UTC)
KEY = b"a key of the clinic, kept elsewhere"
SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"


@cache
def small() -> Protocol:
    return load(SMALL)


def recorded(key: bytes | None = None) -> MemoryStore:
    """Two courses, a of five events and b of one."""
    store = MemoryStore()
    clinic = Clinic(store, [small()], clock=lambda: NOW, seal_key=key)
    for course in ("a", "b"):
        clinic.start("ipt-small", by=ANNA, on=DAY, course=course)
    for note in ("one", "two", "three", "four"):
        clinic.do("a", c.WriteNote(note, on=DAY), by=ANNA)
    assert verify(store, key=key).state == "not anchored"
    return store


def rewritten(store: MemoryStore, courses: dict[str, list[str]]) -> MemoryStore:
    """A store with other events, in the order of their courses."""
    changed = MemoryStore()
    changed._protocols = dict(store._protocols)
    for course, texts in courses.items():
        changed.append(course, texts, expected=0)
    return changed


def told(store: MemoryStore, key: bytes | None = None, against: Anchor | None = None) -> list[str]:
    return [str(problem) for problem in verify(store, key=key, against=against).problems]


def texts(store: MemoryStore) -> dict[str, list[str]]:
    return {course: list(store.read(course)) for course in ("a", "b")}


# -- what a seal is ---------------------------------------------------------------------------------------------------


def test_an_event_reads_the_same_with_its_seal_and_without() -> None:
    for text in recorded().read("a"):
        body, seal = chain.opened(text)
        assert len(seal) == 64
        assert decode(body) == decode(text)


def test_a_note_that_looks_like_a_seal_is_a_note() -> None:
    store = recorded()
    biting = '","seal":"' + "0" * 64 + '"}'
    Clinic(store, [small()], clock=lambda: NOW).do("a", c.WriteNote(biting, on=DAY), by=ANNA)
    assert told(store) == []
    assert decode(store.read("a")[-1]).text == biting  # type: ignore[attr-defined]


def test_a_seal_binds_course_number_and_what_came_before() -> None:
    body = '{"v":1}'
    seals = {
        chain.seal(body, course=course, number=number, before=before, key=key)
        for course in ("a", "b")
        for number in (1, 2)
        for before in ("", "0" * 64)
        for key in (None, KEY, KEY + b"!")
    }
    assert len(seals) == 24


def test_a_short_key_is_refused() -> None:
    with pytest.raises(StoreError, match="a key for seals has at least 16 bytes; make one with"):
        Clinic(MemoryStore(), [], seal_key=b"short")


# -- what is found without an anchor ----------------------------------------------------------------------------------


def changed_text(found: dict[str, list[str]]) -> None:
    found["a"][2] = found["a"][2].replace("two", "too")


def taken_out(found: dict[str, list[str]]) -> None:
    del found["a"][2]


def put_in(found: dict[str, list[str]]) -> None:
    found["a"].insert(2, found["a"][2])


def swapped(found: dict[str, list[str]]) -> None:
    found["a"][2:4] = reversed(found["a"][2:4])


def from_another_course(found: dict[str, list[str]]) -> None:
    found["b"].append(found["a"][1])


def with_an_accent(found: dict[str, list[str]]) -> None:
    found["a"][2] = found["a"][2].replace("two", "tw\u00f6")


def nested_too_deep(found: dict[str, list[str]]) -> None:
    found["a"][4] = '{"digest":' + "[" * 100_000


def without_seal(found: dict[str, list[str]]) -> None:
    found["a"][2] = chain.opened(found["a"][2])[0]


CHANGED = "it was changed, or does not follow the event before it"


@pytest.mark.parametrize(
    ("harm", "wanted"),
    [
        (changed_text, [f"course a, event 3: {CHANGED}"]),
        (taken_out, [f"course a, event 3: {CHANGED}", f"course a, event 4: {CHANGED}"]),
        (put_in, [f"course a, event {n}: {CHANGED}" for n in (4, 5, 6)]),
        (swapped, [f"course a, event {n}: {CHANGED}" for n in (3, 4, 5)]),
        (from_another_course, [f"course b, event 2: {CHANGED}"]),
        (with_an_accent, [f"course a, event 3: {CHANGED}"]),
        (nested_too_deep, ["course a, event 5: it has no seal"]),
        (without_seal, ["course a, event 3: it has no seal", f"course a, event 4: {CHANGED}"]),
    ],
)
@pytest.mark.parametrize("key", [None, KEY])
def test_what_was_changed_is_found_and_said_where(
    harm: Callable[[dict[str, list[str]]], None], wanted: list[str], key: bytes | None
) -> None:
    store = recorded(key)
    found = texts(store)
    harm(found)
    verdict = verify(rewritten(store, found), key=key)
    assert verdict.state == "damaged"
    assert [str(problem) for problem in verdict.problems] == wanted


def test_the_wrong_key_proves_nothing() -> None:
    assert len(told(recorded(KEY), key=KEY + b"!")) == 6
    assert len(told(recorded(KEY))) == 6
    assert len(told(recorded(), key=KEY)) == 6


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_changed_letter_anywhere_is_found(data: st.DataObject) -> None:
    store = recorded()
    found = texts(store)
    course = data.draw(st.sampled_from(sorted(found)))
    number = data.draw(st.integers(0, len(found[course]) - 1))
    text = found[course][number]
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda sign: sign != text[at]))
    found[course][number] = text[:at] + other + text[at + 1 :]
    assert verify(rewritten(store, found)).state == "damaged"


def test_a_protocol_that_is_gone_or_changed_is_told_with_the_courses_that_keep_it() -> None:
    store = recorded()
    ((digest, text),) = store._protocols.items()
    store._protocols[digest] = text.replace("small", "smell", 1)
    wanted = f"the text of the protocol it keeps (digest {digest[:12]}) was changed"
    assert told(store) == [f"course a: {wanted}", f"course b: {wanted}"]
    store._protocols.clear()
    wanted = f"the protocol it keeps (digest {digest[:12]}) is not in the store"
    assert told(store) == [f"course a: {wanted}", f"course b: {wanted}"]


class Unread(MemoryStore):
    """Reads one course otherwise than its feed has it, and another not at all."""

    def read(self, course: str, after: int = 0) -> tuple[str, ...]:
        if course == "b":
            raise StoreError("the course is damaged")
        return tuple(super().read(course, after))[:-1]


def test_a_store_that_reads_a_course_otherwise_than_its_feed_is_told() -> None:
    store = recorded()
    other = Unread()
    other._protocols, other._courses, other._feed = store._protocols, store._courses, store._feed
    assert told(other) == [
        "course a: read by itself it is not what the feed of the store holds of it",
        "course b: it cannot be read: the course is damaged",
    ]


def test_many_problems_are_told_up_to_a_readable_number() -> None:
    store = MemoryStore()
    store.append("a", ['{"v":1}'] * 250, expected=0)
    verdict = verify(store)
    assert len(verdict.problems) == 101
    assert verdict.problems[-1] == Problem("", 0, "150 problems more")
    assert str(verdict.problems[-1]) == "the store: 150 problems more"


# -- what only an anchor finds ----------------------------------------------------------------------------------------


def cut_off(found: dict[str, list[str]]) -> None:
    del found["a"][3:]


def gone(found: dict[str, list[str]]) -> None:
    del found["b"]


def written_anew(found: dict[str, list[str]]) -> None:
    bodies = [chain.opened(text)[0].replace("two", "too") for text in found["a"]]
    found["a"] = list(chain.chained(tuple(bodies), course="a", after=0, before="", key=None))


@pytest.mark.parametrize(
    ("harm", "wanted"),
    [
        (cut_off, ["course a: it had 5 events when it was anchored, and has 3"]),
        (gone, ["course b: it had 1 events when it was anchored, and has 0"]),
        (written_anew, ["course a, event 5: it is not the event that was anchored"]),
    ],
)
def test_what_the_seals_cannot_show_an_anchor_shows(
    harm: Callable[[dict[str, list[str]]], None], wanted: list[str]
) -> None:
    store = recorded()
    made = anchor(store, at=NOW)
    found = texts(store)
    harm(found)
    changed = rewritten(store, found)
    assert (verify(changed).state, verify(changed).problems) == ("not anchored", ())
    assert told(changed, against=made) == wanted
    printed = Anchor(made.at, made.position, made.digest)
    assert told(changed, against=printed) == ["the store: up to position 6 it is not what was anchored"]


def test_a_keyed_chain_cannot_be_written_anew_without_the_key() -> None:
    store = recorded(KEY)
    found = texts(store)
    written_anew(found)
    assert len(told(rewritten(store, found), key=KEY)) == 5


def test_events_moved_about_in_the_feed_are_seen_with_an_anchor() -> None:
    store = recorded()
    made = anchor(store, at=NOW)
    other = rewritten(store, dict(reversed(texts(store).items())))
    assert told(other) == []
    assert told(other, against=made) == ["the store: up to position 6 it is not what was anchored"]


def test_what_came_after_the_anchor_is_counted_and_is_no_damage() -> None:
    store = recorded(KEY)
    made = anchor_from_json(anchor(store, at=NOW).json(KEY), KEY)
    Clinic(store, [small()], clock=lambda: NOW, seal_key=KEY).do("b", c.WriteNote("new", on=DAY), by=ANNA)
    verdict = verify(store, key=KEY, against=made)
    assert (verdict.state, verdict.courses, verdict.events, verdict.since_anchor) == ("intact", 2, 7, 1)


def test_an_empty_store_has_an_anchor_too() -> None:
    made = anchor(MemoryStore(), at=NOW)
    assert (made.position, made.heads, made.digest) == (0, {}, hashlib.sha256().hexdigest())
    assert verify(MemoryStore(), against=made).state == "intact"
    assert verify(recorded(), against=made).since_anchor == 6


# -- anchors kept elsewhere -------------------------------------------------------------------------------------------


def test_an_anchor_comes_back_as_it_was_written() -> None:
    made = anchor(recorded(), at=NOW)
    assert anchor_from_json(made.json()) == made
    assert anchor_from_json(made.json(KEY), KEY) == made
    assert anchor_from_json(made.json(KEY)) == made


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"heads": 1}', "[" * 100_000])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(StoreError, match="this is not an anchor: make one with 'iptengine anchor'"):
        anchor_from_json(text)


def test_an_anchor_of_another_form_or_another_hand_is_refused() -> None:
    made = anchor(recorded(), at=NOW).json(KEY)
    with pytest.raises(StoreError, match="this is not an anchor written as 'iptengine"):
        anchor_from_json(made.replace("anchor/1", "anchor/9"))
    for text, key in (
        (made.replace('"position": 6', '"position": 5'), KEY),
        (made, KEY + b"!"),
        (anchor(recorded(), at=NOW).json(), KEY),
        (re.sub(r'"signature": ".*"', '"signature": 5', made), KEY),
        (re.sub(r'"signature": ".*"', '"signature": "\\\\ud800"', made), KEY),
    ):
        with pytest.raises(StoreError, match="the anchor was not signed with this key, or was changed since"):
            anchor_from_json(text, key)
