"""Law 5 under attack: variants that try to have an alert of their base raised for less, later, or in other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from iptengine.authoring.loader import check, check_text

ROOT = Path(__file__).parents[2]
PROTOCOLS = ROOT / "protocols"
HEAD = """\
iptengine: 1
protocol: {name}
version: 0.1.0
status: draft
title: A variant to try
extends: {base}
sources:
  {source}: {{decision: "The team, 12 May 2026"}}
changes:
  trial:
    because: The team decided so
    source: {source}
"""


def text(changes: str, *, name: str = "ipt-try", base: str = "ipt-adult@1.0.0", source: str = "team") -> str:
    """A variant with one group, whose changes are written as they stand in it."""
    lines = "".join(f"    {line}\n" if line else "\n" for line in changes.strip("\n").split("\n"))
    return HEAD.format(name=name, base=base, source=source) + lines


def told(changes: str, *folders: Path, base: str = "ipt-adult@1.0.0") -> list[tuple[str, str]]:
    """What is said of a variant: code and message."""
    _, found = check_text(text(changes, base=base).encode(), "try.protocol.yaml", folders)
    return [(one.code, one.message) for one in found]


def written(folder: Path, name: str, base: str, changes: str) -> Path:
    """The file of a variant in a folder."""
    path = folder / f"{name}.protocol.yaml"
    path.write_text(text(changes, name=name, base=base, source=name.replace("-", "_")), encoding="utf-8")
    return path


FEAR = "the risk alert 'fear_or_violence' of the base"
LESS = "of the base may be raised for less than there"
ATTACKS = {
    "its words, by what is asked": (
        "set:\n  facts.fear_at_home.title: How the weather was",
        f"{FEAR} rests on 'fear_at_home', which is asked for in other words",
    ),
    "its words, by what is to be done": (
        "set:\n  alerts.fear_or_violence.do: Nothing has to be done",
        f"{FEAR} is worded anew",
    ),
    "another fact that takes the name which the one it rests on lays down": (
        "rename:\n  facts.someone_at_risk: fear_at_home\n  facts.fear_at_home: old_fear\n"
        "set:\n  alerts.fear_or_violence.raise_if:\n    any:\n      own: fear_at_home is yes",
        f"the alert 'fear_or_violence' {LESS}",
    ),
    "a condition that is part of all, not of any": (
        "set:\n  alerts.fear_or_violence.raise_if:\n    any:\n      one:\n        all:\n"
        "          said: fear_at_home is yes\n          late: sessions used >= 3\n      two: someone_at_risk is yes",
        f"the alert 'fear_or_violence' {LESS}",
    ),
    "one that is in a not": (
        "set:\n  alerts.fear_or_violence.raise_if:\n    not:\n      said: fear_at_home is yes",
        f"the alert 'fear_or_violence' {LESS}",
    ),
    "a session that has to be used first, where the instrument is another": (
        "rename:\n  measures.phq9: mood\nset:\n  measures.phq9.use: epds@1\n  alerts.sudden_rise.raise_if:\n    all:\n"
        "      up: mood rose by 6 or more since the last reading\n      late: sessions used >= 16",
        f"the alert 'sudden_rise' {LESS}",
    ),
    "somebody else is asked": (
        "add:\n  measures.phq9.informant: friend",
        "'phq9' of the base asks the patient about risk, and this variant asks somebody else",
    ),
    "another instrument asks about risk, and what the reviews rest on is due once": (
        "set:\n  measures.phq9.due: at the end\nadd:\n  measures.epds: {use: epds@1, due: every session}",
        "an alert of the base rests on 'phq9', which is due at the end here and every session there",
    ),
    "a diary of nothing in place of a reading": (
        "set:\n  measures.phq9.due: every day",
        "'phq9' of the base asks about risk every session, and no measure of this variant does so as often",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_change_weakens_an_alert_of_the_base_by(attack: str) -> None:
    changes, message = ATTACKS[attack]
    assert told(changes) == [("weaker-alert", message)]


MORE = {
    "asked every session": "set:\n  facts.fear_at_home.ask: every session",
    "another condition beside its own": (
        "set:\n  alerts.fear_or_violence.raise_if:\n    any:\n      other: someone_at_risk is yes\n"
        "      own: fear_at_home is yes"
    ),
    "an alert beside it": (
        "add:\n  alerts.threat:\n    title: A threat was reported\n    kind: risk\n"
        "    raise_if: someone_at_risk is yes\n    do: Assess it today"
    ),
    "names that are exchanged, with all that refers to them": (
        "rename:\n  facts.fear_at_home: someone_at_risk\n  facts.someone_at_risk: fear_at_home\n"
        "  alerts.fear_or_violence: another_at_risk\n  alerts.another_at_risk: fear_or_violence"
    ),
    "another instrument with its own numbers": (
        "rename:\n  measures.phq9: epds\nset:\n  measures.phq9.use: epds@1\n"
        "  alerts.sudden_rise.raise_if: epds rose by 4 or more since the last reading"
    ),
    "a second instrument that asks about risk": "add:\n  measures.epds: {use: epds@1, due: every session}",
    "an answer that another role does not see of what no alert rests on": (
        "add:\n  facts.medication.hide_from: assessor"
    ),
}


@pytest.mark.parametrize("change", MORE)
def test_an_alert_of_the_base_stays_whole_under(change: str) -> None:
    assert told(MORE[change]) == []


# -- in two steps -------------------------------------------------------------------------------------------------


def test_an_instrument_that_is_exchanged_and_exchanged_back_brings_no_other_numbers(tmp_path: Path) -> None:
    there = "rename:\n  measures.phq9: mood\nset:\n  measures.phq9.use: epds@1"
    back = "set:\n  measures.mood.use: phq9@1"
    numbers = "\n  alerts.sudden_rise.raise_if: mood rose by 20 or more since the last reading"
    written(tmp_path, "ipt-one", "ipt-adult@1.0.0", there + numbers)
    assert check(written(tmp_path, "ipt-two", "ipt-one@0.1.0", back)) == ()
    found = check(written(tmp_path, "ipt-three", "ipt-one@0.1.0", back + numbers.replace("20", "27")))
    assert [(one.message, Path(one.span.file).name, one.span.line) for one in found] == [
        (f"the alert 'sudden_rise' {LESS}", "ipt-three.protocol.yaml", 15),
    ]  # fmt: skip


def test_what_a_variant_adds_to_an_alert_is_kept_by_the_variants_of_it(tmp_path: Path) -> None:
    both = "set:\n  alerts.fear_or_violence.raise_if:\n    any:\n      own: fear_at_home is yes\n"
    written(tmp_path, "ipt-one", "ipt-adult@1.0.0", both + "      other: someone_at_risk is yes")
    fewer = both.rstrip() + "\n      third: medication is taken"
    more = fewer + "\n      other: someone_at_risk is yes"
    found = [
        [one.message for one in check(written(tmp_path, "ipt-two", "ipt-one@0.1.0", changes))]
        for changes in (fewer, more, "remove: [alerts.fear_or_violence.raise_if.any.other]")
    ]
    assert found == [[f"the alert 'fear_or_violence' {LESS}"], [], [f"the alert 'fear_or_violence' {LESS}"]]


def test_a_fact_that_one_variant_asks_more_often_is_asked_so_by_the_next(tmp_path: Path) -> None:
    written(tmp_path, "ipt-one", "ipt-adult@1.0.0", "set:\n  facts.fear_at_home.ask: every session")
    found = check(written(tmp_path, "ipt-two", "ipt-one@0.1.0", "set:\n  facts.fear_at_home.ask: at the start"))
    assert [(one.code, one.message) for one in found] == [
        ("weaker-alert", f"{FEAR} rests on 'fear_at_home', which is asked for less often or at another time"),
    ]  # fmt: skip


# -- files that stand in for others -------------------------------------------------------------------------------


def test_a_copy_of_the_base_beside_the_variant_brings_no_other_measure_with_it(tmp_path: Path) -> None:
    base = (PROTOCOLS / "ipt-adult.protocol.yaml").read_text(encoding="utf-8")
    phq9 = (PROTOCOLS / "measures" / "phq9.measure.yaml").read_text(encoding="utf-8")
    (tmp_path / "ipt-adult.protocol.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "measures").mkdir()
    file = tmp_path / "measures" / "phq9.measure.yaml"
    file.write_text(phq9.replace("from: 1, source: calc", "from: 3, source: calc"))
    path = written(tmp_path, "ipt-one", "ipt-adult@1.0.0", "remove: [decisions.weeks]")
    assert [(one.code, one.message) for one in check(path)] == [
        ("other-measure", f"'phq9@1' is another file here ({file}) than the one that comes with iptengine"),
    ]  # fmt: skip


def test_a_copy_of_the_base_in_another_order_is_another_base(tmp_path: Path) -> None:
    base = (PROTOCOLS / "ipt-adult.protocol.yaml").read_text(encoding="utf-8")
    line = "  friend: {title: Friend, source: authors}\n"
    assert line in base
    other = base.replace(line, "").replace("participants:\n", "participants:\n" + line, 1)
    (tmp_path / "ipt-adult.protocol.yaml").write_text(other, encoding="utf-8")
    path = written(tmp_path, "ipt-one", "ipt-adult@1.0.0", "remove: [decisions.weeks]")
    assert [one.code for one in check(path)] == ["ambiguous-base"]


TAME = """\
iptengine: 1
measure: {name}
version: "{version}"
title: A measure made for a test
licence: project
direction: higher is worse
source: us
sources:
  us: {{decision: "Made for a test"}}
