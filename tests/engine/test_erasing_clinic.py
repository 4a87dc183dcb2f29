# ruff: noqa: E501
"""Patient text is erased by destroying the key of its course; what happened, scores and alerts stay."""

from __future__ import annotations

import base64
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import iptengine as ipt
from canaries import ANNA, CANARY, DAY, SAY, UPON, bad_inputs, clinic, mark, words_of
from erased import CALLED_FOR, END, all_of, end, end_alerts, ended, erase, found_in, traces
from iptengine import commands as c
from iptengine.course.events import CourseErased, Unreadable
from iptengine.engine.clinic import Clinic
from iptengine.engine.records import Records
from iptengine.store.ciphers import CannotOpen
from iptengine.store.keys import CourseKeys, FileKeys, KeyDestroyed, KeyLost, MemoryKeys
from iptengine.store.port import Store, StoreError
from iptengine.store.rows import Asked
from iptengine.store.secrecy import CannotErase
from stores import fresh_store

# -- under a key -------------------------------------------------------------------------------------------------


def test_with_keys_nothing_the_patient_said_stands_in_the_store_in_the_clear() -> None:
    plain, made, keys = fresh_store(), fresh_store(), MemoryKeys()
    ended(plain, None)
    ended(made, keys)
    assert sum(text.count(CANARY) for _, _, text in plain.feed()) > 40
    assert [text for _, _, text in made.feed() if CANARY in text] == []


def test_a_course_under_a_key_is_the_course_it_would_be_without() -> None:
    opened, plain = ended(fresh_store(), MemoryKeys()), ended(fresh_store(), None)

    def told(here: Clinic) -> list[tuple[object, ...]]:
        return [(type(event), event.on, event.because, len(event.warnings)) for event in here.events("a")]

    assert told(opened) == told(plain)
    assert opened.agenda("a", on=END).text == plain.agenda("a", on=END).text
    assert opened.course("a").called == mark("called")
    assert not any(isinstance(event, Unreadable) for event in opened.events("a"))


def test_without_keys_nothing_is_enciphered() -> None:
    made = fresh_store()
    ended(made, None)
    assert not any("sealed_text" in text for _, _, text in made.feed())


def test_a_course_under_a_key_cannot_be_read_by_a_clinic_without_keys() -> None:
    made = fresh_store()
    ended(made, MemoryKeys())
    told = r"^the patient text of this course is enciphered; give the clinic its keys: Clinic\(store, protocols, keys=...\), or --keys in the shell$"
    with pytest.raises(StoreError, match=told):
        clinic(made).course("a")


def test_a_lost_key_is_an_error_and_does_not_look_like_an_erasure() -> None:
    made = fresh_store()
    ended(made, MemoryKeys())
    for ask in (lambda: clinic(made, keys=MemoryKeys()).course("a"), lambda: erase(clinic(made, keys=MemoryKeys()))):
        with pytest.raises(KeyLost, match="was not destroyed on purpose"):
            ask()


def test_another_key_is_an_error() -> None:
    made, others = fresh_store(), MemoryKeys()
    ended(made, MemoryKeys())
    others.make("a")
    with pytest.raises(CannotOpen, match=r"^the patient text of event 1 of this course does not open with its key"):
        clinic(made, keys=others).course("a")


def test_an_event_pasted_from_another_course_is_an_error() -> None:
    made, keys = fresh_store(), MemoryKeys()
    ended(made, keys)
    texts = made.read("a")
    pasted = fresh_store()
    pasted.append("a", [*texts[:4], texts[6], *texts[5:]], expected=0)
    with pytest.raises(CannotOpen, match="event 5"):
        clinic(pasted, keys=keys).course("a")


LOST = (
    "the key of this course is not there, and it was not destroyed on purpose: its patient text cannot be read; bring "
    "the keys back from where they are kept safe"
)


