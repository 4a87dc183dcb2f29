"""Courses that move while others record, that come from another clinic, that go back after more was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

import iptengine as ipt
from iptengine import commands as c
from iptengine.course.codec import decode
from iptengine.course.course import Course
from iptengine.course.evolve import fold
from iptengine.engine.handing_over import export_course, import_course
from iptengine.protocol.protocol import Protocol
from iptengine.store.verification import verify
from moving import LEAD, WHY, begun, clinic, codes, move, newer, rules
from phrases import ANNA, START, answers, contract, focus, hold, protocol, week
from stores import FreshStore, fresh_store, fresh_url, opened

RENAMED = "rename:\n  phases.middle: working\n"


def at(store: object, *protocols: Protocol) -> ipt.Clinic:
    """A clinic over a store."""
    return ipt.Clinic(store, protocols, clock=lambda: datetime(2026, 3, 31, 9, tzinfo=UTC))  # type: ignore[arg-type]


class Meanwhile(FreshStore):
    """A store in which somebody else writes just before an append."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], object] | None = None

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        then, self.then = self.then, None
        if then is not None:
            then()
        super().append(course, events, expected=expected)


# -- others record meanwhile -------------------------------------------------------------------------------------


def test_what_somebody_records_while_a_course_moves_is_kept_before_the_move() -> None:
    to, store = newer({"phases.initial.aim": "Say what it is called"}), Meanwhile()
    desk = at(store, protocol("ipt-adult"), to)
    begun(desk, "a", hold(1))
    store.then = lambda: desk.do("a", answers(1, 1, 1, 1, 1, 1, 1, 1, 2, on=week(1)), by=ANNA)
    done = move(desk, "a", to)
    assert [event.kind for event in desk.events("a")][-3:] == ["reading_taken", "alert_raised", "protocol_moved"]
    assert done.course.open_risk_alerts == desk.alerts() != ()


def test_a_move_that_what_was_recorded_meanwhile_forbids_is_refused_with_that() -> None:
    to, store = newer({"problem_areas.grief": ...}), Meanwhile()
    desk = at(store, protocol("ipt-adult"), to)
    begun(desk, "a", hold(1))
    store.then = lambda: desk.do("a", focus("grief", on=week(1)), by=ANNA)
    with pytest.raises(ipt.Refused) as no:
        move(desk, "a", to)
    assert codes(no) == ["area_gone"]
    assert desk.course("a").protocol == "ipt-adult@1.0.0"


def test_what_is_said_while_the_course_moves_is_decided_under_the_new_version() -> None:
    to, store = newer({"contract.sessions": "12..13"}), Meanwhile()
    desk = at(store, protocol("ipt-adult"), to)
    begun(desk, "a", hold(1))
    store.then = lambda: move(desk, "a", to)
    done = desk.do("a", contract(16), answers(1, 1, 1, 1, 1, 1, 1, 1, 2, on=week(2)), by=ANNA, on=week(2))
    assert [[reason.code for reason in no.reasons] for no in done.refused] == [["sessions_range"]]
    assert [event.kind for event in done.events] == ["reading_taken", "alert_raised"]
    assert [event.kind for event in desk.events("a")][-3:] == ["protocol_moved", "reading_taken", "alert_raised"]


