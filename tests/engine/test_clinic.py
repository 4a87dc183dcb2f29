"""The clinic: every report is kept, a request may be refused, and nothing happens twice or gets lost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from iptengine import commands as c
from iptengine.course.codec import BadInput, encode
from iptengine.course.course import Course
from iptengine.course.events import Event
from iptengine.course.evolve import fold
from iptengine.course.refusal import Refused
from iptengine.course.replay import replay
from iptengine.course.stamp import Actor
from iptengine.engine.answers import Conflict, CourseExists, Done, UnknownCourse, UnknownProtocol
from iptengine.engine.clinic import Clinic
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import StaleVersion, Store, StoreError
from phrases import WithoutProtocols
from stores import FreshStore, fresh_store

ANNA = Actor("u17", role="therapist")
BEN = Actor("u9", role="supervisor")
DAY = date(2026, 3, 3)
WEEK = timedelta(days=7)
CANARY = "Wilhelmina was beaten"
PROTOCOLS = Path(__file__).parents[2] / "protocols"


@cache
def adult() -> Protocol:
    from iptengine.authoring.loader import load

    return load(PROTOCOLS / "ipt-adult.protocol.yaml")


def other_text(protocol: Protocol) -> Protocol:
    """The same id and version with another text."""
    return replace(protocol, spec=protocol.spec.model_copy(update={"about": "another text"}))


def at_three() -> datetime:
    return datetime(2026, 3, 3, 15, tzinfo=timezone(timedelta(hours=1)))


def numbered() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"id-{next(numbers)}"


def open_clinic(store: Any = None, *protocols: Protocol, **changes: Any) -> Clinic:
    parts: dict[str, Any] = {"clock": at_three, "ids": numbered(), **changes}
    return Clinic(store if store is not None else fresh_store(), protocols or [adult()], **parts)


def with_course(store: Any = None, **changes: Any) -> Clinic:
    clinic = open_clinic(store, **changes)
    clinic.start("ipt-adult", by=ANNA, on=DAY, course="a", called="A. R.")
    return clinic


def kinds(events: Sequence[Event]) -> list[str]:
    return [event.kind for event in events]


def codes(done: Done) -> list[list[str]]:
    return [[reason.code for reason in no.reasons] for no in done.refused]


WITHOUT_ITEM_9 = c.Read("phq9", total=12)
MIDDLE = c.EnterPhase("middle")
UNMET = ["diagnosis_or_waiver", "inventory_taken", "formulation_agreed", "focus_agreed", "contract_agreed"]


# -- beginning ---------------------------------------------------------------------------------------------------


def test_a_course_begins_with_its_protocol_pinned_and_kept() -> None:
    store = fresh_store()
    done = open_clinic(store).start("ipt-adult", by=ANNA, on=DAY, called="A. R.")
    assert (done.course.id, done.course.version, done.course.phase) == ("id-1", 1, "initial")
    assert (done.course.protocol, done.course.digest) == ("ipt-adult@1.0.0", adult().digest)
    assert kinds(done.events) == ["course_started"]
    kept = store.protocol(adult().digest)
    assert hashlib.sha256(kept.encode()).hexdigest() == adult().digest
    assert kept == adult().content


def test_the_clinic_asks_the_time_and_makes_the_ids() -> None:
    (event,) = open_clinic().start("ipt-adult@1.0.0", by=ANNA, on=DAY, course="a").events
    assert (event.id, event.command, event.on, event.by) == ("id-1.1", "id-1", DAY, ANNA)
    assert event.at == datetime(2026, 3, 3, 14, tzinfo=UTC)


def test_what_a_course_is_told_at_the_start_is_recorded_with_it() -> None:
    done = open_clinic().start("ipt-adult", by=ANNA, on=DAY, facts={"medication": "none"})
    assert [(f.fact, f.value) for f in done.course.facts][:1] == [("medication", done.course.facts[0].value)]
    assert kinds(done.events)[:2] == ["course_started", "fact_recorded"]


def test_a_fact_the_protocol_does_not_know_begins_no_course() -> None:
    store = fresh_store()
    with pytest.raises(Refused) as caught:
        open_clinic(store).start("ipt-adult", by=ANNA, on=DAY, course="a", facts={"shoe_size": CANARY})
    assert [reason.code for reason in caught.value.reasons] == ["unknown_fact"]
    assert CANARY not in str(caught.value)
    assert list(store.feed()) == []


def test_a_course_under_way_is_taken_over_without_inventing_its_past() -> None:
    done = open_clinic().adopt("ipt-adult", by=ANNA, on=DAY, phase="middle", sessions_used=5, focus=["grief"])
    assert (done.course.phase, done.course.adopted_sessions) == ("middle", 5)
    assert [f.area for f in done.course.focuses] == ["grief"]
    assert done.course.appointments == ()


def test_a_course_that_exists_is_not_begun_again() -> None:
    clinic = with_course()
    with pytest.raises(CourseExists) as caught:
        clinic.start("ipt-adult", by=BEN, on=DAY, course="a")
    assert str(caught.value) == "a course of that id has begun already; choose another id, or leave it out"
    assert isinstance(caught.value, Conflict)
    assert kinds(caught.value.since) == ["course_started"]
    assert clinic.course("a").version == 1


def test_of_two_who_begin_the_same_course_at_once_one_is_told() -> None:
    class Late(FreshStore):
        """Somebody else begins the course after this one has looked."""

        def keep_protocol(self, digest: str, text: str) -> None:
            super().keep_protocol(digest, text)
            other = fresh_store()
            with_course(other)
            self.append("a", other.read("a"), expected=0)

    with pytest.raises(CourseExists):
        open_clinic(Late()).start("ipt-adult", by=ANNA, on=DAY, course="a")


@pytest.mark.parametrize("id", ["../a", "A", "", "a b", CANARY, "con", "a/b", "ä", "a" * 61, "-a", "a\n", "٣"])
def test_an_id_that_is_safe_nowhere_is_taken_nowhere(id: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_clinic().start("ipt-adult", by=ANNA, on=DAY, course=id)
    assert caught.value.field == "course"
    assert str(caught.value).startswith("a course cannot have this id: ")
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("id", ["a", "course-a", "9f86d081884c7d659a2feaa0c55ad015", "3f2a-4c", "a_1", "7"])
def test_random_ids_may_begin_with_a_digit(id: str) -> None:
    assert open_clinic().start("ipt-adult", by=ANNA, on=DAY, course=id).course.id == id


def test_left_alone_the_clinic_makes_ids_it_would_take() -> None:
    clinic = Clinic(fresh_store(), [adult()])
    first = clinic.start("ipt-adult", by=ANNA, on=DAY).course.id
    second = clinic.start("ipt-adult", by=ANNA, on=DAY, course=first + "0").course.id
    assert len(first) == 32
    assert second == first + "0"
    assert clinic.events(first)[0].at.utcoffset() is not None


# -- protocols ---------------------------------------------------------------------------------------------------


def test_a_protocol_that_is_not_here_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownProtocol) as caught:
        open_clinic().start("ipt-adlut", by=ANNA, on=DAY)
    assert str(caught.value) == "this clinic does not hold that protocol; did you mean 'ipt-adult'?"
    assert (caught.value.protocol, caught.value.digest) == ("ipt-adlut", "")


def test_a_clinic_without_protocols_says_so() -> None:
    with pytest.raises(UnknownProtocol, match=r"^this clinic does not hold that protocol; it holds none$"):
        Clinic(fresh_store(), []).start("ipt-adult", by=ANNA, on=DAY)


def test_of_two_protocols_of_one_name_none_is_picked() -> None:
    clinic = open_clinic(None, adult(), other_text(adult()))
    with pytest.raises(UnknownProtocol) as caught:
        clinic.start("ipt-adult", by=ANNA, on=DAY)
    assert str(caught.value) == (
        "there are several protocols of that name here: ipt-adult@1.0.0, ipt-adult@1.0.0; "
        "name one version, with one text"
    )


def test_a_running_course_keeps_the_text_it_began_with() -> None:
    store = fresh_store()
    with_course(store)
    both = open_clinic(store, other_text(adult()), adult(), ids=lambda: "other")
    assert both.do("a", c.HoldSession(on=DAY), by=ANNA).course.version == 2
    assert both.ways("a", on=DAY) != ()


def test_a_course_goes_on_under_the_text_its_store_keeps_when_the_file_is_gone() -> None:
    store = fresh_store()
    before = with_course(store)
    ids = count(1)
    alone = Clinic(store, [], clock=at_three, ids=lambda: f"other-{next(ids)}")
    done = alone.do("a", c.HoldSession(on=DAY), MIDDLE, WITHOUT_ITEM_9, by=ANNA)
    assert kinds(done.events) == ["session_held", "reading_taken", "alert_raised"]
    assert codes(done) == [UNMET]
    assert {str(reason.span) for reason in done.refused[0].reasons} == {"ipt-adult@1.0.0 (kept):1:1"}
    assert alone.course("a") == before.course("a")
    assert alone.due(on=DAY) == before.due(on=DAY)
    for audience in ("therapist", "patient"):
        page, again = (each.agenda("a", on=DAY, audience=audience) for each in (before, alone))
        assert (again.text, again.markdown, again.page, again.json()) == (
            page.text,
            page.markdown,
            page.page,
            page.json(),
        )
    assert [way.command for way in alone.ways("a", on=DAY)] == [way.command for way in before.ways("a", on=DAY)]


def test_the_text_a_store_keeps_is_opened_once() -> None:
    class Counting(FreshStore):
        asked = 0

        def protocol(self, digest: str) -> str:
            self.asked += 1
            return super().protocol(digest)

    store = Counting()
    with_course(store)
    alone = Clinic(store, [])
    assert alone.agenda("a", on=DAY).text == alone.agenda("a", on=DAY).text
    assert store.asked == 1


def test_a_protocol_that_was_given_comes_before_the_text_that_is_kept_of_it() -> None:
    (no,) = with_course().do("a", MIDDLE, by=ANNA).refused
    assert {reason.span.file for reason in no.reasons} == {"ipt-adult.protocol.yaml"}


def test_no_course_begins_under_a_text_that_only_the_store_keeps() -> None:
    store = fresh_store()
    with_course(store)
    with pytest.raises(UnknownProtocol, match=r"^this clinic does not hold that protocol; it holds none$"):
        Clinic(store, []).start("ipt-adult", by=ANNA, on=DAY)


def with_one_word_changed(store: Store) -> Store:
    """A store in which somebody has changed the text of a protocol."""

    class Changed(FreshStore):
        def protocol(self, digest: str) -> str:
            return super().protocol(digest).replace('"title":"', '"title":"Not ', 1)

    changed = Changed()
    changed.append("a", store.read("a"), expected=0)
    changed.keep_protocol(adult().digest, adult().content)
    return changed


def as_a_later_version_would(store: Store) -> Store:
    """A store whose protocol has a key that this version of the library does not know."""
    text = adult().content.replace('"title":', '"telepathy":"on","title":', 1)
    digest = hashlib.sha256(text.encode()).hexdigest()
    later = fresh_store()
    later.append("a", [text.replace(adult().digest, digest) for text in store.read("a")], expected=0)
    later.keep_protocol(digest, text)
    return later


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (with_one_word_changed, "this is not the text that was kept under that digest [kept-altered]"),
        (as_a_later_version_would, "'telepathy' is not a key of the file [unknown-key]"),
    ],
)  # fmt: skip
def test_a_kept_text_that_cannot_be_used_is_told_and_the_alerts_still_reach_the_clinician(
    spoilt: Callable[[Store], Store], told: str
) -> None:
    store = fresh_store()
    with_course(store).do("a", WITHOUT_ITEM_9, by=ANNA)
    alone = Clinic(spoilt(store), [])
    digest = alone.course("a").digest
    with pytest.raises(UnknownProtocol) as caught:
        alone.agenda("a", on=DAY)
    assert str(caught.value) == (
        "this course keeps the protocol ipt-adult@1.0.0 it began with, and the text of it in the store "
        f"(digest {digest[:12]}) cannot be used: {told}; "
        "give the protocol to the clinic, or use the version of the library that kept it"
    )
    assert [(alert.code, alert.course) for alert in caught.value.alerts] == [("risk_item", "a")]
    assert [(line.kind, line.course) for line in alone.due(on=DAY)] == [("alert", "a"), ("review", "a")]


def test_a_course_whose_protocol_is_gone_says_which_it_is() -> None:
    store = WithoutProtocols()
    with_course(store).do("a", WITHOUT_ITEM_9, by=ANNA)
    gone = open_clinic(store, other_text(adult()))
    asked: tuple[Callable[[], object], ...] = (
        lambda: gone.do("a", c.HoldSession(on=DAY), by=ANNA),
        lambda: gone.ways("a", on=DAY),
        lambda: gone.agenda("a", on=DAY),
    )
    for ask in asked:
        with pytest.raises(UnknownProtocol) as caught:
            ask()
        assert str(caught.value) == (
            "this course keeps the protocol ipt-adult@1.0.0 it began with, and neither this clinic nor its store "
            f"holds that text of it (digest {adult().digest[:12]}); give it to the clinic"
        )
        assert (caught.value.protocol, caught.value.digest) == ("ipt-adult@1.0.0", adult().digest)
        assert caught.value.alerts == gone.alerts() != ()
    assert gone.course("a").version == 3


def test_a_list_of_what_is_due_is_not_lost_to_one_course_without_protocol() -> None:
    store = WithoutProtocols()
    with_course(store).do("a", WITHOUT_ITEM_9, by=ANNA)
    gone = open_clinic(store, other_text(adult()), ids=lambda: "other")
    gone.start("ipt-adult", by=ANNA, on=DAY, course="b")
    due = gone.due(on=DAY)
    assert [(line.course, line.kind) for line in due if line.course == "a"] == [("a", "alert"), ("a", "review")]
    assert due[0].text == gone.alerts()[0].text
    assert any(line.course == "b" for line in due)


def test_a_history_read_with_another_protocol_says_so() -> None:
    clinic = with_course()
    events = clinic.events("a")
    assert replay(adult(), events, "a") == clinic.course("a")
    (anomaly,) = replay(other_text(adult()), events, "a").anomalies
    assert anomaly.text == ("the course began under another text of ipt-adult@1.0.0, and is read with ipt-adult@1.0.0")
    assert anomaly.event == events[0].id
    assert replay(adult(), []) == Course("")


# -- one batch ---------------------------------------------------------------------------------------------------


def test_a_reading_and_its_alert_are_kept_beside_a_refused_request() -> None:
    clinic = with_course()
    done = clinic.do("a", c.HoldSession(on=DAY), MIDDLE, WITHOUT_ITEM_9, by=ANNA)
    assert kinds(done.events) == ["session_held", "reading_taken", "alert_raised"]
    assert [(alert.code, alert.state) for alert in done.alerts] == [("risk_item", "open")]
    assert codes(done) == [UNMET]
    assert done.refused[0].command == replace(MIDDLE, on=DAY)
    assert done.refused[0].__traceback__ is None
    assert clinic.events("a")[1:] == done.events
    assert clinic.course("a") == done.course


def test_each_command_is_decided_on_what_the_ones_before_it_left() -> None:
    clinic = with_course()
    before = clinic.do("a", MIDDLE, *ready_for_the_middle(), by=ANNA)
    assert codes(before) == [UNMET]
    after = with_course().do("a", *ready_for_the_middle(), MIDDLE, by=ANNA)
    assert after.refused == ()
    assert after.course.phase == "middle"


def ready_for_the_middle() -> tuple[c.Command, ...]:
    return (
        c.RecordDiagnosis("depressive episode", on=DAY),
        c.DoTask("inventory"),
        c.WriteFormulation("the row about the school run", agreed=True),
        c.AgreeFocus("role_dispute", id="dispute", person="S."),
        c.AgreeContract(sessions=14),
    )


def test_a_refused_request_can_be_carried_out_as_a_deviation() -> None:
    clinic = with_course()
    (no,) = clinic.do("a", c.EnterPhase("middle", on=DAY + WEEK), by=ANNA).refused
    done = clinic.do("a", c.Deviate(no.command, because="the family moves away"), by=ANNA)
    assert kinds(done.events) == ["deviated", "phase_entered"]
    assert [event.on for event in done.events] == [DAY + WEEK, DAY + WEEK]
    assert done.course.phase == "middle"


def test_a_batch_is_one_append() -> None:
    class Counting(FreshStore):
        appended: list[int]

        def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
            super().append(course, events, expected=expected)
            self.__dict__.setdefault("appended", []).append(len(events))

    store = Counting()
    with_course(store).do("a", c.HoldSession(on=DAY), WITHOUT_ITEM_9, c.WriteNote("a"), by=ANNA)
    assert store.appended == [1, 4]


def test_a_batch_of_refusals_and_an_empty_one_record_nothing() -> None:
    clinic = with_course()
    assert clinic.do("a", MIDDLE, by=ANNA).events == ()
    assert clinic.do("a", by=ANNA) == Done(clinic.course("a"))
    assert clinic.course("a").version == 1


def test_warnings_are_those_of_the_batch_and_of_where_the_course_stands() -> None:
    clinic = with_course()
    held = c.HoldSession(on=DAY)
    thrice = clinic.do("a", held, held, held, by=ANNA)
    assert [warning.code for warning in thrice.warnings] == ["same_day", "window_closed"]
    for week in range(1, 5):
        done = clinic.do("a", c.HoldSession(on=DAY + week * WEEK), by=ANNA)
    assert [warning.code for warning in done.warnings] == ["day_ahead", "window_closed"]


# -- the two times -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("commands", "on", "days"),
    [
        ((c.WriteNote("a"),), None, [DAY]),
        ((c.WriteNote("a"),), DAY + WEEK, [DAY + WEEK]),
        ((c.WriteNote("a"), c.HoldSession(on=DAY - WEEK)), None, [DAY - WEEK, DAY - WEEK]),
        ((c.WriteNote("a"), c.HoldSession(on=DAY - WEEK)), DAY + WEEK, [DAY + WEEK, DAY - WEEK]),
    ],
)
def test_the_day_is_that_of_the_command_then_of_the_batch_then_of_the_clock(
    commands: tuple[c.Command, ...], on: date | None, days: list[date]
) -> None:
    done = with_course().do("a", *commands, by=ANNA, on=on)
    assert [event.on for event in done.events] == days
    assert {event.at for event in done.events} == {at_three()}


def test_the_day_of_the_clock_is_the_day_where_the_clock_hangs() -> None:
    def late() -> datetime:
        return datetime(2026, 3, 3, 23, 30, tzinfo=ZoneInfo("America/New_York"))

    clinic = open_clinic(clock=late)
    clinic.start("ipt-adult", by=ANNA, on=DAY, course="a")
    (event,) = clinic.do("a", c.WriteNote("a"), by=ANNA).events
    assert event.on == date(2026, 3, 3)
    assert event.at.isoformat() == "2026-03-03T23:30:00-05:00"


def test_a_clock_without_a_zone_is_told() -> None:
    clinic = with_course()
    clinic._clock = lambda: datetime(2026, 3, 3)
    with pytest.raises(BadInput, match=r"^the clock must give the time with its time zone$"):
        clinic.do("a", c.WriteNote("a"), by=ANNA)


def test_a_day_with_a_time_is_told() -> None:
    with pytest.raises(BadInput, match=r"^'on' must be a day, without a time$"):
        with_course().do("a", c.WriteNote("a"), by=ANNA, on=at_three())


@pytest.mark.parametrize("said", ["rang", [c.WriteNote("rang")], None, {"kind": "write_note", "text": "rang"}])
def test_what_is_no_command_is_told_before_anything_is_recorded(said: Any) -> None:
    clinic = with_course()
    with pytest.raises(BadInput) as caught:
        clinic.do("a", c.WriteNote("first"), said, by=ANNA)
    assert str(caught.value) == (
        "what is said must be commands, such as HoldSession(), each given by itself and not in a list"
    )
    assert kinds(clinic.events("a")) == ["course_started"]


def test_a_key_that_is_no_text_and_a_version_that_is_no_number_are_told() -> None:
    clinic = with_course()
    told = r"^a key holds letters, digits and \. _ : - only, at most 100 of them$"
    with pytest.raises(BadInput, match=told):
        clinic.do("a", c.WriteNote("rang"), by=ANNA, key=5)  # type: ignore[arg-type]
    for asked in (clinic, clinic.reader(ANNA)):
        with pytest.raises(BadInput, match=r"^'version' must be a version of the course: a whole number$"):
            asked.course("a", version="1")  # type: ignore[arg-type]


# -- a form drawn from an older version --------------------------------------------------------------------------


def test_a_form_from_an_older_version_keeps_its_reports_and_moves_nothing() -> None:
    clinic = with_course()
    clinic.do("a", c.WriteNote("a colleague was first"), by=BEN)
    with pytest.raises(Conflict) as caught:
        clinic.do("a", WITHOUT_ITEM_9, *ready_for_the_middle(), MIDDLE, by=ANNA, expected=1)
    clash = caught.value
    assert kinds(clash.since) == ["note_written"]
    assert kinds(clash.done.events)[:2] == ["reading_taken", "alert_raised"]
    assert "focus_agreed" not in kinds(clash.done.events)
    assert [alert.code for alert in clash.done.alerts] == ["risk_item"]
    assert clinic.course("a") == clash.done.course
    assert clinic.course("a").phase == "initial"
    assert str(clash) == (
        "the course has moved on by 1 event(s) since this form was drawn; its requests were not carried out, "
        f"and {len(clash.done.events)} event(s) were kept"
    )


def test_reports_alone_are_recorded_after_what_came_between() -> None:
    clinic = with_course()
    clinic.do("a", c.WriteNote("a colleague was first"), by=BEN)
    done = clinic.do("a", WITHOUT_ITEM_9, by=ANNA, expected=1)
    assert kinds(clinic.events("a")) == ["course_started", "note_written", "reading_taken", "alert_raised"]
    assert done.course.version == 4


def test_a_form_from_the_present_version_is_carried_out() -> None:
    done = with_course().do("a", *ready_for_the_middle(), MIDDLE, by=ANNA, expected=1)
    assert done.course.phase == "middle"


def test_a_form_from_before_the_beginning_moves_nothing() -> None:
    clinic = with_course()
    clinic.do("a", c.WriteNote("a"), by=ANNA)
    with pytest.raises(Conflict) as caught:
        clinic.do("a", MIDDLE, by=ANNA, expected=0)
    assert kinds(caught.value.since) == ["course_started", "note_written"]


# -- a form that knows more than the store -----------------------------------------------------------------------

BEHIND = (
    "this form was drawn from version 4 of the course, and this store has 1: records may be lost, as when an older "
    "backup was restored; compare the store with an anchor (iptengine verify --anchor), and restore a newer backup"
)


def test_a_form_that_knows_more_than_a_restored_store_keeps_its_reports_and_says_that_records_may_be_lost() -> None:
    clinic = with_course()
    with pytest.raises(Conflict) as caught:
        clinic.do("a", WITHOUT_ITEM_9, MIDDLE, by=ANNA, expected=4)
    clash = caught.value
    assert str(clash) == f"{BEHIND}; its requests were not carried out, and 2 event(s) were kept"
    assert (clash.since, clash.done.warnings[0].code, clash.done.warnings[0].text) == ((), "store_behind", BEHIND)
    assert [alert.code for alert in clash.done.alerts] == ["risk_item"]
    assert kinds(clinic.events("a")) == ["course_started", "reading_taken", "alert_raised"]


def test_reports_alone_of_a_form_that_knows_more_are_kept_with_the_same_warning() -> None:
    clinic = with_course()
    done = clinic.do("a", c.WriteNote("goes quiet at money"), by=ANNA, expected=4)
    assert kinds(done.events) == ["note_written"]
    assert done.warnings[0].text == BEHIND


def test_a_form_posted_again_after_the_restore_says_it_again() -> None:
    clinic = with_course()
    said = []
    for _ in range(2):
        with pytest.raises(Conflict) as caught:
            clinic.do("a", c.WriteNote("goes quiet at money"), c.AgreeFocus("grief"), by=ANNA, expected=4, key="form-1")
        said.append(str(caught.value))
    assert said == [
        f"{BEHIND.replace('has 1', f'has {has}')}; its requests were not carried out, and 1 event(s) were kept"
        for has in (1, 2)
    ]
    assert kinds(clinic.events("a")) == ["course_started", "note_written"]


def test_a_form_posted_again_with_the_version_of_its_answer_does_not_say_that_the_course_moved_on_by_nothing() -> None:
    clinic = with_course()
    clinic.do("a", c.WriteNote("a colleague was first"), by=BEN)
    for expected in (1, 3):
        with pytest.raises(Conflict) as caught:
            clinic.do(
                "a", c.WriteNote("goes quiet at money"), c.AgreeFocus("grief"), by=ANNA, expected=expected, key="form-1"
            )
    assert str(caught.value) == (
        "the course had moved on already when this form was posted first; its requests were not carried out, and "
        "1 event(s) were kept"
    )


@pytest.mark.parametrize("expected", ["1", 1.0, True, -1])
def test_a_version_that_is_none_is_told_before_anything_is_recorded(expected: Any) -> None:
    clinic = with_course()
    with pytest.raises(BadInput) as caught:
        clinic.do("a", c.Read("phq9", answers={"self_harm": 3}), by=ANNA, on=DAY, expected=expected)
    assert str(caught.value) == "'expected' must be the version the form was drawn from: a whole number, 0 or more"
    assert caught.value.field == "expected"
    assert kinds(clinic.events("a")) == ["course_started"]


def test_what_is_recorded_is_answered_since_its_answer_is_made_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("an answer that cannot be made")

    clinic = with_course()
    monkeypatch.setattr("iptengine.engine.batches.warnings", fails)
    for say in (
        lambda: clinic.do("a", WITHOUT_ITEM_9, by=ANNA, on=DAY),
        lambda: clinic.start("ipt-adult", by=ANNA, on=DAY, course="b"),
        lambda: clinic.adopt("ipt-adult", by=ANNA, on=DAY, course="b", phase="middle", sessions_used=4),
        lambda: clinic.move("a", other_text(adult()), by=ANNA, on=DAY, because="a new version"),
    ):
        with pytest.raises(RuntimeError):
            say()
    assert kinds(clinic.events("a")) == ["course_started"]
    assert [course.id for course in clinic.courses()] == ["a"]


# -- a form posted twice -----------------------------------------------------------------------------------------


def test_a_form_posted_twice_is_recorded_once_and_answered_twice() -> None:
    clinic = with_course()
    batch = (c.HoldSession(on=DAY), MIDDLE, WITHOUT_ITEM_9)
    first = clinic.do("a", *batch, by=ANNA, key="form-1")
    clinic.do("a", c.WriteNote("later"), by=BEN)
    again = clinic.do("a", *batch, by=ANNA, key="form-1")
    assert again.events == first.events
    assert again.alerts == first.alerts
    assert codes(again) == codes(first) == [UNMET]
    assert clinic.course("a").version == again.course.version == first.course.version + 1
    assert [event.command for event in first.events] == ["form-1.1", "form-1.3", "form-1.3"]


def test_what_was_refused_then_is_not_carried_out_by_posting_again() -> None:
    clinic = with_course()
    batch = (MIDDLE, *ready_for_the_middle())
    clinic.do("a", *batch, by=ANNA, key="form-1")
    again = clinic.do("a", *batch, by=ANNA, key="form-1")
    assert codes(again) == [UNMET]
    assert again.course.phase == "initial"


@pytest.mark.parametrize("said", [c.Read("phq9", total=18, answers={"self_harm": 3}), c.WriteNote("else")])
def test_something_else_under_a_key_is_refused_and_never_told_as_recorded(said: c.Command) -> None:
    clinic = with_course()
    first = clinic.do("a", c.Read("phq9", total=18, answers={"self_harm": 0}), by=ANNA, on=DAY, key="form-1")
    with pytest.raises(BadInput) as refused:
        clinic.do("a", said, by=ANNA, on=DAY, key="form-1")
    assert str(refused.value) == (
        "something else was recorded in this course under this key, and nothing of this was: give it another key"
    )
    assert clinic.course("a").version == first.course.version


def test_another_key_is_another_form() -> None:
    clinic = with_course()
    clinic.do("a", c.WriteNote("a"), by=ANNA, key="form-1")
    clinic.do("a", c.WriteNote("a"), by=ANNA, key="form-2")
    assert len(clinic.course("a").notes) == 2


def test_a_key_of_one_course_is_free_in_another() -> None:
    clinic = with_course()
    clinic.start("ipt-adult", by=ANNA, on=DAY, course="b")
    for course in ("a", "b"):
        assert kinds(clinic.do(course, c.WriteNote("a"), by=ANNA, key="form-1").events) == ["note_written"]


def test_a_form_held_back_by_a_conflict_is_held_back_again() -> None:
    clinic = with_course()
    clinic.do("a", c.WriteNote("a colleague was first"), by=BEN)
    batch = (c.WriteNote("mine"), c.AgreeFocus("grief"))
    clashes = []
    for _ in range(2):
        with pytest.raises(Conflict) as caught:
            clinic.do("a", *batch, by=ANNA, expected=1, key="form-1")
        clashes.append(caught.value)
    first, again = clashes
    assert kinds(again.since) == kinds(first.since) == ["note_written"]
    assert again.done.events == first.done.events
    assert len(clinic.course("a").notes) == 2


@pytest.mark.parametrize("key", ["", "a b", CANARY, "a\n", "-", "x" * 101, "ä"])
def test_a_key_that_could_be_anything_is_told(key: str) -> None:
    with pytest.raises(BadInput) as caught:
        with_course().do("a", c.WriteNote("a"), by=ANNA, key=key)
    assert str(caught.value) == "a key holds letters, digits and . _ : - only, at most 100 of them"


# -- several at once ---------------------------------------------------------------------------------------------


class Interrupted(FreshStore):
    """Somebody else writes to the course just before the next appends."""

    def __init__(self) -> None:
        super().__init__()
        self.between: list[Callable[[], object]] = []

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        if self.between:
            self.between.pop(0)()
        super().append(course, events, expected=expected)


def test_a_batch_that_came_second_is_decided_anew() -> None:
    store = Interrupted()
    clinic = with_course(store)
    other = open_clinic(store, ids=lambda: "other")
    store.between = [lambda: other.do("a", c.Deviate(c.EnterPhase("ending"), because="x"), by=BEN)]
    done = clinic.do("a", c.HoldSession(on=DAY), c.EnterPhase("ending"), by=ANNA)
    assert kinds(clinic.events("a"))[-1] == "session_held"
    assert len(done.refused) == 1
    assert done.course == clinic.course("a")


def test_a_form_that_became_old_while_it_was_saved_is_a_conflict() -> None:
    store = Interrupted()
    clinic = with_course(store)
    other = open_clinic(store, ids=lambda: "other")
    store.between = [lambda: other.do("a", c.WriteNote("first"), by=BEN)]
    with pytest.raises(Conflict) as caught:
        clinic.do("a", c.WriteNote("second"), c.AgreeFocus("grief"), by=ANNA, expected=1)
    assert kinds(caught.value.since) == ["note_written"]
    assert kinds(clinic.events("a")) == ["course_started", "note_written", "note_written"]


def test_a_form_posted_twice_at_the_same_moment_is_recorded_once() -> None:
    store = Interrupted()
    clinic = with_course(store)
    store.between = [lambda: clinic.do("a", c.WriteNote("a"), by=ANNA, key="form-1")]
    done = clinic.do("a", c.WriteNote("a"), by=ANNA, key="form-1")
    assert len(clinic.course("a").notes) == 1
    assert done.events == clinic.events("a")[1:]


def test_a_store_that_is_always_late_ends_the_attempt_clearly() -> None:
    class AlwaysLate(FreshStore):
        def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
            if expected:
                raise StaleVersion(course, expected)
            super().append(course, events, expected=expected)

    with pytest.raises(StoreError) as caught:
        with_course(AlwaysLate()).do("a", c.WriteNote(CANARY), by=ANNA)
    assert str(caught.value) == ("others keep writing to the course; nothing of this batch was recorded, try again")


def test_ids_that_repeat_themselves_within_a_batch_lose_no_report() -> None:
    clinic = with_course()
    clinic._ids = lambda: "always-this"
    with pytest.raises(BadInput, match=r"^the ids made for this clinic repeat themselves; nothing of this batch was"):
        clinic.do("a", c.HoldSession(on=DAY), WITHOUT_ITEM_9, by=ANNA)


def test_ids_that_repeat_themselves_lose_no_report() -> None:
    clinic = with_course()
    clinic.do("a", c.WriteNote("first"), by=ANNA)
    clinic._ids = numbered()
    with pytest.raises(BadInput) as caught:
        clinic.do("a", c.WriteNote("second"), by=ANNA)
    assert str(caught.value) == ("the ids made for this clinic repeat themselves; nothing of this batch was recorded")
    assert caught.value.field == "ids"


def test_everybody_who_writes_at_once_is_heard() -> None:
    store = fresh_store()
    with_course(store)
    ready = Barrier(6)

    def write(number: int) -> None:
        clinic = Clinic(store, [adult()], clock=at_three)
        ready.wait()
        for turn in range(4):
            clinic.do("a", c.WriteNote(f"{number}.{turn}"), c.WriteNote("beside"), by=ANNA)

    threads = [Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = [note.text for note in open_clinic(store).course("a").notes]
    assert sorted(texts[::2]) == sorted(f"{number}.{turn}" for number in range(6) for turn in range(4))
    assert set(texts[1::2]) == {"beside"}


# -- asking ------------------------------------------------------------------------------------------------------


def test_a_course_is_told_as_it_stood_at_any_version() -> None:
    clinic = with_course()
    clinic.do("a", c.WriteNote("a"), c.WriteNote("b"), by=ANNA)
    events = clinic.events("a")
    for version in (1, 2, 3):
        assert clinic.course("a", version=version) == fold(Course("a"), events[:version])
    for version in (0, 4, -1):
        with pytest.raises(UnknownCourse) as caught:
            clinic.course("a", version=version)
        assert str(caught.value) == f"there is no version {version} of that course; it stands at 3"


@pytest.mark.parametrize("ask", ["course", "events", "ways", "agenda", "do"])
def test_a_course_that_is_not_there_is_told(ask: str) -> None:
    clinic = with_course()
    asked: dict[str, Callable[[str], object]] = {
        "course": clinic.course,
        "events": clinic.events,
        "ways": lambda id: clinic.ways(id, on=DAY),
        "agenda": lambda id: clinic.agenda(id, on=DAY),
        "do": lambda id: clinic.do(id, c.WriteNote("a"), by=ANNA),
    }
    with pytest.raises(UnknownCourse) as caught:
        asked[ask]("b")
    assert (caught.value.course, str(caught.value)) == ("b", "there is no course 'b' in this store")
    with pytest.raises(UnknownCourse) as caught:
        asked[ask](CANARY)
    assert str(caught.value) == "there is no course of that id in this store"


def test_alerts_of_all_courses_come_with_those_to_be_assessed_first() -> None:
    clinic = with_course()
    for course in ("b", "d"):
        clinic.start("ipt-adult", by=ANNA, on=DAY, course=course)
    for course, day in (("b", DAY + WEEK), ("a", DAY + 2 * WEEK), ("d", DAY)):
        clinic.do(course, WITHOUT_ITEM_9, by=ANNA, on=day)
    assert [alert.course for alert in clinic.alerts()] == ["d", "b", "a"]
    (alert,) = clinic.alerts(courses=["d", "d"])
    clinic.do("d", c.AssessAlert(alert.id, found="asked", plan="again next week"), by=ANNA)
    assert [(a.course, a.state) for a in clinic.alerts()] == [("b", "open"), ("a", "open"), ("d", "assessed")]
    clinic.do("d", c.CloseAlert(alert.id, because="done"), by=ANNA)
    assert [a.course for a in clinic.alerts()] == ["b", "a"]
    assert [a.course for a in clinic.alerts(closed=True)] == ["b", "a", "d"]


def test_a_risk_alert_comes_before_an_older_review() -> None:
    clinic = with_course()
    for week, total in enumerate((8, 20)):
        answered = c.Read("phq9", answers={"self_harm": 0}, total=total, on=DAY + week * WEEK)
        clinic.do("a", c.HoldSession(on=DAY + week * WEEK), answered, by=ANNA)
    clinic.start("ipt-adult", by=ANNA, on=DAY, course="b")
    clinic.do("b", WITHOUT_ITEM_9, by=ANNA, on=DAY + 3 * WEEK)
    assert [(alert.course, alert.level) for alert in clinic.alerts()] == [("b", "risk"), ("a", "review")]


def test_what_is_due_in_all_courses_has_the_alerts_first() -> None:
    clinic = with_course()
    clinic.start("ipt-adult", by=ANNA, on=DAY, course="b")
    clinic.do("b", WITHOUT_ITEM_9, by=ANNA, on=DAY + WEEK)
    due = clinic.due(on=DAY + WEEK)
    assert (due[0].course, due[0].kind) == ("b", "alert")
    assert {line.course for line in due} == {"a", "b"}
    assert [line for line in due if line.course == "a"] == list(clinic.due(on=DAY + WEEK, courses=["a"]))


def test_the_page_of_the_next_session_is_made_for_its_reader() -> None:
    clinic = with_course()
    clinic.do("a", WITHOUT_ITEM_9, by=ANNA)
    therapist = clinic.agenda("a", on=DAY + WEEK, detail="brief")
    assert (therapist.course_version, therapist.problem) == (3, "")
    assert "!! PHQ-9, item 9 (thoughts of death or self-harm): no answer on record" in therapist.text
    patient = clinic.agenda("a", on=DAY + WEEK, audience="patient", service={"phone": "555 0100"})
    assert "555 0100" in patient.text
    assert "PHQ" not in patient.text


def test_an_event_that_cannot_be_read_is_shown_and_stops_nothing() -> None:
    store = fresh_store()
    clinic = with_course(store)
    store.append("a", [encode(clinic.events("a")[0]).replace("course_started", "from_the_future")], expected=1)
    done = clinic.do("a", WITHOUT_ITEM_9, by=ANNA)
    assert [alert.code for alert in done.alerts] == ["risk_item"]
    assert [warning.code for warning in done.warnings if warning.code == "anomaly"] == ["anomaly"]
    assert done.course.version == 4


# -- what is of the wrong sort, and what must not be told --------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.HoldSession(on=DAY, minutes=True), "minutes"),
        (c.HoldSession(on=at_three()), "on"),
        (c.WriteNote(7), "text"),  # type: ignore[arg-type]
        (c.Deviate(c.EnterPhase(None), because="x"), "command.phase"),  # type: ignore[arg-type]
        (c.Read("phq9", answers={9: 1}), "answers"),  # type: ignore[dict-item]
        (c.HoldSession(on=DAY, present="patient"), "present"),  # type: ignore[arg-type]
    ],
)
def test_a_field_of_the_wrong_sort_is_named_before_anything_is_recorded(command: c.Command, field: str) -> None:
    clinic = with_course()
    with pytest.raises(BadInput) as caught:
        clinic.do("a", c.WriteNote("beside"), command, by=ANNA)
    assert caught.value.field == field
    assert clinic.course("a").version == 1


def test_a_list_of_those_present_is_as_good_as_any() -> None:
    wanted: Any = ["patient"]
    clinic = with_course()
    (event,) = clinic.do("a", c.HoldSession(on=DAY, present=wanted), by=ANNA).events
    assert getattr(event, "present", None) == ("patient",)
    assert clinic.events("a")[-1] == event


CANARIES: tuple[c.Command, ...] = (
    c.WriteNote(CANARY),
    c.RemindMe(CANARY),
    c.RecordPerson(CANARY, role=CANARY, expects=CANARY),
    c.RecordLifeEvent(CANARY, when=CANARY),
    c.WriteFormulation(CANARY, agreed=True),
    c.AgreeFocus("role_dispute", person=CANARY, because=CANARY),
    c.SetGoal(CANARY),
    c.SetGoal("a", focus=CANARY),
    c.AssignHomework(CANARY),
    c.RecordDiagnosis(CANARY),
    c.Read(CANARY, total=3),
    c.Read("phq9", answers={CANARY: 3}),
    c.Read("phq9", answers={"low_mood": CANARY}, total=CANARY),
    c.DoTask(CANARY),
    c.DoTask("inventory", how=CANARY),
    c.DoTask("inventory", note=CANARY, techniques=(CANARY,)),
    c.RecordFact(CANARY, CANARY),
    c.RecordFact("fear_at_home", CANARY),
    c.EnterPhase(CANARY),
    c.EndCourse(CANARY, reason=CANARY),
    c.Restage(CANARY, to=CANARY, because=CANARY),
    c.AgreeContract(frequency=CANARY, mode=CANARY, missed=CANARY),
    c.AssessAlert(CANARY, found=CANARY, plan=CANARY),
    c.MissSession(CANARY, why=CANARY),
    c.HoldSession(on=DAY, present=(CANARY,), mode=CANARY),
    c.RecordContact(CANARY, note=CANARY),
    c.Withdraw(CANARY, because=CANARY),
    c.Correct(CANARY, c.WriteNote(CANARY), because=CANARY),
    c.FillChecklist(CANARY, {CANARY: True}),
)


def reprs(done: Done) -> Iterator[str]:
    yield repr(done)
    for part in (done.course, *done.events, *done.alerts):
        yield repr(part)
    for no in done.refused:
        yield repr(no)
        yield str(no)
        yield repr(no.command)
        yield repr(no.__cause__) + repr(no.__context__)


@pytest.mark.parametrize("command", CANARIES, ids=lambda command: command.kind)
def test_what_the_patient_said_is_in_no_error_and_no_repr(command: c.Command) -> None:
    clinic = with_course()
    clinic.do("a", *CANARIES[:6], c.AgreeFocus("grief", id="grief"), by=ANNA)
    done = clinic.do("a", command, by=ANNA)
    assert [told for told in reprs(done) if CANARY in told] == []