def two_at_risk(made: Store) -> tuple[Clinic, MemoryKeys]:
    """A clinic of two courses, each with a risk alert that waits, and the key of the first alone."""
    opened = clinic(made, keys=MemoryKeys())
    known, keys = MemoryKeys(), MemoryKeys()
    for course, held in (("a", known), ("b", keys)):
        opened = clinic(made, keys=held)
        opened.start("ipt-adult", by=ANNA, on=DAY, course=course, called=mark("called"))
        opened.do(course, c.HoldSession(on=DAY), c.Read("phq9", total=15, answers={"self_harm": 2}), by=ANNA)
    return clinic(made, keys=known), keys


@pytest.mark.parametrize("named", [None, ("a", "b")])
def test_a_course_whose_key_is_lost_holds_back_no_alert_and_no_line_of_any_course(
    named: tuple[str, ...] | None,
) -> None:
    opened, _ = two_at_risk(fresh_store())
    alerts = opened.alerts(courses=named)
    assert [(one.course, one.level, one.needs_assessment) for one in alerts] == [
        ("a", "risk", True),
        ("b", "risk", True),
    ]
    assert alerts[0].text == alerts[1].text
    due = opened.due(on=DAY, courses=named)
    assert [(one.course, one.kind, one.text) for one in due if one.course == "b"] == [
        ("b", "alert", alerts[1].text), ("b", "review", LOST),
    ]  # fmt: skip
    assert [one for one in due if one.course == "a"] == list(opened.due(on=DAY, courses=["a"]))
    assert len(opened.due(on=DAY, courses=["a"])) > 1


@pytest.mark.parametrize("role", ["therapist", "supervisor", "assessor"])
def test_a_reader_of_any_role_sees_the_alerts_of_a_course_whose_key_is_lost(role: str) -> None:
    opened, _ = two_at_risk(fresh_store())
    reader = opened.reader(ipt.Actor("u9", role=role))
    assert [(one.course, one.level) for one in reader.alerts()] == [("a", "risk"), ("b", "risk")]
    assert [(one.kind) for one in reader.due(on=DAY) if one.course == "b"] == ["alert", "review"]


def test_without_any_keys_every_alert_is_listed_and_every_course_says_that_it_does_not_open() -> None:
    made = fresh_store()
    two_at_risk(made)
    opened = clinic(made)
    assert [(one.course, one.level) for one in opened.alerts()] == [("a", "risk"), ("b", "risk")]
    told = (
        "the patient text of this course is enciphered; give the clinic its keys: Clinic(store, protocols, keys=...), "
        "or --keys in the shell"
    )
    assert [(one.course, one.text) for one in opened.due(on=DAY) if one.kind == "review"] == [("a", told), ("b", told)]


def test_one_altered_event_does_not_hide_the_alerts_of_its_course() -> None:
    made, altered, keys = fresh_store(), fresh_store(), MemoryKeys()
    opened = clinic(made, keys=keys)
    opened.start("ipt-adult", by=ANNA, on=DAY, course="a", called=mark("called"))
    opened.do("a", c.HoldSession(on=DAY), c.Read("phq9", total=15, answers={"self_harm": 2}), by=ANNA)
    first, *rest = made.read("a")
    altered.append("a", [first.replace('"command":"', '"command":"x', 1), *rest], expected=0)
    assert [(one.course, one.level) for one in clinic(altered, keys=keys).alerts()] == [("a", "risk")]


def test_a_key_destroyed_without_an_erasure_on_record_is_said_in_the_list_with_the_alerts() -> None:
    opened, keys = two_at_risk(fresh_store())
    opened = clinic(opened._records._store, keys=keys)
    keys.destroy("b")
    told = (
        "the key of this course was destroyed, and no erasure of it is on record: its patient text cannot be read, and "
        "nothing more can be recorded in it; begin a new course for what has to be recorded now"
    )
    assert [(one.kind, one.text) for one in opened.due(on=DAY, courses=["b"])] == [
        ("alert", opened.alerts(courses=["b"])[0].text), ("review", told),
    ]  # fmt: skip