def test_a_form_drawn_before_the_move_keeps_its_reports_and_is_told_of_the_move() -> None:
    to = newer()
    desk = clinic(to)
    begun(desk, "a", hold(1))
    drawn = desk.course("a").version
    move(desk, "a", to)
    with pytest.raises(ipt.Conflict) as clash:
        desk.do("a", hold(2), focus("grief", on=week(2)), by=ANNA, on=week(2), expected=drawn)
    assert [event.kind for event in clash.value.since] == ["protocol_moved"]
    assert [event.kind for event in clash.value.done.events] == ["session_held"]
    assert desk.course("a").open_focuses == ()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_two_who_move_one_course_at_once_and_one_who_records_lose_nothing(kind: str) -> None:
    url, to = fresh_url(kind), newer()
    begun(at(opened(url), protocol("ipt-adult")), "a", hold(1))

    def moves(who: int) -> str:
        with ipt.open_store(url) as store:
            try:
                return move(at(store, protocol("ipt-adult"), to), "a", to).course.protocol
            except ipt.Refused as no:
                return no.reasons[0].code

    def records(who: int) -> str:
        with ipt.open_store(url) as store:
            desk = at(store, protocol("ipt-adult"), to)
            for number in range(5):
                desk.do("a", c.WriteNote(f"note {number}", on=week(2)), by=ANNA, key=f"form-{number}")
        return "recorded"

    with ThreadPoolExecutor(3) as people:
        said = [job.result() for job in [people.submit(one, n) for n, one in enumerate((moves, records, moves))]]
    assert sorted(said) == ["already_there", "ipt-adult@1.1.0", "recorded"]
    with ipt.open_store(url) as store:
        kinds = [event.kind for event in at(store).events("a")]
        assert (kinds.count("protocol_moved"), kinds.count("note_written"), verify(store).problems) == (1, 5, ())


# -- back after more was recorded --------------------------------------------------------------------------------


def test_what_was_recorded_under_the_new_version_stays_when_the_course_goes_back(tmp_path: Path) -> None:
    to = newer(rename={"phases.middle": "working"})
    desk = clinic(to)
    begun(desk, "a", hold(1))
    move(desk, "a", to, rules(tmp_path, RENAMED))
    said = (hold(2), answers(1, 1, 1, 1, 1, 1, 1, 1, 1, on=week(2)), focus("grief", on=week(2)), contract(14))
    done = desk.do("a", *said, c.Deviate(c.EnterPhase("working"), because="they agree"), by=ANNA, on=week(5))
    assert (done.refused, done.course.phase) == ((), "working")
    before = desk.course("a")
    after = desk.move_back("a", by=LEAD, on=week(5), because=WHY).course
    assert (after.phase, after.protocol) == ("middle", "ipt-adult@1.0.0")
    assert [entry.phase for entry in after.phases] == ["initial", "middle"]
    assert (after.readings, after.alerts, after.focuses, after.contract) == (
        before.readings, before.alerts, before.focuses, before.contract
    )  # fmt: skip
    assert "SESSION 3 of 14, middle" in desk.agenda("a", on=week(5)).text
    assert fold(Course("a"), [decode(text) for text in desk._records._store.read("a")]) == after


def test_what_the_version_before_does_not_know_holds_the_course_where_it_is_and_is_told() -> None:
    new_area = {"problem_areas.loneliness": {"title": "Loneliness", "choose_when": "There is nobody"}}
    to = newer(new_area)
    desk = clinic(to)
    begun(desk, "a", hold(1))
    move(desk, "a", to)
    assert not desk.do("a", focus("loneliness", on=week(5)), by=ANNA).refused
    with pytest.raises(ipt.Refused) as no:
        desk.move_back("a", by=LEAD, on=week(5), because=WHY)
    assert [str(reason) for reason in no.value.reasons] == [
        "the work is on 'Loneliness', and ipt-adult@1.0.0 has no such problem area"
    ]
    assert desk.course("a").protocol == "ipt-adult@1.1.0"


# -- from one clinic to another ----------------------------------------------------------------------------------


