"""Whatever a course can undergo, it undergoes under a key as in the clear, and none of its words is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import count, pairwise
from pathlib import Path

import pytest

import iptengine as ipt
from canaries import CANARY, everything, mark, words_of
from course.test_hiding import trial
from erased import END, end, end_alerts, erase, found_in
from iptengine import commands as c
from iptengine.engine.clinic import Clinic
from iptengine.store.ciphers import CannotOpen
from iptengine.store.keys import CourseKeys, FileKeys, KeyDestroyed, KeyLost, MemoryKeys
from iptengine.store.memory import MemoryStore
from iptengine.store.port import Store, StoreError
from iptengine.store.rows import Asked
from phrases import START, variant, week
from stores import fresh_store

ANNA = ipt.Actor("u17", role="therapist")
PHARMACY, ASSESSOR = ipt.Actor("u40", role="pharmacist"), ipt.Actor("u31", role="assessor")
LEADERS = ("u17", "u9")
CLINIC_KEY = b"a key of the clinic, kept elsewhere"


@cache
def protocols() -> tuple[ipt.Protocol, ...]:
    """The adult protocol, a newer version of it, a small one for groups, and the one of a trial with hidden facts."""
    adult = variant("ipt-adult", {})
    newer = variant("ipt-adult", {"version": "1.1.0", "phases.ending.aim": "Say goodbye, and what comes now"})
    grouped = variant("small", {"group.size": "3..5", "group.facilitators": "1..2"})
    return adult, newer, grouped


def clinic(
    store: Store, keys: CourseKeys | None, *others: ipt.Protocol, seal_key: bytes | None = None, ids: str = "id"
) -> Clinic:
    """A clinic that makes the same ids each time; one that goes on where another was is given others."""
    number = count(1)
    return Clinic(
        store, others or protocols(), clock=lambda: datetime(2026, 3, 3, 15, tzinfo=UTC),
        ids=lambda: f"{ids}-{next(number)}", keys=keys, seal_key=seal_key,
    )  # fmt: skip


def end_as_it_may(made: Clinic, course: str) -> None:
    """End a course in an outcome that can be had now, every alert assessed."""
    end_alerts(made, course)
    outcome = next(way.command.outcome for way in made.ways(course, on=END) if isinstance(way.command, c.EndCourse))
    done = made.do(course, c.Deviate(c.EndCourse(outcome), because=mark("end")), by=ANNA, on=END)
    assert done.course.ended == outcome


# -- the same as in the clear ------------------------------------------------------------------------------------


def begun(made: Clinic, course: str = "a") -> None:
    made.start("ipt-adult@1.0.0", by=ANNA, on=START, course=course, called=mark("called"))
    made.do(course, *everything(START), by=ANNA, on=START)


def adopts(made: Clinic) -> object:
    made.adopt(
        "ipt-adult@1.0.0", by=ANNA, on=START, course="a", phase="middle", sessions_used=4, focus=["grief"],
        called=mark("called"),
    )  # fmt: skip
    return made.do("a", c.WriteNote(mark("note")), c.Read("phq9", total=9), by=ANNA, on=START).events


def follows(made: Clinic) -> object:
    begun(made)
    end(made, "a")
    done = made.follow("a", "ipt-adult@1.0.0", by=ANNA, on=END, new="b", because=mark("because"))
    return done.events, done.refused, made.course("b").follows


def voids(made: Clinic) -> object:
    begun(made)
    made.start("ipt-adult@1.0.0", by=ANNA, on=START, course="b")
    note = next(event.id for event in made.events("a") if event.kind == "note_written")
    came = made.void("a", note, to="b", because=mark("because"), by=ANNA, on=START)
    assert [text.text for text in made.course("b").notes] == [mark("note")]
    return came.wrong.events, came.right and came.right.events


def moves(made: Clinic) -> object:
    begun(made)
    newer = protocols()[1]
    (looked,) = made.moves(newer, on=week(3))
    pages = made.move_pages("a", newer, on=week(3))
    moved = made.move("a", newer, by=ANNA, on=week(3), because=mark("because"), key="move-1")
    assert (looked.answer, moved.course.protocol) == ("movable", "ipt-adult@1.1.0")
    made.do("a", c.WriteNote(mark("later")), by=ANNA, on=week(3))
    assert made.move("a", newer, by=ANNA, on=week(3), because=mark("because"), key="move-1").events == moved.events
    back = made.move_back("a", by=ANNA, on=week(4), because=mark("back"))
    assert back.course.protocol == "ipt-adult@1.0.0"
    return pages.before.text, pages.after.text, moved.events, back.events


def meets(made: Clinic) -> object:
    four = ("a", "b", "d", "e")
    for course in four:
        made.start("ipt-small", by=ANNA, on=START, course=course, called=mark(course))
    made.form_group("tuesday", four, facilitators=LEADERS, by=ANNA, on=START)
    made.book_group_session("tuesday", on=week(2), by=ANNA, key="form-1", time="15:00", mode=None)
    held = made.hold_group_session("tuesday", on=week(2), by=ANNA, key="form-2", absent={"e": "no_show"})
    told = made.tell_group("tuesday", c.AnnounceEnding(), by=ANNA, on=week(2), key="form-3")
    made.leave_group("tuesday", "e", by=ANNA, on=week(3), because=mark("left"))
    page = made.group_agenda("tuesday", on=week(3))
    return (
        made.group("tuesday"),
        held.courses.keys(),
        told.warnings,
        page.text,
        [made.events(course) for course in four],
    )


def is_put_right(made: Clinic) -> object:
    begun(made)
    events = {event.kind: event.id for event in made.events("a")}
    made.do("a", c.Correct(events["note_written"], c.WriteNote(mark("right")), because=mark("why")), by=ANNA, on=START)
    return made.do("a", c.Withdraw(events["goal_set"], because=mark("why")), by=ANNA, on=START).events


UNDERGOES = [adopts, follows, voids, moves, meets, is_put_right]


def all_told(made: Clinic) -> list[object]:
    """What a clinic answers about all its courses."""
    courses = [course.id for course in made.courses()]
    told: list[object] = [
        made.due(on=END), made.alerts(closed=True), made.stuck(on=END), made.overdue(on=END), made.overviews(on=END),
    ]  # fmt: skip
    for course in courses:
        told += [made.course(course).json(), made.events(course), made.ways(course, on=END)]
        told += [made.agenda(course, on=END).text, made.agenda(course, on=END, audience="patient").text]
    return told


@pytest.mark.parametrize("undergo", UNDERGOES)
@pytest.mark.parametrize("seal_key", [None, CLINIC_KEY])
def test_under_a_key_it_goes_as_in_the_clear_and_nothing_of_it_is_stored_in_the_clear(
    undergo: Callable[[Clinic], object], seal_key: bytes | None
) -> None:
    store, keys = fresh_store(), MemoryKeys()
    plain, made = clinic(fresh_store(), None, seal_key=seal_key), clinic(store, keys, seal_key=seal_key)
    assert undergo(made) == undergo(plain)
    assert all_told(made) == all_told(plain)
    assert CANARY in str(all_told(made))
    assert [text for _, _, text in store.feed() if CANARY in text] == []
    assert made.refresh(on=END, anew=True) > 0
    assert made.out_of_step() == ()
    assert ipt.verify(store, key=seal_key).state == "not anchored"
    assert all_told(clinic(store, keys, seal_key=seal_key)) == all_told(plain)  # as another process reads it


@pytest.mark.parametrize("undergo", UNDERGOES)
def test_after_its_erasure_nothing_of_what_it_underwent_is_left_and_the_others_are_as_they_were(
    undergo: Callable[[Clinic], object],
) -> None:
    store, keys = fresh_store(), MemoryKeys()
    made = clinic(store, keys)
    undergo(made)
    others = {course: (store.read(course), keys.key(course)) for course in made._records.ids(None) if course != "a"}
    if not made.course("a").ended:
        end_as_it_may(made, "a")
    erase(made)
    told = [made.course("a").json(), made.events("a"), made.agenda("a", on=END).text, made.overviews(on=END)]
    assert CANARY not in str(told)
    assert {course: (store.read(course), keys.key(course)) for course in others} == others
    assert all(CANARY in made.course(course).json() for course in others)


# -- a course that does not open ---------------------------------------------------------------------------------


def test_a_dry_run_says_which_courses_do_not_open_and_the_others_move() -> None:
    store, keys, newer = fresh_store(), MemoryKeys(), protocols()[1]
    for course, known in (("a", keys), ("b", MemoryKeys()), ("d", keys)):
        clinic(store, known).start("ipt-adult@1.0.0", by=ANNA, on=START, course=course, called=mark("called"))
    keys.make("gone")
    clinic(store, keys).start("ipt-adult@1.0.0", by=ANNA, on=START, course="gone", called=mark("called"))
    keys.destroy("gone")
    made = clinic(store, keys)
    found = made.moves(newer, on=week(3))
    assert [(move.course, move.answer, [str(why) for why in move.reasons]) for move in found if move.reasons] == [
        ("b", "blocked", [str(KeyLost("b"))]),
        ("gone", "blocked", [
            "the key of this course was destroyed, and no erasure of it is on record: its patient text cannot be read, "
            "and nothing more can be recorded in it; begin a new course for what has to be recorded now"
        ]),
    ]  # fmt: skip
    assert [(move.course, move.answer) for move in found if not move.reasons] == [("a", "movable"), ("d", "movable")]
    assert all(not move.overridable for move in found)
    with pytest.raises(KeyLost):
        made.move("b", newer, by=ANNA, on=week(3), because="x")
    with pytest.raises(KeyDestroyed, match="nothing more can be recorded in it"):
        made.move("gone", newer, by=ANNA, on=week(3), because="x")
    assert made.move("a", newer, by=ANNA, on=week(3), because="x").course.protocol == "ipt-adult@1.1.0"


# -- readers, and what is kept from a role -----------------------------------------------------------------------


def test_what_is_kept_from_a_role_is_kept_from_it_under_a_key_too() -> None:
    told: list[list[object]] = []
    for keys in (None, MemoryKeys()):
        made = clinic(fresh_store(), keys, trial())
        facts = {"arm": "placebo", "doses": 2, "unblinded": "2025-11-23"}
        made.start("ipt-adult", by=PHARMACY, on=START, course="a", facts=facts)
        made.do("a", c.HoldSession(on=week(1)), c.Read("phq9", total=14, answers={"self_harm": 0}), by=ANNA)
        made.do("a", c.RecordFact("harm", "yes", on=week(1)), by=PHARMACY)
        made.refresh(on=week(2))
        assert "placebo" not in str([made.reader(ASSESSOR).course("a").json(), made.reader(ASSESSOR).events("a")])
        told.append([
            (reader.course("a"), reader.events("a"), reader.alerts(), reader.due(on=week(2)),
             reader.overviews(on=week(2)), reader.ways("a", on=week(2)), reader.agenda("a", on=week(2)).text)
            for reader in map(made.reader, (ANNA, ASSESSOR, PHARMACY))
        ])  # fmt: skip
    assert told[0] == told[1]


# -- handed over -------------------------------------------------------------------------------------------------


def handed_over(keys: CourseKeys) -> tuple[MemoryStore, str]:
    here = fresh_store()
    begun(clinic(here, keys))
    return here, ipt.export_course(here, "a")


def test_an_export_of_an_enciphered_course_holds_no_word_and_is_read_elsewhere_with_its_key(tmp_path: Path) -> None:
    ours, theirs = MemoryKeys(), FileKeys(tmp_path / "keys")
    here, text = handed_over(ours)
    assert CANARY not in text
    there = fresh_store()
    assert ipt.import_course(there, text) == "a"
    assert there.read("a") == here.read("a")
    elsewhere = clinic(there, theirs, ids="there")
    with pytest.raises(KeyLost) as no:
        elsewhere.course("a")
    assert str(no.value).endswith("its patient text cannot be read; bring the keys back from where they are kept safe")
    assert [alert.level for alert in elsewhere.alerts()] == [alert.level for alert in clinic(here, ours).alerts()]

    theirs.take_in("a", ours.make("a"))

    assert elsewhere.events("a") == clinic(here, ours).events("a")
    elsewhere.do("a", c.WriteNote(mark("there")), by=ANNA, on=week(2))
    end(elsewhere, "a")
    erase(elsewhere)
    assert clinic(here, ours).course("a").called == mark("called")  # each destroys its own copy of the key


def test_sealed_anew_for_another_clinic_it_still_opens() -> None:
    keys = MemoryKeys()
    here = fresh_store()
    begun(clinic(here, keys, seal_key=CLINIC_KEY))
    there, other = fresh_store(), b"the key of the other clinic"
    ipt.import_course(there, ipt.export_course(here, "a"), seal_key=other, sealed_with=CLINIC_KEY)
    assert ipt.verify(there, key=other).state == "not anchored"
    assert clinic(there, keys).events("a") == clinic(here, keys).events("a")


def test_an_erased_course_is_read_elsewhere_as_an_erased_one_without_any_key() -> None:
    keys, here, there = MemoryKeys(), fresh_store(), fresh_store()
    made = clinic(here, keys)
    begun(made)
    end(made, "a")
    erase(made)
    ipt.import_course(there, ipt.export_course(here, "a"))
    assert clinic(there, None).course("a") == made.course("a")
    assert clinic(there, MemoryKeys()).agenda("a", on=END).text == made.agenda("a", on=END).text


def test_an_export_made_before_an_erasure_does_not_bring_the_words_back() -> None:
    keys = MemoryKeys()
    here, text = handed_over(keys)
    made = clinic(here, keys, ids="later")
    end(made, "a")
    erase(made)
    there = fresh_store()
    ipt.import_course(there, text)
    back = clinic(there, keys)
    assert CANARY not in back.course("a").json()
    told = [line.text for line in back.due(on=END) if line.kind == "review"]
    assert told == [
        "the key of this course was destroyed, and no erasure of it is on record: its patient text cannot be read, and "
        "nothing more can be recorded in it; begin a new course for what has to be recorded now"
    ]


def test_a_key_that_does_not_belong_there_is_not_taken_in(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    key = keys.make("a")
    keys.take_in("a", key)
    with pytest.raises(StoreError, match=r"^another key is kept for this course; nothing was changed$"):
        keys.take_in("a", bytes(32))
    for short in (b"", key[:31], key.hex().encode()):
        with pytest.raises(
            StoreError, match=rf"^this is no key of a course: it has {len(short)} bytes, and a key has 32$"
        ):
            keys.take_in("b", short)
    keys.destroy("a")
    with pytest.raises(KeyDestroyed) as no:
        keys.take_in("a", key)
    assert str(no.value) == (
        "the key of this course was destroyed here on purpose, and is not taken in again: its patient text stays "
        "erased. Nothing was changed; whoever brought the key still has it, and with it can read every copy of the "
        "course"
    )
    assert keys.key("a") is None
    assert found_in(tmp_path, key, key.hex().encode()) == []


# -- backups -----------------------------------------------------------------------------------------------------


def test_a_backup_holds_no_word_and_an_erasure_holds_for_it_too(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    with ipt.open_store(f"sqlite:///{tmp_path / 'clinic.db'}") as store:
        made = clinic(store, keys)
        begun(made)
        end(made, "a")
        store.back_up(tmp_path / "backup.db")
        erase(made)
    assert found_in(tmp_path, CANARY.encode()) == []
    with ipt.open_store(f"sqlite:///{tmp_path / 'backup.db'}") as store:
        back = clinic(store, keys, ids="back")
        assert CANARY not in back.course("a").json()
        assert "no erasure of it is on record" in back.due(on=END)[0].text
        assert [event.kind for event in erase(back).events] == ["course_erased"]  # the record of it is put back, too
        assert "no erasure" not in str(back.due(on=END))


def test_a_backup_of_the_keys_undoes_an_erasure_so_they_must_not_lie_in_one(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    with ipt.open_store(f"sqlite:///{tmp_path / 'clinic.db'}") as store:
        made = clinic(store, keys)
        begun(made)
        copied = keys.key("a")
        assert copied is not None
        end(made, "a")
        store.back_up(tmp_path / "backup.db")
        erase(made)
    other = FileKeys(tmp_path / "copied")
    other.take_in("a", copied)
    with ipt.open_store(f"sqlite:///{tmp_path / 'backup.db'}") as store:
        assert clinic(store, other).course("a").called == mark("called")


# -- attacked ----------------------------------------------------------------------------------------------------


def attacked(texts: list[str], keys: CourseKeys, course: str = "a") -> Clinic:
    store = fresh_store()
    store.append(course, texts, expected=0)
    return clinic(store, keys)


PART = '"sealed_text":"'


def part_of(text: str) -> str:
    return text.partition(PART)[2].partition('"')[0]


def refused(made: Clinic, course: str = "a") -> None:
    """It does not open; the error names no word, and the lists tell its alerts all the same."""
    with pytest.raises((CannotOpen, StoreError)) as no:
        made.course(course)
    assert isinstance(no.value, CannotOpen)
    assert CANARY not in words_of(no.value)
    assert [alert.level for alert in made.alerts() if alert.needs_assessment][:1] == ["risk"]


def test_one_sign_changed_anywhere_in_an_enciphered_part_is_noticed() -> None:
    keys = MemoryKeys()
    here, _ = handed_over(keys)
    texts = list(here.read("a"))
    place = next(n for n, text in enumerate(texts) if '"kind":"note_written"' in text)
    part = part_of(texts[place])
    for at in range(0, len(part), 7):
        other = part[:at] + ("A" if part[at] != "A" else "B") + part[at + 1 :]
        refused(attacked([*texts[:place], texts[place].replace(part, other), *texts[place + 1 :]], keys))


def test_enciphered_parts_that_change_places_within_a_course_are_noticed() -> None:
    keys = MemoryKeys()
    here, _ = handed_over(keys)
    texts = list(here.read("a"))
    with_words = [n for n, text in enumerate(texts) if PART in text]
    for first, second in pairwise(with_words):
        one, two = part_of(texts[first]), part_of(texts[second])
        swapped = list(texts)
        swapped[first], swapped[second] = texts[first].replace(one, two), texts[second].replace(two, one)
        refused(attacked(swapped, keys))
        swapped[first], swapped[second] = texts[second], texts[first]
        refused(attacked(swapped, keys))


class OneKeyForAll(MemoryKeys):
    """A key store as nobody should write one: so that only what a text is bound to keeps courses apart."""

    def key(self, course: str) -> bytes | None:
        return b"k" * 32

    def make(self, course: str) -> bytes:
        return b"k" * 32


def test_the_texts_of_one_course_do_not_open_in_another_even_under_the_same_key() -> None:
    keys = OneKeyForAll()
    store = fresh_store()
    made = clinic(store, keys)
    begun(made, "a")
    refused(attacked(list(store.read("a")), keys, "b"), "b")


def test_a_field_that_is_moved_or_a_structure_that_is_altered_is_noticed() -> None:
    """The enciphered part is bound to everything else that stands in its event: a score, a day, a marker."""
    keys = MemoryKeys()
    here, _ = handed_over(keys)
    texts = list(here.read("a"))
    person = next(n for n, text in enumerate(texts) if '"kind":"person_recorded"' in text)
    for was, now in (('"closeness":', '"contact":'), ('"on":"2026-03', '"on":"2026-04'), ("[erased]", "[ERASED]")):
        assert was in texts[person]
        refused(attacked([*texts[:person], texts[person].replace(was, now, 1), *texts[person + 1 :]], keys))


def test_rows_of_the_lists_that_change_places_are_not_believed() -> None:
    store, keys = fresh_store(), OneKeyForAll()
    made = clinic(store, keys)
    for course, harm in (("a", 2), ("b", 0)):
        made.start("ipt-adult@1.0.0", by=ANNA, on=START, course=course, called=mark(course))
        made.do(course, c.HoldSession(on=START), c.Read("phq9", total=15, answers={"self_harm": harm}), by=ANNA)
    made.refresh(on=week(2))
    truly = made.due(on=week(2)), made.alerts()
    first, second = store.rows(Asked(frozenset()))
    store.keep_rows([replace(first, text=second.text), replace(second, text=first.text)])
    assert made.out_of_step() == ("a", "b")
    assert (made.due(on=week(2)), made.alerts()) == truly  # each is made again from its events
    assert made.out_of_step() == ()


def test_a_row_of_the_lists_whose_days_are_altered_is_not_believed() -> None:
    store, keys = fresh_store(), MemoryKeys()
    made = clinic(store, keys)
    made.start("ipt-adult@1.0.0", by=ANNA, on=START, course="a", called=mark("a"))
    made.refresh(on=week(1))
    late = week(30)
    truly = made.due(on=late, courses=["a"])
    made.refresh(on=week(1), anew=True)
    (row,) = store.rows(Asked(frozenset()))
    assert made.due(on=week(1)) != truly
    store.keep_rows([replace(row, until=late)])
    assert made.due(on=late) == truly