def test_an_erasure_whose_record_was_rolled_back_after_the_key_was_destroyed_can_be_said_again() -> None:
    made, keys = fresh_store(), MemoryKeys()
    opened = ended(made, keys)
    keys.destroy("a")
    with pytest.raises(KeyDestroyed):
        opened.do("a", c.WriteNote(mark("late")), by=ANNA, on=END)
    done = erase(opened)
    assert [event.kind for event in done.events] == ["course_erased"]
    assert done.course.erased is not None
    assert opened.course("a").erased == done.course.erased


def test_a_course_whose_key_was_destroyed_under_way_is_erased_and_leaves_the_lists_but_for_its_alert() -> None:
    made = fresh_store()
    opened, keys = two_at_risk(made)
    opened = clinic(made, keys=keys)
    with pytest.raises(ipt.Refused, match="end it first"):  # as long as there is a key
        erase(opened, "b")
    keys.destroy("b")
    assert [one.kind for one in opened.due(on=END, courses=["b"])] == ["alert", "review"]

    done = erase(opened, "b")

    assert [event.kind for event in done.events] == ["course_erased"]
    assert [(one.kind, one.course) for one in opened.due(on=END, courses=["b"])] == [("alert", "b")]
    assert [one.needs_assessment for one in opened.alerts(courses=["b"])] == [True]
    assert opened.stuck(on=END, courses=["b"]) == ()
    assert erase(opened, "b").events == ()
    assert CANARY not in str(made.read("b"))
    assert "Reason: the patient asked for it in writing" in " ".join(opened.agenda("b", on=END).text.split())


def test_nobody_says_from_outside_that_a_key_is_destroyed() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    with pytest.raises(ipt.BadInput):
        opened.do("a", c.Erase(because="x", key_destroyed=True), by=ANNA, on=END)


def test_a_course_whose_first_event_is_broken_goes_on_being_enciphered() -> None:
    made, broken, keys = fresh_store(), fresh_store(), MemoryKeys()
    held = clinic(made, keys=keys)
    held.start("ipt-adult", by=ANNA, on=DAY, course="a", called=mark("called"))
    held.do("a", c.WriteNote(mark("note")), by=ANNA, on=DAY)
    first, *rest = made.read("a")
    broken.append("a", [first[:40], *rest], expected=0)
    assert Records(broken, keys=keys).history("a").secret


# -- erased ------------------------------------------------------------------------------------------------------


def test_an_erased_course_says_nothing_any_more_that_the_patient_said() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    assert CANARY in all_of(opened)
    erase(opened)
    assert CANARY not in all_of(opened)
    assert "[erased]" in opened.course("a").json()


def test_of_an_erased_course_scores_alerts_and_all_that_happened_stay() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    before, then = opened.events("a"), opened.course("a")
    done = erase(opened)
    events, now = opened.events("a"), done.course
    assert [(type(e), e.id, e.on, e.at, e.by, e.command, e.corrects) for e in events[:-1]] == [
        (type(e), e.id, e.on, e.at, e.by, e.command, e.corrects) for e in before
    ]
    assert now.alerts == tuple(replace(a, found="[erased]", plan="[erased]") if a.found else a for a in then.alerts)
    assert [(r.answers, r.total, r.missing) for r in now.readings] == [
        (r.answers, r.total, r.missing) for r in then.readings
    ]
    assert [(a.status, a.on, a.number) for a in now.appointments] == [
        (a.status, a.on, a.number) for a in then.appointments
    ]
    assert (now.phases, now.seen[:-1], now.anomalies) == (then.phases, then.seen, then.anomalies)
    assert (len(now.people), len(now.focuses), len(now.homework)) == (
        len(then.people), len(then.focuses), len(then.homework),
    )  # fmt: skip


