"""A clinic without the keys of a store, or with others, writes nothing into it that would be damage there for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from unittest.mock import patch

import pytest

import iptengine as ipt
from canaries import CANARY
from iptengine import commands as c
from iptengine.store import chain
from iptengine.store.keys import MemoryKeys
from iptengine.store.memory import MemoryStore
from phrases import START, variant, week
from stores import fresh_store

ANNA = ipt.Actor("u17", role="therapist")
LEADERS = ("u17", "u9")
KEY, OTHER = b"a key of the clinic, kept elsewhere", b"a key of some other clinic"
RISKY = c.Read("phq9", answers={"self_harm": 2})

GIVE = (
    ": give the clinic the key of the store, and no other: Clinic(store, protocols, seal_key=...); or hand the course "
    "over to another store by export and import, which seals it anew; or look with ipt.verify. Nothing was recorded"
)
UNDER_A_KEY = f"the last event of this course was sealed with a key that was not given, or was changed since{GIVE}"
UNDER_ANOTHER = (
    f"the last event of this course was sealed with another key than the one given, or was changed since{GIVE}"
)
UNDER_NONE = f"the last event of this course was sealed without a key, and a key was given{GIVE}"


def clinic(store: ipt.Store, key: bytes | None = None, keys: ipt.CourseKeys | None = None) -> ipt.Clinic:
    adult = variant("ipt-adult", {})
    newer = variant("ipt-adult", {"version": "1.1.0", "phases.ending.aim": "Say goodbye, and what comes now"})
    grouped = variant("small", {"group.size": "2..5", "group.facilitators": "1..2"})
    return ipt.Clinic(store, [adult, newer, grouped], seal_key=key, keys=keys)


def begun(store: ipt.Store, key: bytes | None = None, *courses: str) -> None:
    for course in courses or ("a",):
        clinic(store, key).start("ipt-adult@1.0.0", by=ANNA, on=START, course=course)


def note(made: ipt.Clinic, course: str = "a") -> ipt.Done:
    return made.do(course, c.WriteNote("as we said", on=week(2)), by=ANNA)


# -- seals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sealed_with", "given", "told"),
    [(KEY, None, UNDER_A_KEY), (KEY, OTHER, UNDER_ANOTHER), (None, KEY, UNDER_NONE)],
)
def test_a_course_is_written_to_under_the_seals_it_has_or_not_at_all(
    sealed_with: bytes | None, given: bytes | None, told: str
) -> None:
    store = fresh_store()
    begun(store, sealed_with)
    with pytest.raises(ipt.StoreError) as wrong:
        note(clinic(store, given))
    assert str(wrong.value) == told
    assert len(store.read("a")) == 1
    assert note(clinic(store, sealed_with)).course.version == 2
    assert ipt.verify(store, key=sealed_with).state == "not anchored"


def test_a_clinic_without_the_key_reads_lists_and_alerts_as_before() -> None:
    store = fresh_store()
    begun(store, KEY)
    clinic(store, KEY).do("a", RISKY, by=ANNA, on=week(2))
    own, other = clinic(store, KEY), clinic(store)
    assert other.alerts() == own.alerts() != ()
    assert other.due(on=week(2)) == own.due(on=week(2))
    assert other.agenda("a", on=week(2)).text == own.agenda("a", on=week(2)).text
    assert other.ways("a", on=week(2)) == own.ways("a", on=week(2))


def test_a_course_handed_over_to_another_store_goes_on_under_the_key_of_that_one() -> None:
    here, there = fresh_store(), fresh_store()
    begun(here)
    ipt.import_course(there, ipt.export_course(here, "a"), seal_key=KEY)
    note(clinic(there, KEY))
    assert ipt.verify(there, key=KEY).state == "not anchored"


@pytest.mark.parametrize(
    "act",
    [
        lambda made: made.void("a", made.events("a")[-1].id, to="b", because="wrong patient", by=ANNA, on=week(2)),
        lambda made: made.void("b", made.events("b")[-1].id, to="a", because="wrong patient", by=ANNA, on=week(2)),
        lambda made: made.follow("a", "ipt-adult@1.0.0", by=ANNA, on=week(2), new="new", because="a relapse"),
        lambda made: made.move("a", variant("ipt-adult", {"version": "1.1.0"}), by=ANNA, on=week(2), because="new"),
    ],
    ids=["void", "void to", "follow", "move"],
)
def test_what_speaks_to_two_courses_is_recorded_in_neither_where_one_is_sealed_otherwise(
    act: Callable[[ipt.Clinic], object],
) -> None:
    store = fresh_store()
    begun(store, KEY)
    begun(store, None, "b")
    note(clinic(store, KEY))
    note(clinic(store), "b")
    before = list(store.feed())
    with pytest.raises(ipt.StoreError) as wrong:
        act(clinic(store))
    assert str(wrong.value) == UNDER_A_KEY
    assert list(store.feed()) == before


def test_a_group_member_sealed_otherwise_holds_back_no_other_and_is_named() -> None:
    here, store = fresh_store(), fresh_store()
    for course in ("ann", "bob", "cleo"):
        clinic(here).start("ipt-small", by=ANNA, on=START, course=course)
    clinic(here).form_group("tuesday", ("ann", "bob", "cleo"), facilitators=LEADERS, by=ANNA, on=START)
    for course, key in (("ann", KEY), ("bob", None), ("cleo", KEY)):
        ipt.import_course(store, ipt.export_course(here, course), seal_key=key)
    own = {"ann": (RISKY,), "cleo": (RISKY,)}
    with pytest.raises(ipt.GroupNotTold) as half:
        clinic(store, KEY).hold_group_session("tuesday", on=week(2), by=ANNA, key="form-1", own=own)
    assert {course: str(why) for course, why in half.value.failed.items()} == {"bob": UNDER_NONE}
    assert list(half.value.done.alerts) == ["ann", "cleo"]


def test_a_course_that_is_damaged_already_keeps_what_is_reported() -> None:
    store = fresh_store()
    begun(store, KEY)
    from_before = clinic(store)
    with patch("iptengine.engine.records.sealed_otherwise", return_value=""):  # as versions before this one did
        note(from_before)
    assert [str(one) for one in ipt.verify(store, key=KEY).problems] == [
        "course a, event 2: it was changed, or does not follow the event before it"
    ]
    done = clinic(store, KEY).do("a", RISKY, by=ANNA, on=week(2))
    assert [alert.state for alert in done.alerts] == ["open"]
    assert len(ipt.verify(store, key=KEY).problems) == 1


def test_one_seal_is_looked_at_for_each_append() -> None:
    store = fresh_store()
    begun(store, KEY)
    made = clinic(store, KEY)
    for _ in range(5):
        note(made)
    with patch.object(chain, "seal", wraps=chain.seal) as seal:
        note(made)
    assert seal.call_count == 2  # the one before, and the new one


# -- keys --------------------------------------------------------------------------------------------------------

NEVER = (
    "the patient text of courses in this store is enciphered, and that of a course begun without keys could never be: "
    "give the clinic its keys: Clinic(store, protocols, keys=...); nothing was recorded"
)


@pytest.mark.parametrize(
    "begins",
    [
        lambda made: made.start("ipt-adult@1.0.0", by=ANNA, on=START, course="b", called=CANARY),
        lambda made: made.adopt(
            "ipt-adult@1.0.0", by=ANNA, on=START, course="b", called=CANARY, phase="middle", sessions_used=4
        ),
        lambda made: made.follow("early", "ipt-adult@1.0.0", by=ANNA, on=START, new="b", called=CANARY, because="so"),
    ],
    ids=["start", "adopt", "follow"],
)
def test_no_course_begins_in_the_clear_beside_enciphered_ones(begins: Callable[[ipt.Clinic], ipt.Done]) -> None:
    store, keys = fresh_store(), MemoryKeys()
    begun(store, None, "early")
    clinic(store, keys=keys).start("ipt-adult@1.0.0", by=ANNA, on=START, course="a")
    before = list(store.feed())
    with pytest.raises(ipt.StoreError) as wrong:
        begins(clinic(store))
    assert str(wrong.value) == NEVER
    assert list(store.feed()) == before
    assert CANARY not in NEVER
    assert begins(clinic(store, keys=keys)).course.id == "b"


def test_a_clinic_that_has_begun_courses_in_the_clear_begins_none_once_others_have_keys() -> None:
    store, keys = fresh_store(), MemoryKeys()
    made = clinic(store)
    for course in ("b", "d"):
        made.start("ipt-adult@1.0.0", by=ANNA, on=START, course=course)
    clinic(store, keys=keys).start("ipt-adult@1.0.0", by=ANNA, on=START, course="a")
    with pytest.raises(ipt.StoreError) as wrong:
        made.start("ipt-adult@1.0.0", by=ANNA, on=START, course="e")
    assert str(wrong.value) == NEVER
    assert note(made, "b").course.version == 2  # what has begun in the clear goes on in the clear


class RolledBack(MemoryStore):
    """A store whose last texts can be rolled back, with their positions."""

    def roll_back(self, course: str) -> None:
        self._feed.pop()
        del self._courses[course]


def test_what_was_rolled_back_is_looked_at_anew() -> None:
    store, keys = RolledBack(), MemoryKeys()
    made = clinic(store)
    made.start("ipt-adult@1.0.0", by=ANNA, on=START, course="b")
    made.start("ipt-adult@1.0.0", by=ANNA, on=START, course="d")
    made.start("ipt-adult@1.0.0", by=ANNA, on=date(2026, 3, 4), course="e")
    store.roll_back("e")
    store.roll_back("d")
    clinic(store, keys=keys).start("ipt-adult@1.0.0", by=ANNA, on=START, course="a")
    with pytest.raises(ipt.StoreError) as wrong:
        made.start("ipt-adult@1.0.0", by=ANNA, on=START, course="g")
    assert str(wrong.value) == NEVER
