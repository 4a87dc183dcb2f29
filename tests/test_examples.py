"""Every shipped vignette is played, and each of its expectations can fail."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import phrases
from iptengine.authoring.vignette import Vignette, VignetteSpec, check_vignette, protocol_of, read_vignette
from iptengine.course import reports
from iptengine.course.events import CourseWarning
from iptengine.protocol.protocol import Protocol
from iptengine.testing import Played, play, player

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("examples/*.vignette.yaml"), *ROOT.glob("protocols/vignettes/*.vignette.yaml")])
COURSE_A = ROOT / "examples" / "impasse-reopened.vignette.yaml"
COURSE_B = ROOT / "examples" / "dissolution-ends-early.vignette.yaml"


def test_the_two_worked_courses_and_the_small_vignettes_are_there() -> None:
    assert {COURSE_A, COURSE_B} <= set(FILES)
    assert len(FILES) >= 8


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".vignette.yaml"))
def test_a_shipped_vignette_goes_as_it_is_told(path: Path) -> None:
    vignette = read_vignette(path)
    protocol = protocol_of(vignette)
    assert check_vignette(vignette, protocol) == ()
    assert play(vignette, protocol).report == ""


# -- every expectation can fail ----------------------------------------------------------------------------------

NUMBERED = frozenset({"stage_sessions", "held_in", "phases", "unlogged"})
SWAPPED = {"due": "not_due", "not_due": "due"}


def altered(value: object, keys: tuple[str, ...]) -> object:
    """The same expectation, saying something else."""
    if isinstance(value, dict):
        if keys[-1] in ("agenda", "agenda_before"):
            return {SWAPPED.get(k, k): v if k in SWAPPED else altered(v, (*keys, k)) for k, v in value.items()}
        return {key: altered(part, (*keys, key)) for key, part in value.items()}
    if isinstance(value, list):
        if keys[-1] == "has":
            return [f"{text}, and more" for text in value]
        return [*value, 99 if NUMBERED & set(keys) else "another"]
    if isinstance(value, int):
        return value + 1
    if value in ("yes", "no"):
        return "unknown"
    if keys[-1] in ("end_planned", "next_session", "on") or "due_by" in keys:
        return "2031-01-01"
    return f"{value}_x"


def leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths at which differences are told."""
    if isinstance(value, Mapping) and value and path[-1] not in ("missed",) and path[-2:-1] != ("refused",):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    else:
        yield path


def turned_round(path: Path) -> tuple[Vignette, set[tuple[str, ...]]]:
    """A vignette of which every expectation says something else, and the places where it has to be noticed."""
    vignette = read_vignette(path)
    root: dict[str, Any] = copy.deepcopy(vignette.document.root)  # type: ignore[assignment]
    wrong: set[tuple[str, ...]] = set()
    for name, happening in root["happenings"].items():
        if "expect" in happening:
            happening["expect"] = altered(happening["expect"], ("expect",))
            wrong |= {(name, *leaf) for leaf in leaves(happening["expect"], ("expect",))}
    root["expect_summary"] = altered(root["expect_summary"], ("expect_summary",))
    wrong |= {("", *leaf) for leaf in leaves(root["expect_summary"], ("expect_summary",))}
    return Vignette(VignetteSpec.model_validate(root), vignette.document), wrong


@pytest.mark.parametrize("path", [COURSE_A, COURSE_B], ids=["A", "B"])
def test_every_expectation_of_the_worked_courses_fails_when_it_says_something_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vignette, wrong = turned_round(path)
    monkeypatch.setattr(player, "check_vignette", lambda *_: ())
    played = play(vignette, protocol_of(vignette))
    noticed = {(d.happening, *(str(part) for part in d.path)) for d in played.differences}
    assert len(wrong) > 140
    assert wrong - noticed == set()


# -- what a vignette rests on ------------------------------------------------------------------------------------


def played(path: Path, protocol: Protocol) -> Played:
    return play(read_vignette(path), protocol)


def whats(found: Played) -> set[tuple[str, str]]:
    return {(difference.happening, difference.what) for difference in found.differences}