def test_a_moved_course_is_handed_over_moved_again_and_taken_back_twice(tmp_path: Path) -> None:
    second = newer(rename={"phases.middle": "working"})
    third = newer(
        {"version": "1.2.0", "phases.initial.aim": "Say what it is called"}, rename={"phases.middle": "working"}
    )
    here, there = fresh_store(), fresh_store()
    desk = at(here, protocol("ipt-adult"), second)
    begun(desk, "a", hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, 2, on=week(1)), focus("grief", on=week(1)))
    before = desk.course("a")
    move(desk, "a", second, rules(tmp_path, RENAMED))

    import_course(there, export_course(here, "a"))
    away = at(there)
    assert tuple(there.read("a")) == tuple(here.read("a"))
    assert away.course("a") == desk.course("a")
    assert away.agenda("a", on=week(4)).text == desk.agenda("a", on=week(4)).text

    assert [one.answer for one in away.moves(third, on=week(4))] == ["movable"]
    assert move(away, "a", third).course.protocol == "ipt-adult@1.2.0"
    assert away.move_back("a", by=LEAD, on=week(4), because=WHY).course.protocol == "ipt-adult@1.1.0"
    back = away.move_back("a", by=LEAD, on=week(4), because=WHY).course
    assert (back.protocol, back.phase, back.readings, back.focuses, back.alerts) == (
        before.protocol, before.phase, before.readings, before.focuses, before.alerts
    )  # fmt: skip
    with pytest.raises(ipt.Refused, match="nothing to take back"):
        away.move_back("a", by=LEAD, on=week(4), because=WHY)
    assert [event.kind for event in away.events("a")].count("protocol_moved") == 4
    assert verify(there).problems == ()

    import_course(third_store := fresh_store(), export_course(there, "a"))
    assert at(third_store).course("a") == away.course("a")
    assert export_course(third_store, "a") == export_course(there, "a")


def test_a_protocol_whose_file_differs_in_form_only_is_the_one_the_course_came_with(tmp_path: Path) -> None:
    written = (Path(__file__).parents[1] / "protocols" / "small.protocol.yaml").read_text(encoding="utf-8")
    other = written.replace("title: Grief", 'title:   "Grief"  # as in the guide').replace(
        "fear_at_home: {title: Afraid of someone at home, one_of: [no, yes], ask: at the start, first: true}",
        "fear_at_home:\n    title: Afraid of someone at home\n    one_of:\n      - no\n      - yes\n"
        "    ask: at the start\n    first: true",
    )
    file = tmp_path / "small.protocol.yaml"
    file.write_text(f"# our copy\n\n{other}", encoding="utf-8")
    ours, theirs = ipt.load(file), protocol("small")
    assert (other != written, ours.digest, ours.content) == (True, theirs.digest, theirs.content)
    here, there = fresh_store(), fresh_store()
    at(here, theirs).start("ipt-small", by=ANNA, on=START, course="a")
    import_course(there, export_course(here, "a"))
    desk = at(there, ours)
    assert desk.moves(ours, on=week(1)) == ()  # under that version already
    with pytest.raises(ipt.Refused, match="the course is under ipt-small"):
        move(desk, "a", ours)
    (no,) = desk.do("a", c.EnterPhase(list(ours.spec.phases)[1]), by=ANNA, on=week(1)).refused
    assert no.reasons[0].span.file == "small.protocol.yaml"  # of the file, not of the text that was kept
    assert desk.agenda("a", on=week(1)).text == at(here, theirs).agenda("a", on=week(1)).text


def test_a_protocol_of_the_same_name_with_another_text_is_another_and_the_course_keeps_its_own() -> None:
    here, there = fresh_store(), fresh_store()
    at(here, protocol("ipt-adult")).start("ipt-adult", by=ANNA, on=START, course="a")
    import_course(there, export_course(here, "a"))
    ours = newer({"version": "1.0.0", "phases.initial.aim": "Say what it is called"})
    desk = at(there, ours)
    assert "Say what it is called" not in desk.agenda("a", on=week(1)).text
    (found,) = desk.moves(ours, on=week(1))
    assert (found.answer, found.protocol, found.to) == ("movable", "ipt-adult@1.0.0", "ipt-adult@1.0.0")
    move(desk, "a", ours)
    assert "say what it is called" in desk.agenda("a", on=week(1)).text.lower()