def test_an_erasure_is_an_event_with_who_when_and_why() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    done = erase(opened)
    (event,) = done.events
    assert isinstance(event, CourseErased)
    assert (event.on, event.by, event.because) == (END, ANNA, CALLED_FOR)
    assert (done.course.erased, done.course.version) == (event, len(opened.events("a")))


def test_the_page_says_that_the_text_was_erased() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    erase(opened)
    told = " ".join(opened.agenda("a", on=END).text.split())
    assert (
        "The patient text of this course was erased on 14 July 2026; scores and structure are left. "
        f"Reason: {CALLED_FOR}" in told
    )
    assert "Contact was lost on Tue 14 July 2026. Nothing more is recorded in it." in told


def test_a_value_that_the_protocol_lists_stays_with_the_scores() -> None:
    made, keys = fresh_store(), MemoryKeys()
    opened = clinic(made, keys=keys)
    opened.start("ipt-adult", by=ANNA, on=DAY, course="a", facts={"fear_at_home": "no"})
    end(opened, "a")
    erase(opened)
    assert [(fact.fact, fact.value) for fact in opened.course("a").facts] == [("fear_at_home", "no")]


def test_an_erased_course_takes_nothing_more() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    erase(opened)
    before = opened.events("a")
    told = (
        "write_note is not possible now: the patient text of this course was erased on 14 July 2026, and nothing more "
        "is recorded in it; begin a new course for what has to be recorded now"
    )
    done = opened.do("a", c.WriteNote(SAY), by=ANNA, on=END)
    assert [(str(no), no.overridable) for no in done.refused] == [(told, False)]
    for command in UPON:
        with suppress(ipt.BadInput):
            assert opened.do("a", command, by=ANNA, on=END).events == ()
    assert opened.events("a") == before
    assert opened.ways("a", on=END) == ()


def test_nothing_is_taken_out_of_an_erased_course_into_another() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    opened.start("ipt-adult", by=ANNA, on=DAY, course="b")
    note = next(event.id for event in opened.events("a") if event.kind == "note_written")
    erase(opened)
    for say in (
        lambda: opened.void("a", note, to="b", because=SAY, by=ANNA, on=END),
        lambda: opened.void("b", opened.events("b")[0].id, to="a", because=SAY, by=ANNA, on=END),
        lambda: opened.follow("a", "ipt-adult", by=ANNA, on=END, because=SAY),
    ):
        with pytest.raises(ipt.Refused, match="the patient text of this course was erased on 14 July 2026") as no:
            say()
        assert CANARY not in words_of(no.value)
    assert len(opened.events("b")) == 1


def test_an_open_risk_alert_stays_visible_when_its_key_is_destroyed_before_anybody_assessed_it() -> None:
    made, keys = fresh_store(), MemoryKeys()
    opened = clinic(made, keys=keys)
    opened.start("ipt-adult", by=ANNA, on=DAY, course="a")
    opened.do("a", c.HoldSession(on=DAY), c.Read("phq9", total=15, answers={"self_harm": 2}), by=ANNA)
    alerts, due = opened.alerts(), opened.due(on=DAY)
    before = opened.agenda("a", on=DAY).text.split("\n\n")[:2]
    keys.destroy("a")
    assert opened.alerts() == alerts
    assert alerts[0].needs_assessment
    assert [line for line in opened.due(on=DAY) if line.kind == "alert"] == [
        line for line in due if line.kind == "alert"
    ]
    assert opened.agenda("a", on=DAY).text.split("\n\n")[:2] == before


# -- when it is not possible -------------------------------------------------------------------------------------