BROKEN: list[tuple[Path, str, object, tuple[str, str]]] = [
    (COURSE_A, "contract.missed.keep.uses_session", ["attended", "no_show"], ("week_6_missed", "sessions_used")),
    (COURSE_A, "contract.frequency", "every 2 weeks", ("", "")),  # agreed in the contract: nothing may change
    (COURSE_A, "phases.ending.window", "last 5", ("session_10", "refused.enter")),
    (COURSE_A, "phases.middle.next.ending.announced", ..., ("session_10", "refused.enter")),
    (COURSE_A, "phases.initial.next.middle.focus_agreed", ..., ("session_2", "refused.enter")),
    (COURSE_A, "alerts.no_reliable_improvement.raise_if", "sessions used >= 9", ("session_7", "alerts")),
    (COURSE_A, "problem_areas.role_dispute.stages.impasse.next.resolved_agreement", {}, ("session_4", "stage.dispute")),
    (COURSE_A, "phases.initial.must.sick_role.times", "at least 2 times", ("", "adherence.coverage.initial")),
    (COURSE_A, "phases.ending.must.not_improved.only_if", ..., ("", "adherence.ending.share")),
    (COURSE_A, "phases.ending.hour.link.covers", ["score_review"], ("", "adherence.routine_tasks")),
    (COURSE_A, "phases.ending.if.score_rises.then", "Wait", ("session_13", "agenda.has")),
    (COURSE_A, "contacts.booster.due", "2 months after the end", ("session_14", "due_by.outreach")),
    (COURSE_B, "contract.missed.use.uses_session", ["attended"], ("week_5_late", "sessions_used")),
    (COURSE_B, "contract.missed.use.uses_session", ["attended", "late_cancel"], ("week_10_missed", "sessions_used")),
    (COURSE_B, "phases.initial.next.middle.three_sessions_used", ..., ("session_2", "refused.enter")),
    (COURSE_B, "focus.at_most", 1, ("session_10", "refused.focus.alone")),
    (COURSE_B, "termination.compressed", ["goodbye"], ("", "adherence.ending.share")),
    (COURSE_B, "outcomes.patient_decision.kind", "lost", ("", "outcome.kind")),
    (COURSE_B, "problem_areas.role_dispute.stages.impasse.next.dissolution", ..., ("session_8", "stage.dispute")),
    (COURSE_B, "phases.middle.focus_work", False, ("", "adherence.focus")),
]


@pytest.mark.parametrize(
    ("path", "key", "value", "noticed"),
    BROKEN,
    ids=lambda part: part.name if isinstance(part, Path) else str(part)[-40:],
)
def test_a_worked_course_notices_when_its_protocol_says_something_else(
    path: Path, key: str, value: object, noticed: tuple[str, str]
) -> None:
    name = "ipt-adult" if path is COURSE_A else "ipt-adult-long"
    found = whats(played(path, phrases.variant(name, {key: value})))
    assert noticed in found if noticed[1] else found == set()


def test_course_a_notices_when_the_item_on_self_harm_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "risk_alerts", lambda *_: iter(()))
    found = whats(played(COURSE_A, phrases.protocol("ipt-adult")))
    assert {("session_1", "alerts"), ("session_2", "alerts"), ("session_6", "alerts")} <= found
    assert ("", "risk_alerts.raised") in found


def test_course_a_notices_a_warning_that_nobody_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = iter([CourseWarning("same_day", "another session on this day is already on record")])
    monkeypatch.setattr(reports, "_session_warnings", lambda _: spoilt)
    assert whats(played(COURSE_A, phrases.protocol("ipt-adult"))) == {("session_1", "warnings")}


def test_course_a_notices_when_a_gap_is_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iptengine.course.scores.GAP", "16")
    assert ("week_6_missed", "series.phq9") in whats(played(COURSE_A, phrases.protocol("ipt-adult")))


# -- the figures, once more by hand ------------------------------------------------------------------------------


def test_the_shares_of_course_a_are_exact() -> None:
    from iptengine.course.adherence import LABEL, adherence
    from iptengine.course.summary import summary

    protocol = phrases.protocol("ipt-adult")
    course = played(COURSE_A, protocol).course
    figures, logged = summary(protocol, course), adherence(protocol, course)
    assert figures.attendance.value == Fraction(14, 15)
    assert figures.measures[0].better == Fraction(13, 19)
    assert (logged.routine.value, str(logged.routine), logged.routine.percent(1)) == (Fraction(7, 8), "7/8", "87.5 %")
    assert logged.label == LABEL
    assert LABEL == "Self-logged adherence: not competence, not validated, not equivalent to any named scale"
    assert [week for week, _ in logged.by_week] == [1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15, 16]
    assert (logged.ending.announced_ahead, logged.ending.announce_ahead) == (3, 2)


def test_course_b_met_twice_in_two_weeks() -> None:
    from iptengine.course.adherence import adherence

    protocol = phrases.protocol("ipt-adult-long")
    logged = adherence(protocol, played(COURSE_B, protocol).course)
    assert dict(logged.by_week) == {1: 1, 2: 1, 3: 1, 4: 1, 6: 1, 7: 1, 8: 2, 9: 2, 11: 1, 12: 1}


def test_the_days_of_course_a_are_its_weeks() -> None:
    vignette = read_vignette(COURSE_A)
    days = [vignette.spec.day(name) for name in ("session_1", "week_6_missed", "session_6", "session_14")]
    assert days == [datetime.date(2026, m, d) for m, d in ((3, 3), (4, 7), (4, 14), (6, 16))]
