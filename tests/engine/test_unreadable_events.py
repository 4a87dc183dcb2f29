"""Law 5 where an event cannot be read: it may have been a risk alert, so one stands for it until it is assessed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import iptengine as ipt
from canaries import adult
from iptengine import commands as c
from iptengine.cli.main import run_command
from iptengine.course.course import Course
from iptengine.course.events import AlertMoved
from iptengine.course.evolve import evolve, fold
from iptengine.course.ways import due as due_of
from iptengine.store.chain import chained, opened
from iptengine.store.keys import MemoryKeys
from iptengine.store.rows import Asked
from phrases import ANNA, START, variant
from stores import fresh_store

DAY = date(2026, 3, 10)
KINDS = ("memory", "sqlite")
ALERT = 3
"""The place of the alert in the course: it begins, an item is answered, and the alert is raised."""
TEXT = (
    "Event {} of this course cannot be read, and with it perhaps an alert. This needs a clinician's assessment today."
)
DO = "Ask what was recorded: a newer version of the library may read it, or the last backup tells it."
ON_PAGE = "Event {} of this course cannot be read, and with it perhaps an alert{}. Needs your assessment today. " + DO


def newer(text: str) -> str:
    return json.dumps({**json.loads(text), "v": 2})


def cut(text: str) -> str:
    return f"{text[: len(text) // 2]}}}"


def misspelt(text: str) -> str:
    return text.replace('"alert_raised"', '"alert_rasied"')


def forms() -> dict[str, tuple[Callable[[str], str], str]]:
    """What may have become of a stored event, and why it cannot be read then."""
    return {
        "newer": (newer, "it was written by a newer version of this library"),
        "cut": (cut, "its text is broken or cut off"),
        "misspelt": (misspelt, "this version does not know its kind"),
    }


EACH = pytest.mark.parametrize("kind", KINDS)
BROKEN = pytest.mark.parametrize("form", forms())


def clinic(store: ipt.Store, protocol: ipt.Protocol | None = None) -> ipt.Clinic:
    return ipt.Clinic(store, [protocol or adult()], clock=lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))


def recorded() -> ipt.MemoryStore:
    """A course with a risk alert, as it was recorded."""
    store = ipt.MemoryStore()
    desk = clinic(store)
    desk.start("ipt-adult", by=ANNA, on=START, course="a")
    done = desk.do("a", c.Read("phq9", total=9, answers={"self_harm": 2}, on=START), by=ANNA)
    assert [alert.number for alert in done.alerts] == [ALERT]
    return store


def rewritten(texts: list[str], kind: str) -> ipt.Store:
    """The same events in another store, each with a seal that fits."""
    store = fresh_store(kind)
    store.keep_protocol(adult().digest, adult().content)
    store.append("a", chained(tuple(texts), course="a", after=0, before="", key=None), expected=0)
    return store


def with_an_unreadable_alert(kind: str, form: str) -> ipt.Store:
    spoiled, _ = forms()[form]
    texts = [opened(text)[0] for text in recorded().read("a")]
    texts[ALERT - 1] = spoiled(texts[ALERT - 1])
    store = rewritten(texts, kind)
    clinic(store).refresh(on=DAY, anew=True)
    return store


def page_of(desk: ipt.Clinic) -> str:
    """The page of the therapist, as one line."""
    return " ".join(desk.agenda("a", on=DAY).text.split())


def without_seals(store: ipt.Store) -> list[str]:
    return [opened(text)[0] for text in store.read("a")]


@EACH
@BROKEN
def test_an_unreadable_event_stands_as_a_risk_alert_in_every_list(kind: str, form: str) -> None:
    store = with_an_unreadable_alert(kind, form)
    desk = clinic(store)
    for asked in (desk, desk.reader(ANNA), desk.reader(ipt.Actor("u9", role="assessor"))):
        (alert,) = asked.alerts()
        assert (alert.id, alert.code, alert.level) == ("event-unreadable-3", "event_unreadable", "risk")
        assert (alert.text, alert.do, alert.raised, alert.number) == (TEXT.format(3), DO, START, 3)
        assert next((line.kind, line.text) for line in asked.due(on=DAY)) == ("alert", TEXT.format(3))
        assert [(line.course, line.text) for line in asked.stuck(on=DAY)] == [("a", TEXT.format(3))]
        assert [one.alerts for one in asked.overviews(on=DAY)] == [(alert,)]
        assert asked.alerts(closed=True) == (alert,)
    assert due_of(adult(), desk.course("a"), on=DAY)[0].kind == "alert"


@EACH
@BROKEN
def test_it_heads_the_page_of_the_therapist_and_none_open_is_not_said(kind: str, form: str) -> None:
    told = page_of(clinic(with_an_unreadable_alert(kind, form)))
    assert f"RISK ALERT !! {ON_PAGE.format(3, '')} FIRST ! Risk alerts: 1 needs your assessment today." in told
    assert "none open" not in told


@EACH
@BROKEN
def test_the_row_that_the_next_command_makes_has_it(kind: str, form: str) -> None:
    store = with_an_unreadable_alert(kind, form)
    desk = clinic(store)
    done = desk.do("a", c.WriteNote("x", on=DAY), by=ANNA)
    assert done.alerts == ()
    assert [alert.id for alert in done.course.open_risk_alerts] == ["event-unreadable-3"]
    if kind != "memory":
        (row,) = store.rows(Asked(frozenset()))  # type: ignore[attr-defined]
        assert (row.version, row.shown) == (4, frozenset({"alerts"}))
    assert [alert.id for alert in desk.alerts()] == ["event-unreadable-3"]
    assert desk.out_of_step() == ()


@EACH
@BROKEN
def test_verify_says_where_it_is_although_its_seal_fits(kind: str, form: str) -> None:
    _, why = forms()[form]
    verdict = ipt.verify(with_an_unreadable_alert(kind, form))
    assert verdict.state == "not all read"
    assert [str(problem) for problem in verdict.problems] == [
        f"course a, event 3: this version of the library cannot read it, and it may be a risk alert: {why}"
    ]
    assert [problem.unread for problem in verdict.problems] == [True]


def test_a_row_that_was_made_before_an_unreadable_event_stood_as_an_alert_answers_nothing() -> None:
    store = with_an_unreadable_alert("sqlite", "newer")
    (row,) = store.rows(Asked(frozenset()))  # type: ignore[attr-defined]
    assert '"schema":"iptengine.overview/4"' in row.text
    assert " iptengine.overview/4:" in row.made


class TestAssessing:
    def test_a_clinician_assesses_it_as_any_other(self) -> None:
        store = with_an_unreadable_alert("memory", "newer")
        desk = clinic(store)
        desk.do("a", c.AssessAlert("event-unreadable-3", found="asked again", plan="seen tomorrow"), by=ANNA, on=DAY)
        assert [alert.state for alert in desk.alerts()] == ["assessed"]
        assert "RISK ALERT !!" not in page_of(desk)
        assert "! Risk alerts: none open that can be read; 1 assessed. Ask again today." in page_of(desk)
        assert desk.stuck(on=DAY) == ()

    def test_an_event_that_becomes_unreadable_later_has_its_own(self) -> None:
        desk = clinic(with_an_unreadable_alert("memory", "newer"))
        desk.do("a", c.AssessAlert("event-unreadable-3", found="asked again", plan="seen tomorrow"), by=ANNA, on=DAY)
        desk.do("a", c.WriteNote("x", on=DAY), by=ANNA)
        texts = [opened(text)[0] for text in desk._records._store.read("a")]
        texts[1], texts[4] = newer(texts[1]), cut(texts[4])
        desk = clinic(rewritten(texts, "memory"))
        open_ones = [alert for alert in desk.alerts() if alert.needs_assessment]
        assert [(alert.id, alert.raised) for alert in open_ones] == [
            ("event-unreadable-2", START), ("event-unreadable-5", START),
        ]  # fmt: skip
        assert f"2 RISK ALERTS !! {ON_PAGE.format(2, ' (#2)')} !! {ON_PAGE.format(5, ' (#5)')} FIRST" in page_of(desk)

    def test_a_version_that_reads_the_event_raises_what_it_was_and_its_assessment_hides_nothing(self) -> None:
        desk = clinic(with_an_unreadable_alert("memory", "newer"))
        desk.do("a", c.AssessAlert("event-unreadable-3", found="asked again", plan="seen tomorrow"), by=ANNA, on=DAY)
        texts = [opened(text)[0] for text in desk._records._store.read("a")]
        texts[2] = texts[2].replace('"v": 2', '"v": 1')
        desk = clinic(rewritten(texts, "memory"))
        assert [(alert.code, alert.state) for alert in desk.alerts()] == [("risk_item", "open")]
        assert desk.course("a").anomalies == ()
        assert [event.kind for event in desk.events("a")][-1] == "alert_moved"

    def test_what_was_never_an_alert_is_still_told(self) -> None:
        moved = AlertMoved(id="x.1", on=DAY, at=datetime(2026, 3, 10, tzinfo=UTC), by=ANNA, command="x",
                           alert="event-unreadable-x", state="assessed")  # fmt: skip
        assert [one.text for one in evolve(Course("a"), moved).anomalies] == [
            "there is no alert 'event-unreadable-x' in this course"
        ]


class TestFromTheShell:
    def store_at(self, tmp_path: Path) -> str:
        path = str(tmp_path / "clinic.db")
        with ipt.open_store(f"sqlite:///{path}") as store:
            store.keep_protocol(adult().digest, adult().content)
            kept = with_an_unreadable_alert("memory", "newer")
            store.append("a", tuple(kept.read("a")), expected=0)
            clinic(store).refresh(on=DAY, anew=True)
        return path

    def test_verify_names_the_event_and_does_not_call_it_damaged(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run_command(["verify", self.store_at(tmp_path)]) == 1
        shown = capsys.readouterr()
        assert " ".join(shown.err.split()) == (
            "not read: course a, event 3: this version of the library cannot read it, and it may be a risk alert: it "
            "was written by a newer version of this library"
        )
        assert " ".join(shown.out.split()) == (
            "NOT ALL READ: what is there fits together, but this version of the library cannot read all of it "
            "1 course, 3 events"
        )

    def test_its_alert_is_assessed_by_the_number_of_the_event(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        store = self.store_at(tmp_path)
        assert run_command(["clinic", "alerts", store]) == 0
        assert f"RISK ALERT #3, 2026-03-03, not assessed: {TEXT.format(3)}" in " ".join(capsys.readouterr().out.split())
        assert run_command(["course", "ways", store, "a"]) == 0
        line = f"iptengine course record {store} a assess_alert alert=3"
        assert line in capsys.readouterr().out
        who = ["--by", "u17", "--role", "therapist", "--on", "2026-03-10"]
        said = ["assess_alert", "alert=3", "found=asked", "plan=seen"]
        assert run_command(["course", "record", store, "a", *said, *who]) == 0
        assert "alert moved: alert #3, state assessed" in " ".join(capsys.readouterr().out.split())
        with ipt.open_store(f"sqlite:///{store}") as kept:
            assert [(one.id, one.state) for one in clinic(kept).alerts()] == [("event-unreadable-3", "assessed")]


class TestOtherCourses:
    def test_one_that_does_not_begin_readably_is_in_the_lists_with_its_alert(self) -> None:
        texts = without_seals(recorded())
        desk = clinic(rewritten([newer(texts[0])], "sqlite"))
        assert [alert.text for alert in desk.alerts()] == [TEXT.format(1)]
        assert desk.due(on=DAY)[0].text == TEXT.format(1)
        with pytest.raises(ipt.UnknownProtocol) as unknown:
            desk.agenda("a", on=DAY)
        assert [alert.text for alert in unknown.value.alerts] == [TEXT.format(1)]
        assert [line.kind for line in due_of(adult(), desk.course("a"), on=DAY)] == ["alert"]

    def test_one_that_is_taken_in_brings_it_along(self) -> None:
        exported = ipt.export_course(with_an_unreadable_alert("memory", "misspelt"), "a")
        done = clinic(ipt.MemoryStore()).import_course(exported, by=ANNA)
        assert [alert.id for alert in done.alerts] == ["event-unreadable-3"]

    def test_one_that_moves_to_another_protocol_keeps_it(self) -> None:
        to = variant("ipt-adult", {"version": "9.0.0"})
        store = with_an_unreadable_alert("memory", "newer")
        desk = clinic(store)
        desk.do("a", c.AssessAlert("event-unreadable-3", found="asked", plan="seen"), by=ANNA, on=DAY)
        desk.move("a", to, by=ANNA, on=DAY, because="new version")
        assert [(alert.id, alert.state) for alert in desk.course("a").alerts] == [("event-unreadable-3", "assessed")]

    def test_one_is_not_erased_before_it_is_assessed_and_then_it_stays_assessed(self) -> None:
        store, keys = ipt.MemoryStore(), MemoryKeys()
        desk = ipt.Clinic(store, [adult()], keys=keys, clock=lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))
        desk.start("ipt-adult", by=ANNA, on=START, course="a")
        desk.do("a", c.Deviate(c.EndCourse("completed"), because="moved"), by=ANNA, on=DAY)
        last = desk.course("a").version
        texts = [opened(text)[0] for text in store.read("a")]
        texts.append(json.dumps({"v": 2, "kind": "risk_told", "id": "z.1"}))
        again = rewritten(texts, "memory")
        desk = ipt.Clinic(again, [adult()], keys=keys, clock=lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))
        alert = f"event-unreadable-{last + 1}"
        with pytest.raises(ipt.Refused) as no:
            desk.erase("a", by=ANNA, on=DAY, because="asked for")
        assert [reason.code for reason in no.value.reasons] == ["risk_alert_open"]
        desk.do("a", c.AssessAlert(alert, found="asked", plan="seen"), by=ANNA, on=DAY)
        desk.erase("a", by=ANNA, on=DAY, because="asked for")
        assert [(one.id, one.state) for one in desk.course("a").alerts] == [(alert, "assessed")]
        assert [(problem.number, problem.unread) for problem in ipt.verify(again).problems] == [(last + 1, True)]

    def test_a_group_names_the_member_whose_course_has_it(self) -> None:
        protocol = variant("small", {"group.size": "2..5", "group.facilitators": "1..2"})
        store = ipt.MemoryStore()
        desk = clinic(store, protocol)
        for course in ("a", "b"):
            desk.start("ipt-small", by=ANNA, on=START, course=course)
        desk.form_group("tuesday", ("a", "b"), facilitators=("u17",), by=ANNA, on=START)
        said = "Risk alerts: none open in the courses of this group. Ask again today, each alone."
        assert said in " ".join(desk.group_agenda("tuesday", on=DAY).text.split())
        number = desk.course("a").version + 1
        seal = opened(store.read("a")[-1])[1]
        unread = chained((cut(store.read("a")[-1]),), course="a", after=number - 1, before=seal, key=None)
        store.append("a", unread, expected=number - 1)
        page = desk.group_agenda("tuesday", on=DAY)
        assert page.alerts == ("a",)
        assert "none open" not in page.text
        desk.do("a", c.AssessAlert(f"event-unreadable-{number}", found="asked", plan="seen"), by=ANNA, on=DAY)
        page = desk.group_agenda("tuesday", on=DAY)
        assert page.alerts == ()
        told = " ".join(page.text.split())
        assert said.replace("none open", "none open that can be read") in told


def test_a_course_folded_in_one_go_or_step_by_step_has_the_same_alerts() -> None:
    desk = clinic(with_an_unreadable_alert("memory", "cut"))
    course = Course("a")
    for event in desk.events("a"):
        course = evolve(course, event)
    assert course == fold(Course("a"), desk.events("a"))
    assert [alert.id for alert in course.alerts] == ["event-unreadable-3"]