def test_a_course_that_has_not_ended_or_has_an_open_risk_alert_is_not_erased() -> None:
    opened = clinic(fresh_store(), keys=MemoryKeys())
    opened.start("ipt-adult", by=ANNA, on=DAY, course="a")
    opened.do("a", c.HoldSession(on=DAY), c.Read("phq9", total=15, answers={"self_harm": 2}), by=ANNA)
    with pytest.raises(ipt.Refused) as no:
        erase(opened)
    assert str(no.value) == "erase is not possible now: an erased course takes nothing more, so end it first"
    opened.do("a", c.EndCourse("lost_to_contact"), by=ANNA, on=END)
    with pytest.raises(ipt.Refused) as no:
        erase(opened)
    assert str(no.value) == (
        "erase is not possible now: an erased course takes no assessment, and a risk alert of 3 March 2026 still needs one: "
        "assess it first"
    )
    assert not no.value.overridable
    assert opened.course("a").erased is None
    end_alerts(opened, "a")
    assert erase(opened).course.erased is not None


def test_an_erasure_says_why() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    with pytest.raises(ipt.Refused, match="an erasure says why, without any patient text: the reason stays readable"):
        opened.erase("a", by=ANNA, on=END, because="  ")


def test_a_course_begun_before_there_were_keys_stays_readable_and_says_why_it_cannot_be_erased() -> None:
    made, keys = fresh_store(), MemoryKeys()
    ended(made, None)
    opened = clinic(made, keys=keys)
    assert opened.course("a").called == mark("called")
    opened.do("a", c.Read("phq9", total=3, answers={"self_harm": 0}), by=ANNA, on=END)
    told = (
        "^this course was begun before the clinic had keys: its patient text stands in the store in the clear, where "
        "nothing is ever changed or taken away, and destroying a key would erase none of it$"
    )
    with pytest.raises(CannotErase, match=told):
        erase(opened)
    assert opened.course("a").erased is None
    opened.start("ipt-adult", by=ANNA, on=DAY, course="b", called=mark("called"))
    end(opened, "b")
    assert erase(opened, "b").course.called == "[erased]"
    assert opened.course("a").called == mark("called")


def test_without_keys_nothing_can_be_erased() -> None:
    with pytest.raises(
        CannotErase, match=r"^this clinic was given no keys, so it has no patient text that it could erase"
    ):
        erase(ended(fresh_store(), None))


def test_an_erasure_is_not_said_like_any_other_command() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    with pytest.raises(ipt.BadInput, match=r"^a course is erased by Clinic\.erase, which destroys its key, too$"):
        opened.do("a", c.Erase(because=CALLED_FOR), by=ANNA, on=END)
    note = next(event.id for event in opened.events("a") if event.kind == "note_written")
    for inside in (c.Correct(note, c.Erase(because="x"), because="x"), c.Deviate(c.Erase(because="x"), because="x")):
        assert len(opened.do("a", inside, by=ANNA, on=END).refused) == 1


def test_a_course_id_whose_key_was_destroyed_is_not_used_again() -> None:
    keys = MemoryKeys()
    erase(ended(fresh_store(), keys))
    with pytest.raises(KeyDestroyed) as no:
        clinic(fresh_store(), keys=keys).start("ipt-adult", by=ANNA, on=DAY, course="a")
    assert str(no.value) == (
        "the key of a course of this id was destroyed, and none is made for it again, so no course can begin under "
        "this id; choose another"
    )


def test_a_report_to_a_course_whose_key_was_destroyed_is_not_told_to_choose_another_id() -> None:
    keys = MemoryKeys()
    opened = ended(fresh_store(), keys)
    keys.destroy("a")
    with pytest.raises(KeyDestroyed) as no:
        opened.do("a", c.WriteNote(mark("late")), by=ANNA, on=END)
    assert "id" not in str(no.value).split()
    assert str(no.value).endswith("begin a new course for what has to be recorded now")
    with pytest.raises(KeyDestroyed, match=r"^the key of this course was destroyed on purpose, and none is made or "):
        keys.make("a")


# -- cut short ---------------------------------------------------------------------------------------------------


