"""Courses told to a clinic, for the kinds of events that no vignette has: a move, an erasure, a course that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from iptengine import commands as c
from iptengine.authoring.loader import load
from iptengine.course.stamp import Actor
from iptengine.engine.answers import Done
from iptengine.engine.clinic import Clinic
from iptengine.engine.handing_over import export_course
from iptengine.store.keys import CourseKeys, MemoryKeys
from iptengine.store.memory import MemoryStore

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
ANNA, SAM = Actor("u17", role="therapist"), Actor("u2", role="supervisor")
DAY = date(2026, 3, 3)
LOST = c.EndCourse("lost_to_contact")
SCORES = {"phq9": {"total": 14, "self_harm": 1}}


def week(number: int) -> date:
    """The day of a week of the course."""
    return DAY + timedelta(days=7 * (number - 1))


class Story:
    """A clinic whose clock stands still and whose ids are counted, and its store."""

    def __init__(self, *sources: str, keys: CourseKeys | None = None) -> None:
        ids = count(1)
        self.store = MemoryStore()
        self.protocols = [load(ROOT / source if "/" in source else source) for source in sources]
        self.clinic = Clinic(
            self.store, self.protocols, keys=keys, clock=lambda: datetime(2026, 6, 2, 9, tzinfo=UTC),
            ids=lambda: f"id-{next(ids)}",
        )  # fmt: skip

    def begun(self, course: str) -> Story:
        """A course under the first protocol."""
        self.clinic.start(self.protocols[0].id, by=ANNA, on=DAY, course=course, called="A. R.")
        return self

    def do(self, course: str, *commands: c.Command, on: date | None = None) -> Done:
        """Say something to a course, none of which is refused."""
        done = self.clinic.do(course, *commands, by=ANNA, on=on)
        assert not done.refused, done.refused
        return done

    def exported(self, course: str) -> str:
        """The course as it is handed over."""
        return export_course(self.store, course)


def moved() -> str:
    """A note on the wrong course is voided; the course moves to another protocol, and is recorded in there."""
    story = Story("ipt-adult", "ipt-brief").begun("moved")
    story.do("moved", c.RecordSession(scores=SCORES, note="They slept badly", on=week(1)))
    written = story.do("moved", c.WriteNote("Of somebody else", on=week(2))).events[0]
    story.clinic.void("moved", written.id, because="the same initials", by=ANNA, on=week(2))
    story.do("moved", c.AgreeFocus("role_transition"), on=week(2))
    story.clinic.move("moved", story.protocols[1], by=SAM, on=week(3), because="she starts work again in May")
    story.do("moved", c.RecordSession(scores=SCORES, on=week(4)))
    return story.exported("moved")


def erased() -> str:
    """A course is ended, its alert assessed, its text erased."""
    story = Story("ipt-adult", keys=MemoryKeys()).begun("erased")
    (alert,) = story.do("erased", c.RecordSession(scores=SCORES, note="He cried", on=week(1))).alerts
    story.do("erased", c.AssessAlert(alert.id, found="no plan", plan="weekly", on=week(1)))
    story.do("erased", LOST, on=week(5))
    story.clinic.erase("erased", by=SAM, on=week(9), because="asked for by letter")
    return story.exported("erased")


def _followed() -> Story:
    story = Story("ipt-adult", "ipt-adult-long").begun("followed")
    story.do("followed", c.RecordSession(scores=SCORES, on=week(1)))
    story.do("followed", LOST, on=week(5))
    story.clinic.follow("followed", "ipt-adult-long", by=ANNA, on=week(9), new="follows", because="he came back")
    return story


def followed() -> str:
    """A course that another one follows."""
    return _followed().exported("followed")


def follows() -> str:
    """The course that follows it."""
    return _followed().exported("follows")


def left_a_group() -> str:
    """Four courses meet in a group, and one leaves it."""
    story = Story("examples/open-table.protocol.yaml")
    four = ("left-a-group", "bob", "cem", "dee")
    for course in four:
        story.begun(course)
    story.clinic.form_group("tuesday", four, facilitators=["u17", "u9"], by=ANNA, on=DAY)
    story.clinic.hold_group_session("tuesday", on=week(1), by=ANNA, key="form-1")
    story.clinic.leave_group("tuesday", "left-a-group", by=ANNA, on=week(2), because="she moves away")
    return story.exported("left-a-group")


def in_their_words() -> str:
    """A problem is put into the patient's words, twice, and scored."""
    story = Story("tests/written/own-words.protocol.yaml").begun("in-their-words")
    for number, words in enumerate(("I lie awake and count", "I lie awake"), 1):
        story.do("in-their-words", c.WordItem("own_words", "first", words, on=week(number)))
        score = {"own_words": {"first": 9 - number}}
        story.do("in-their-words", c.RecordSession(scores=score, on=week(number)))
    return story.exported("in-their-words")


def passed_over() -> str:
    """A plan waits for the supervisor, and another takes its place."""
    story = Story("examples/building-blocks.protocol.yaml").begun("passed-over")
    story.do("passed-over", c.HoldSession(on=week(1)))
    first = c.ChoosePlan(order="worry", because="it keeps her from work")
    second = c.ChoosePlan(components=("first_stone", "worry_hour", "doors", "keeping"), because="the nights are good")
    for plan in (first, second):
        story.do("passed-over", plan, on=week(1))
    return story.exported("passed-over")


STORIES: Mapping[str, Callable[[], str]] = {
    "moved": moved,
    "erased": erased,
    "followed": followed,
    "follows": follows,
    "left-a-group": left_a_group,
    "in-their-words": in_their_words,
    "passed-over": passed_over,
}
"""What makes each course, by its id."""