items:
  self_harm: {{title: {title}, number: 9, range: 0..3, risk: {{from: {threshold}, source: us}}}}
  rest: {{title: All the rest, range: 0..24}}
scoring:
  total: sum
  range: 0..27
  missing: {{rule: require all, source: us}}
  source: us
"""


@pytest.mark.parametrize(
    ("name", "version", "title", "threshold", "expected"),
    [
        ("tame", "1", "Weather", 1, []),
        ("tame", "1", "Weather", 2, ["'phq9' of the base asks about risk every session, and no measure of this variant "
                                     "does so as often"]),
        ("phq9", "2", "Thoughts of death or self-harm", 1, []),
        ("phq9", "2", "Thoughts of death or self-harm", 3, ["'phq9' of the base no longer asks about risk as it does "
                                                            "there, or from a higher answer on"]),
        ("phq9", "2", "Weather", 1, ["'phq9' of the base no longer asks about risk as it does there, or from a higher "
                                     "answer on"]),
    ],
)  # fmt: skip
def test_an_instrument_in_place_of_another_asks_about_risk_from_no_higher_answer_on(
    tmp_path: Path, name: str, version: str, title: str, threshold: int, expected: list[str]
) -> None:
    """What another instrument asks cannot be judged here, nor what a question means: `iptengine diff` shows it."""
    (tmp_path / "measures").mkdir()
    tame = TAME.format(name=name, version=version, title=title, threshold=threshold)
    (tmp_path / "measures" / f"{name}.measure.yaml").write_text(tame, encoding="utf-8")
    path = written(tmp_path, "ipt-one", "ipt-adult@1.0.0", f"set:\n  measures.phq9.use: {name}@{version}")
    assert [one.message for one in check(path)] == expected