class Failing(MemoryKeys):
    """Keys that cannot be destroyed the first time."""

    times = 1

    def destroy(self, course: str) -> None:
        if self.times:
            self.times -= 1
            raise StoreError("the disk is full")
        super().destroy(course)


def test_an_erasure_that_was_recorded_and_cut_short_is_finished_when_it_is_said_again() -> None:
    made, keys = fresh_store(), Failing()
    opened = ended(made, keys)
    with pytest.raises(StoreError, match=r"^the disk is full$"):
        erase(opened)
    assert keys.key("a") is not None
    assert CANARY not in all_of(opened)  # it was erased on purpose; nobody is shown it because a disk was full
    done = erase(opened)
    assert keys.key("a") is None
    assert (done.events, done.course.erased is not None) == ((), True)
    assert erase(opened).course == done.course
    assert sum("course_erased" in text for _, _, text in made.feed()) == 1


class Meanwhile(MemoryKeys):
    """Keys between whose reading and whose use something happens once."""

    then: Callable[[], object] | None = None
    calls = 0

    def key(self, course: str) -> bytes | None:
        self.calls += 1
        if self.then is not None and self.calls == 2:
            then, self.then = self.then, None
            then()
        return super().key(course)


def test_what_is_said_while_somebody_erases_the_course_is_refused_and_not_kept_in_the_clear() -> None:
    made, keys = fresh_store(), Meanwhile()
    opened = ended(made, keys)
    other = clinic(made, keys=keys)
    keys.calls, keys.then = 0, lambda: erase(other)
    done = opened.do("a", c.WriteNote(mark("late")), by=ANNA, on=END)
    assert [no.reasons[0].code for no in done.refused] == ["erased"]
    assert not any(CANARY in text for _, _, text in made.feed())


# -- key files ---------------------------------------------------------------------------------------------------


def test_a_course_whose_key_cannot_be_kept_is_not_begun(tmp_path: Path) -> None:
    made, keys = fresh_store(), FileKeys(tmp_path / "keys")
    (tmp_path / "keys").rmdir()
    with pytest.raises(StoreError, match=r"^the key of this course cannot be kept: No such file or directory$"):
        clinic(made, keys=keys).start("ipt-adult", by=ANNA, on=DAY, course="a", called=mark("called"))
    assert list(made.feed()) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("ab" * 32 + "\n", "the patient text of event 1 of this course does not open with its key: the key is another"),
        ("ab" * 20, "the key of this course is damaged: its file does not hold a key; bring the file back"),
        ("", "the key of this course is damaged: its file does not hold a key; bring the file back"),
    ],
)
def test_with_a_wrong_or_truncated_key_file_nothing_is_read_or_recorded_and_nothing_is_lost(
    tmp_path: Path, content: str, told: str
) -> None:
    made, keys = fresh_store(), FileKeys(tmp_path / "keys")
    opened = clinic(made, keys=keys)
    opened.start("ipt-adult", by=ANNA, on=DAY, course="a", called=mark("called"))
    opened.do("a", c.HoldSession(on=DAY), c.Read("phq9", total=15, answers={"self_harm": 2}), by=ANNA)
    before, (file,) = tuple(made.read("a")), (tmp_path / "keys").iterdir()
    right = file.read_text()
    file.write_text(content)
    for ask in (
        lambda: opened.course("a"), lambda: opened.agenda("a", on=DAY), lambda: opened.events("a"),
        lambda: opened.do("a", c.WriteNote(mark("note")), by=ANNA, on=DAY), lambda: erase(opened),
        lambda: opened.follow("a", "ipt-adult", by=ANNA, on=END, because=mark("because")),
    ):  # fmt: skip
        with pytest.raises(StoreError) as no:
            ask()
        assert str(no.value).startswith(told)
        assert not any(secret in words_of(no.value) for secret in (CANARY, right.strip(), content.strip() or CANARY))
    assert [alert.level for alert in opened.alerts()] == ["risk"]
    assert next(line.text for line in opened.due(on=DAY) if line.kind == "review").startswith(told)
    file.write_text(right)
    assert tuple(made.read("a")) == before
    assert opened.course("a").called == mark("called")


