"""A group with a member whose course does not open: the others are told, and it is said which was not, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

import iptengine as ipt
from iptengine import commands as c
from iptengine.engine.clinic import Clinic
from iptengine.engine.policy import Allowed, Denied, Permission
from iptengine.store.keys import CourseKeys, FileKeys, KeyDestroyed, KeyLost, MemoryKeys
from iptengine.store.memory import MemoryStore
from iptengine.store.port import DamagedCourse, Store, StoreError
from phrases import WithoutProtocols, variant
from stores import fresh_store

ANNA = ipt.Actor("u17", role="therapist")
DAY = date(2026, 1, 6)
WEEK = timedelta(days=7)
FOUR = ("ann", "bob", "cem", "dee")
LEADERS = ("u17", "u9")
LOST = (
    "the key of this course is not there, and it was not destroyed on purpose: its patient text cannot be read; bring "
    "the keys back from where they are kept safe"
)
DESTROYED = (
    "the key of this course was destroyed, and no erasure of it is on record: its patient text cannot be read, and "
    "nothing more can be recorded in it; begin a new course for what has to be recorded now"
)
AGAIN = "What is recorded stays; say it again under its key when this is mended, and it is recorded where it is missing"


class Losable(MemoryKeys):
    """Keys of which one can be mislaid, and found again."""

    def __init__(self) -> None:
        super().__init__()
        self.mislaid: set[str] = set()

    def key(self, course: str) -> bytes | None:
        if course in self.mislaid:
            raise KeyLost(course)
        return super().key(course)


def clinic(store: Store, keys: CourseKeys | None, policy: ipt.Policy | None = None) -> Clinic:
    ids = count(1)
    protocol = variant("small", {"group.size": "3..5", "group.facilitators": "1..2"})
    clock = lambda: datetime(2026, 1, 6, 18, tzinfo=UTC)  # noqa: E731
    return Clinic(store, [protocol], clock=clock, ids=lambda: f"id-{next(ids)}", keys=keys, policy=policy)


@pytest.fixture
def keys() -> Losable:
    return Losable()


@pytest.fixture
def found(keys: Losable) -> Clinic:
    """A group of four, each course under a key of its own."""
    return grouped(clinic(fresh_store(), keys))


def grouped(made: Clinic) -> Clinic:
    for course in FOUR:
        made.start("ipt-small", by=ANNA, on=DAY, course=course, called=course.upper())
    made.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)
    return made


def kinds(made: Clinic, course: str) -> list[str]:
    return [event.kind for event in made.events(course)][2:]


def meet(made: Clinic) -> ipt.GroupDone:
    return made.hold_group_session("tuesday", on=DAY, by=ANNA, key="form-1", absent={"dee": "no_show"})


def test_a_session_of_the_group_is_recorded_in_all_courses_but_the_one_whose_key_is_lost(
    found: Clinic, keys: Losable
) -> None:
    keys.mislaid.add("bob")
    with pytest.raises(ipt.GroupNotTold) as no:
        meet(found)
    assert str(no.value) == f"this was said to 3 courses of the group, and not in 'bob', because {LOST}. {AGAIN}"
    assert isinstance(no.value, StoreError)
    assert (no.value.done.group.courses, list(no.value.done.courses)) == (FOUR, ["ann", "cem", "dee"])
    assert {course: type(why) for course, why in no.value.failed.items()} == {"bob": KeyLost}
    assert [kinds(found, course) for course in ("ann", "cem", "dee")] == [
        ["session_held"], ["session_held"], ["session_missed"],
    ]  # fmt: skip
    keys.mislaid.clear()
    assert kinds(found, "bob") == []


def test_the_risk_alert_of_the_member_that_does_not_open_is_told_with_it(found: Clinic, keys: Losable) -> None:
    risk = found.do("bob", c.Read("phq9", total=9, answers={"self_harm": 2}), by=ANNA, on=DAY).alerts
    keys.mislaid |= {"bob", "cem"}
    with pytest.raises(ipt.GroupNotTold) as no:
        meet(found)
    assert [alert.text for alert in no.value.alerts] == [risk[0].text]
    assert no.value.alerts == no.value.failed["bob"].alerts


def test_a_session_of_the_group_is_recorded_in_all_courses_but_the_one_whose_key_file_is_damaged(
    tmp_path: Path,
) -> None:
    keys = FileKeys(tmp_path / "keys")
    made = grouped(clinic(fresh_store(), keys))
    keys._file("bob").write_text("")
    with pytest.raises(ipt.GroupNotTold) as no:
        meet(made)
    damaged = (
        "the key of this course is damaged: its file does not hold a key; bring the file back from where the keys are "
        "kept safe"
    )
    assert str(no.value) == f"this was said to 3 courses of the group, and not in 'bob', because {damaged}. {AGAIN}"
    assert list(no.value.done.courses) == ["ann", "cem", "dee"]


def test_once_the_key_is_back_the_same_form_records_what_is_missing_and_nothing_twice(
    found: Clinic, keys: Losable
) -> None:
    keys.mislaid.add("bob")
    with pytest.raises(ipt.GroupNotTold):
        meet(found)
    keys.mislaid.clear()
    done = meet(found)
    assert [kinds(found, course) for course in FOUR] == [["session_held"]] * 3 + [["session_missed"]]
    assert done.group.held[0].present == ("ann", "bob", "cem")


def test_a_destroyed_key_is_told_as_one_that_was_destroyed(found: Clinic, keys: Losable) -> None:
    keys.destroy("cem")
    with pytest.raises(ipt.GroupNotTold) as no:
        meet(found)
    assert str(no.value) == f"this was said to 3 courses of the group, and not in 'cem', because {DESTROYED}. {AGAIN}"
    assert isinstance(no.value.failed["cem"], KeyDestroyed)


def test_with_no_course_that_opens_nothing_is_recorded_and_each_is_named(found: Clinic, keys: Losable) -> None:
    keys.mislaid.update(FOUR)
    with pytest.raises(ipt.GroupNotTold) as no:
        found.tell_group("tuesday", c.AnnounceEnding(), by=ANNA, on=DAY, key="form-2")
    whys = "; ".join(f"not in '{course}', because {LOST}" for course in FOUR)
    assert str(no.value) == f"this was said to 0 courses of the group, and {whys}. {AGAIN}"
    assert dict(no.value.done.courses) == {}


def test_what_the_policy_does_not_allow_is_heard_beside_it(found: Clinic, keys: Losable) -> None:
    def policy(actor: ipt.Actor, command: ipt.Command, course: ipt.Course, /) -> Permission:
        return Denied("not-ann") if course.id == "ann" else Allowed("others")

    held = clinic(found._records._store, keys, policy)
    keys.mislaid.add("bob")
    with pytest.raises(ipt.GroupNotTold) as no:
        meet(held)
    assert no.value.not_allowed is not None
    assert [one.course for one in no.value.not_allowed.denied] == ["ann"]
    assert "session_held" not in kinds(found, "ann")
    assert "hold_session is not allowed (rule not-ann)" in str(no.value)


class Holed(MemoryStore):
    """A store in which the second event of a course is missing."""

    holed = ""

    def read(self, course: str, after: int = 0) -> tuple[str, ...]:
        texts = tuple(super().read(course, after))
        if course == self.holed:
            raise DamagedCourse(course, 3, texts)
        return texts


def test_a_course_with_an_event_missing_holds_back_no_other_member() -> None:
    store = Holed()
    made = clinic(store, None)
    for course in FOUR:
        made.start("ipt-small", by=ANNA, on=DAY, course=course)
    made.form_group("tuesday", FOUR, facilitators=LEADERS, by=ANNA, on=DAY)
    store.holed = "ann"
    with pytest.raises(ipt.GroupNotTold, match="not in 'ann', because the course 'ann' is damaged in this store") as no:
        meet(made)
    assert list(no.value.done.courses) == ["bob", "cem", "dee"]


# -- who is in it, and its page ----------------------------------------------------------------------------------


def test_who_is_in_the_group_and_when_it_met_is_told_without_any_key(found: Clinic, keys: Losable) -> None:
    found.book_group_session("tuesday", on=DAY + WEEK, by=ANNA, key="form-0", time="15:00")
    meet(found)
    whole = found.group("tuesday")
    keys.mislaid.add("ann")
    assert found.group("tuesday") == whole  # with the time as the others have it, and not as a marker
    keys.mislaid.update(FOUR)
    assert found.group("tuesday").courses == FOUR
    assert found.group("tuesday").held == whole.held


@pytest.mark.parametrize("member", ["ann", "dee"])
def test_the_page_of_the_group_names_the_course_that_cannot_be_opened(
    found: Clinic, keys: Losable, member: str
) -> None:
    before = found.group_agenda("tuesday", on=DAY)
    keys.mislaid.add(member)
    for asked in (found, found.reader(ANNA)):
        page = asked.group_agenda("tuesday", on=DAY)
        assert page.problem == ""
        assert page.value is not None
        assert before.value is not None
        (first, *rest) = page.value.first
        assert (first.code, first.text) == ("group_unopened", f"The course {member} cannot be opened: {LOST}.")
        assert (tuple(rest), page.value.steps, page.value.members) == (
            before.value.first, before.value.steps, before.value.members,
        )  # fmt: skip
        assert f"The course {member} cannot be opened" in " ".join(page.text.split())


def test_a_risk_alert_of_the_course_that_cannot_be_opened_heads_the_page(found: Clinic, keys: Losable) -> None:
    found.do("bob", c.HoldSession(on=DAY), c.Read("phq9", total=15, answers={"self_harm": 2}), by=ANNA, on=DAY)
    keys.mislaid.add("bob")
    page = found.group_agenda("tuesday", on=DAY)
    assert page.alerts == ("bob",)
    assert "bob needs your assessment today" in page.text


def test_with_no_course_that_opens_there_is_no_page_but_the_alerts(found: Clinic, keys: Losable) -> None:
    found.do("bob", c.HoldSession(on=DAY), c.Read("phq9", total=15, answers={"self_harm": 2}), by=ANNA, on=DAY)
    keys.mislaid.update(FOUR)
    for asked in (found, found.reader(ANNA)):
        with pytest.raises(ipt.UnknownProtocol) as no:
            asked.group_agenda("tuesday", on=DAY)
        assert (str(no.value), [alert.course for alert in no.value.alerts]) == (LOST, ["bob"])


# -- joining and leaving -----------------------------------------------------------------------------------------


def joins(made: Clinic) -> None:
    made.start("ipt-small", by=ANNA, on=DAY, course="eve")
    made.join_group("tuesday", "eve", by=ANNA, on=DAY)


def leaves(made: Clinic) -> None:
    made.leave_group("tuesday", "dee", by=ANNA, on=DAY + WEEK, because="moved away")


@pytest.mark.parametrize("act", [joins, leaves])
def test_a_member_joins_and_leaves_while_the_course_of_another_does_not_open(
    found: Clinic, keys: Losable, act: Callable[[Clinic], None]
) -> None:
    keys.mislaid.add("ann")
    before = set(found.group("tuesday").courses)
    act(found)
    assert before ^ set(found.group("tuesday").courses) in ({"eve"}, {"dee"})


def test_a_group_is_not_formed_with_a_course_that_does_not_open(found: Clinic, keys: Losable) -> None:
    for course in ("fay", "gus", "hal"):
        found.start("ipt-small", by=ANNA, on=DAY, course=course)
    keys.mislaid.add("hal")
    with pytest.raises(KeyLost) as no:
        found.form_group("friday", ("fay", "gus", "hal"), facilitators=LEADERS, by=ANNA, on=DAY)
    assert (no.value.course, str(no.value)) == (
        "hal",
        "the group 'friday' was not formed, and nothing was recorded now: the course 'hal' does not open, because "
        f"{LOST}. Form the group when this is mended, or form it of the others and let this course join later",
    )
    assert [len(found.events(course)) for course in ("fay", "gus")] == [1, 1]
    keys.mislaid.clear()
    found.form_group("friday", ("fay", "gus", "hal"), facilitators=LEADERS, by=ANNA, on=DAY)
    assert found.group("friday").courses == ("fay", "gus", "hal")


def test_a_group_is_not_formed_with_a_course_whose_protocol_is_not_here() -> None:
    store = WithoutProtocols()
    made = clinic(store, None)
    for course in FOUR:
        made.start("ipt-small", by=ANNA, on=DAY, course=course)
    made.do("bob", c.Read("phq9", total=15, answers={"self_harm": 2}), by=ANNA, on=DAY)
    bare = Clinic(store, [])
    with pytest.raises(ipt.UnknownProtocol, match=r"^the group 'friday' was not formed, .* the course 'bob' ") as no:
        bare.form_group("friday", ("bob", "ann", "cem"), facilitators=LEADERS, by=ANNA, on=DAY)
    assert [alert.course for alert in no.value.alerts] == ["bob"]
    assert kinds(made, "ann") == []