def test_key_files_that_change_places_open_nothing(tmp_path: Path) -> None:
    made, keys = fresh_store(), FileKeys(tmp_path / "keys")
    opened = clinic(made, keys=keys)
    for course in ("a", "b"):
        opened.start("ipt-adult", by=ANNA, on=DAY, course=course, called=mark(course))
    first, second = (tmp_path / "keys").iterdir()
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    for course in ("a", "b"):
        with pytest.raises(CannotOpen):
            opened.course(course)


# -- no trace ----------------------------------------------------------------------------------------------------


def test_the_search_for_traces_finds_what_it_looks_for() -> None:
    for hidden in (b"xx" + CANARY.encode(), CANARY.encode("utf-16-le") + b"y"):
        for told in (hidden, hidden.hex().encode(), *(base64.b64encode(b"abc"[:n] + hidden) for n in range(3))):
            assert any(trace in told for trace in traces(CANARY.encode())), told


def test_after_an_erasure_no_file_of_the_store_holds_a_trace_of_key_or_text(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    made = ipt.open_store(f"sqlite:///{tmp_path / 'clinic.db'}")
    opened = ended(made, keys)
    opened.start("ipt-adult", by=ANNA, on=DAY, course="b", called="Rosalind")
    opened.do("b", c.WriteNote("Rosalind slept badly"), by=ANNA, on=DAY)
    key, others = keys.key("a"), (keys.key("b"), tuple(made.read("b")))
    in_the_clear = ended(ipt.open_store(f"sqlite:///{tmp_path / 'other.db'}"), None)
    assert set(found_in(tmp_path, CANARY.encode())) == {"other.db"}  # so the search finds what there is to find
    assert in_the_clear.course("a").called == mark("called")
    for left in tmp_path.glob("other.db*"):
        left.unlink()
    assert key is not None
    assert found_in(tmp_path, key) != [] or found_in(tmp_path, key.hex().encode()) != []
    erase(opened)
    assert found_in(tmp_path, CANARY.encode(), b"Rosalind", key, key.hex().encode(), key[:16], key[16:]) == []
    assert (keys.key("b"), tuple(made.read("b"))) == others
    assert opened.course("b").called == "Rosalind"


def test_the_history_is_verified_without_a_key_before_and_after_an_erasure() -> None:
    made = fresh_store()
    opened = ended(made, MemoryKeys())
    anchor = ipt.anchor(made, at=datetime(2026, 7, 14, tzinfo=UTC))
    erase(opened)
    assert ipt.verify(made, against=anchor).state == "intact"


# -- errors ------------------------------------------------------------------------------------------------------


def causes(folder: Path) -> Iterator[Callable[[], object]]:
    """What goes wrong with enciphered texts, keys, stores and pages, upon a course full of patient text."""
    made, keys = fresh_store(), MemoryKeys()
    opened = ended(made, keys)
    texts = made.read("a")

    def over(*changed: str, by: CourseKeys = keys) -> Clinic:
        other = fresh_store()
        other.append("a", changed, expected=0)
        return clinic(other, keys=by)

    for place in range(0, len(texts), 3):
        spoilt = texts[place].replace('"sealed_text":"', '"sealed_text":"A', 1)
        if spoilt != texts[place]:
            yield lambda place=place, spoilt=spoilt: over(*texts[:place], spoilt, *texts[place + 1 :]).course("a")  # type: ignore[misc]
    yield lambda: over(*texts[1:]).course("a")
    yield lambda: over(*texts, by=MemoryKeys()).agenda("a", on=END)
    yield lambda: clinic(made).events("a")
    yield lambda: clinic(made).due(on=END)
    files = FileKeys(folder / "k")
    for what in (files.key, files.destroy, keys.key, keys.destroy):
        yield lambda what=what: what(SAY)  # type: ignore[misc]
    yield lambda: FileKeys(folder / SAY / SAY)
    yield lambda: opened.do("a", c.Erase(because=SAY), by=ANNA, on=END)
    yield lambda: opened.erase(SAY, by=ANNA, on=END, because=SAY)
    yield lambda: opened.erase("a", by=ANNA, on=END, because="")
    yield lambda: opened.erase("a", by=ANNA, on=SAY, because=SAY)  # type: ignore[arg-type]
    yield lambda: clinic(made).erase("a", by=ANNA, on=END, because=SAY)
    yield lambda: opened.agenda("a", on=END, audience=SAY)  # type: ignore[arg-type]
    yield lambda: opened.agenda("a", on=END, occasion="contact", contact=SAY)
    yield lambda: opened.message("a", SAY, on=END)
    yield lambda: opened.void("a", SAY, because=SAY, by=ANNA, on=END)
    yield lambda: opened.void("a", SAY, to=SAY, because=SAY, by=ANNA, on=END)
    yield lambda: opened.follow("a", SAY, by=ANNA, on=END, because=SAY)
    yield lambda: made.append("a", [SAY], expected=99)
    yield lambda: made.protocol(SAY)
    yield from bad_inputs(opened)
    erase(opened)
    yield lambda: opened.follow("a", "ipt-adult", by=ANNA, on=END, because=SAY)


def test_of_forty_things_that_go_wrong_none_tells_what_the_patient_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
    errors: list[ipt.IptengineError | ValueError] = []
    with caplog.at_level(logging.DEBUG):
        for cause in causes(tmp_path):
            try:
                answer = cause()
            except (ipt.IptengineError, ValueError) as error:
                errors.append(error)
            else:
                assert CANARY not in repr(answer)
    assert len(errors) >= 60
    assert len({str(error) for error in errors}) >= 40
    asked_for = ("course", "protocol", "digest")  # what the caller named, as attributes; never in the text
    for error in errors:
        kept = repr({name: value for name, value in vars(error).items() if name not in asked_for})
        assert CANARY not in words_of(error) + kept, error
    said = capfd.readouterr()
    assert CANARY not in said.out + said.err + caplog.text
    assert found_in(scratch, CANARY.encode()) == []


def test_the_marker_of_a_person_names_nobody() -> None:
    opened = ended(fresh_store(), MemoryKeys())
    erase(opened)
    (person,) = opened.course("a").people
    assert person.name.startswith("[erased-")
    assert person.role == "[erased]"


# -- lists -------------------------------------------------------------------------------------------------------


def test_the_rows_of_the_lists_hold_nothing_that_the_patient_said_and_answer_all_the_same() -> None:
    made, keys = fresh_store(), MemoryKeys()
    opened = ended(made, keys)
    plain = ended(fresh_store(), None)

    def told(here: Clinic) -> list[tuple[object, ...]]:
        return [(a.code, a.state, a.found, a.plan) for a in here.alerts()]

    opened.refresh(on=END)
    assert told(opened) == told(plain)
    assert CANARY in str(told(opened))
    assert opened.out_of_step() == ()
    rows = list(made.rows(Asked(frozenset())))
    assert [row.course for row in rows] == ["a"]
    assert rows[0].text.startswith("sealed:")
    assert CANARY not in rows[0].text


def test_the_lists_say_of_an_erased_course_only_what_is_left() -> None:
    made, keys = fresh_store(), MemoryKeys()
    opened = ended(made, keys)
    opened.refresh(on=END)
    erase(opened)
    assert opened.out_of_step() == ()
    assert {(alert.found, alert.plan) for alert in opened.alerts()} <= {("[erased]", "[erased]"), ("", "")}
    opened.refresh(on=END, anew=True)
    assert opened.out_of_step() == ()
    assert CANARY not in next(iter(made.rows(Asked(frozenset())))).text
