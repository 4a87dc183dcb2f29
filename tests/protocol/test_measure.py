"""Measure files: what ships says what was published, and a mistake is told where it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from shipped_measures import FOLDER, SHIPPED, changed, measure, plain, told

from iptengine.authoring.document import read
from iptengine.protocol.measure import Measure, Scoring
from iptengine.protocol.measure_rules import check_measure
from iptengine.protocol.scoring import band, score

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "measures.md"

# The summary table of the clinical dossier. Items that count, answers of the items, total, recall, direction, licence.
FIGURES = {
    "phq9": (9, {"0..3"}, "0..27", "2 weeks", "worse", "public domain"),
    "phq8": (8, {"0..3"}, "0..24", "2 weeks", "worse", "public domain"),
    # Nine make the total; the tenth, daily life, counts in the pattern that the form names.
    "phqa": (10, {"0..3"}, "0..27", "2 weeks", "worse", "structure only"),
    "gad7": (7, {"0..3"}, "0..21", "2 weeks", "worse", "public domain"),
    "mfq": (33, {"0..2"}, "0..66", "2 weeks", "worse", "structure only"),
    "smfq": (13, {"0..2"}, "0..26", "2 weeks", "worse", "structure only"),
    "epds": (10, {"0..3"}, "0..30", "7 days", "worse", "structure only"),
    "edeq": (22, {"0..6"}, "0..6", "28 days", "worse", "structure only"),
    "edeqs": (12, {"0..3"}, "0..36", "7 days", "worse", "structure only"),
    "qids_sr16": (16, {"0..3"}, "0..27", "7 days", "worse", "structure only"),
    "hrsd17": (17, {"0..4", "0..2"}, "0..52", "1 week", "worse", "public domain"),
    "wsas": (5, {"0..8"}, "0..40", "now", "worse", "structure only"),
    "pcl5": (20, {"0..4"}, "0..80", "1 month", "worse", "public domain"),
    "session_feedback": (4, {"0..10"}, "0..40", "this session", "better", "project"),
}
BAND_STARTS = {
    "phq9": {"nhs": [0, 5, 10, 15, 20]},
    "phqa": {"same_as_phq9": [0, 5, 10, 15, 20]},
    "gad7": {"severity": [0, 5, 10, 15]},
    "qids_sr16": {"severity": [0, 6, 11, 16, 21]},
    "hrsd17": {"camcops": [0, 8, 14, 19, 23], "datan": [0, 8, 17, 24]},
    "wsas": {"severity": [0, 10, 21]},
}
CUTOFFS = {
    "phq9": {"case": 10},
    "phq8": {"case": 10},
    "phqa": {"teen": 11, "pattern": None},
    "gad7": {"screen": 10, "case": 8},
    "mfq": {"common": 27},
    "smfq": {"common": 12},
    "epds": {"possible": 10, "probable": 13},
    "edeq": {"community": 2.3, "clinical": 2.8, "older": 4},
    "edeqs": {"probable": 15},
    "pcl5": {"cut_lower": 31, "cut_upper": 33, "cluster_rule": None},
}
RISK = {
    "phq9": {9: 1},
    "phqa": {9: 1, "suicide_thoughts": 1, "suicide_attempt": 1},
    "epds": {10: 1},
    "qids_sr16": {12: 1},
    "hrsd17": {3: 1},
    "mfq": {16: 1, 17: 1, 18: 1, 19: 1},
}
NHS_RECOVERY = ["reliable", "recovery"]
CHANGE = {
    "phq9": {
        "mcid": ("better_by_points", 5),
        "reliable": ("better_by_points", 6),
        "deterioration": ("worse_by_points", 6),
        "response": ("better_by_percent", 50),
        "remission": ("below", 5),
        "recovery": ("crosses", {"from_at_least": 10, "to_below": 10}),
        "reliable_recovery": ("all", NHS_RECOVERY),
    },
    "phqa": {
        "mcid": ("better_by_points", 5),
        "reliable": ("better_by_points", 6),
        "deterioration": ("worse_by_points", 6),
        "response": ("better_by_percent", 50),
        "remission": ("below", 5),
    },
    "gad7": {
        "reliable": ("better_by_points", 4),
        "deterioration": ("worse_by_points", 4),
        "recovery": ("crosses", {"from_at_least": 8, "to_below": 8}),
        "reliable_recovery": ("all", NHS_RECOVERY),
    },
    "epds": {
        "mcid": ("better_by_points", 4),
        "mcid_worse": ("worse_by_points", 3),
        "reliable": ("better_by_points", 4),
        "deterioration": ("worse_by_points", 4),
        "below_cut": ("crosses", {"from_at_least": 13, "to_below": 13}),
        "recovery": ("all", ["reliable", "below_cut"]),
    },
    "qids_sr16": {"response": ("better_by_percent", 50), "remission": ("at_most", 5)},
    "hrsd17": {
        "response": ("better_by_percent", 50),
        "remission": ("at_most", 7),
        "remission_in_trials": ("at_most", 6),
    },
    "wsas": {"reliable": ("better_by_points", 8), "deterioration": ("worse_by_points", 8)},
    "pcl5": {
        "reliable": ("better_by_points", 5),
        "deterioration": ("worse_by_points", 5),
        "meaningful": ("better_by_points", 10),
        "later_work": ("better_by_points", 15),
    },
}
UNVERIFIED = {
    "phq8": {"cutoffs.case"},
    "phqa": {"scoring.missing"}
    | {f"change_rules.{rule}" for rule in ("mcid", "reliable", "deterioration", "response", "remission")},
    "gad7": {"scoring.missing"},
    "qids_sr16": {
        "subscales.appetite_pair.missing",
        "subscales.weight_pair.missing",
        "change_rules.response",
    },
    "hrsd17": {"change_rules.response"},
    "edeq": {"subscales.eating_concern.missing", "subscales.restraint_scale.missing"}
    | {"subscales.shape_concern.missing", "subscales.weight_concern.missing", "cutoffs.older"},
    "edeqs": {"scoring", "cutoffs.probable"},
    "wsas": {"change_rules.reliable", "change_rules.deterioration"},
    "pcl5": {"change_rules.later_work"},
    "mfq": {
        "items.life_not_worth_living.risk",
        "items.thoughts_of_death.risk",
        "items.family_better_off.risk",
        "items.thoughts_of_suicide.risk",
    },
}


def test_every_measure_of_the_table_ships_and_no_other() -> None:
    assert set(SHIPPED) == set(FIGURES)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_measure_has_no_findings(name: str) -> None:
    assert told(plain(name)) == []
    assert measure(name).ref == f"{name}@1"


@pytest.mark.parametrize("name", SHIPPED)
def test_its_figures_are_those_of_the_dossier(name: str) -> None:
    m = measure(name)
    scored = [item for item in m.items.values() if item.scored]
    direction = m.direction.removeprefix("higher is ")
    assert FIGURES[name] == (
        len(scored), {str(item.range) for item in scored}, str(m.scale), m.recall, direction, m.licence,
    )  # fmt: skip


@pytest.mark.parametrize("name", SHIPPED)
def test_its_bands_and_cutoffs_are_those_of_the_dossier(name: str) -> None:
    m = measure(name)
    starts = {rule: [b.from_ for b in bands.bands.values()] for rule, bands in m.bands.items()}
    assert starts == BAND_STARTS.get(name, {})
    assert {line: cutoff.from_ for line, cutoff in m.cutoffs.items()} == CUTOFFS.get(name, {})


@pytest.mark.parametrize("name", SHIPPED)
def test_its_rules_of_change_are_those_of_the_dossier(name: str) -> None:
    rules = plain(name).get("change_rules", {})
    said = {rule: next((k, v) for k, v in r.items() if k not in ("title", "source")) for rule, r in rules.items()}
    assert said == CHANGE.get(name, {})


@pytest.mark.parametrize("name", SHIPPED)
def test_its_risk_items_are_those_of_the_dossier(name: str) -> None:
    risks = {item.number or of: item.risk.from_ for of, item in measure(name).items.items() if item.risk}
    assert risks == RISK.get(name, {})


def test_the_form_for_adolescents_asks_mood_first_and_names_a_pattern_of_five() -> None:
    assert list(measure("phqa").items)[:2] == ["low_mood", "low_interest"]
    five = dict.fromkeys(["low_mood", "sleep", "appetite", "energy"], 2) | {"self_harm": 1, "impairment": 1}
    rest = dict.fromkeys(["low_interest", "self_worth", "concentration", "movement"], 1)
    asked = {"suicide_thoughts": 0, "suicide_attempt": 0}
    assert score(measure("phqa"), five | rest | asked).total == 13
    reached = score(measure("phqa"), five | rest | asked).subscales
    assert [reached[part] for part in ("core", "positives", "daily_life")] == [1, 5, 1]


def _figures_with_sources(values: object, path: str = "") -> list[tuple[str, list[str]]]:
    """Every place below the top that names sources."""
    if not isinstance(values, dict):
        return []
    found = [] if not path or "source" not in values else [(path, values["source"])]
    for key, value in values.items():
        if key != "sources":
            found += _figures_with_sources(value, f"{path}.{key}".lstrip("."))
    return [(at, [names] if isinstance(names, str) else names) for at, names in found]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_nobody_verified_says_so(name: str) -> None:
    sources = measure(name).sources
    places = {
        at
        for at, names in _figures_with_sources(plain(name))
        if any(sources[source].kind == "unverified" for source in names)
    }
    assert places == UNVERIFIED.get(name, set())


@pytest.mark.parametrize("name", SHIPPED)
def test_every_source_it_lists_is_used(name: str) -> None:
    used = {source for _, names in _figures_with_sources(plain(name)) for source in names}
    assert used | set(measure(name).source) == set(measure(name).sources)


def test_no_wording_of_another_owner_ships() -> None:
    with_text = {name for name in SHIPPED if any(item.text for item in measure(name).items.values())}
    assert with_text == {"session_feedback"}


def test_the_hamilton_scale_has_nine_ratings_to_4_and_eight_to_2() -> None:
    to_4 = {item.number for item in measure("hrsd17").items.values() if str(item.range) == "0..4"}
    assert to_4 == {1, 2, 3, 7, 8, 9, 10, 11, 15}


def test_the_epds_prints_3_and_5_to_10_reversed_and_records_keyed_scores() -> None:
    epds = measure("epds")
    assert {i.number for i in epds.items.values() if i.reversed} == {3, 5, 6, 7, 8, 9, 10}
    assert epds.stored_as == "keyed"


def _numbers(name: str, subscale: str) -> list[int | None]:
    m = measure(name)
    return [m.items[item].number for item in m.subscales[subscale].of]


def test_the_eating_disorder_subscales_share_item_8() -> None:
    assert _numbers("edeq", "restraint_scale") == [1, 2, 3, 4, 5]
    assert _numbers("edeq", "eating_concern") == [7, 9, 19, 20, 21]
    assert _numbers("edeq", "shape_concern") == [6, 8, 10, 11, 23, 26, 27, 28]
    assert _numbers("edeq", "weight_concern") == [8, 12, 22, 24, 25]


def test_the_ptsd_clusters_and_the_epds_anxiety_items_are_those_of_the_dossier() -> None:
    assert _numbers("pcl5", "b") == _numbers("pcl5", "b_symptoms") == [1, 2, 3, 4, 5]
    assert _numbers("pcl5", "c") == _numbers("pcl5", "c_symptoms") == [6, 7]
    assert _numbers("pcl5", "d") == _numbers("pcl5", "d_symptoms") == [8, 9, 10, 11, 12, 13, 14]
    assert _numbers("pcl5", "e") == _numbers("pcl5", "e_symptoms") == [15, 16, 17, 18, 19, 20]
    assert _numbers("epds", "anxiety") == [3, 4, 5]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_measure_survives_json(name: str) -> None:
    m = measure(name)
    assert m.layout.counted
    assert Measure.model_validate(m.model_dump(mode="json", by_alias=True)) == m


def test_a_measure_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        measure("phq9").__setattr__("title", "another")


def test_a_proprietary_measure_warns_when_it_is_loaded() -> None:
    assert measure("phq9").licence_warning == ""
    own = Measure.model_validate(changed("wsas", "licence", to="proprietary"))
    assert own.licence_warning == (
        "Work and Social Adjustment Scale (WSAS) is proprietary: only its structure is here; "
        "use it under your own licence"
    )


# Mistakes: each file has exactly one, and is told exactly that.

MISTAKES = [
    (
        ("phq9", "change_rules", "mcid", "source", "low"),
        ("unknown-source", "change_rules.mcid.source", "'low' is not one of the sources", "did you mean 'lowe'?"),
    ),
    (
        ("epds", "subscales", "anxiety", "of", ["self_blame", "anxius"]),
        ("unknown-part", "subscales.anxiety.of", "'anxius' is not an item or subscale", "did you mean 'anxious'?"),
    ),
    (
        ("epds", "subscales", "anxiety", "of", ["anxious", "anxious"]),
        ("repeated-part", "subscales.anxiety.of", "'anxious' is named 2 times", "name each part once"),
    ),
    (
        ("phq9", "items", "self_harm", "risk", "from", 4),
        (
            "risk-outside-range",
            "items.self_harm.risk.from",
            "a risk from 4 cannot be told apart in answers from 0..3",
            "choose a number from 1 to 3",
        ),
    ),
    (
        ("phq9", "items", "self_harm", "risk", "from", 0),
        (
            "risk-outside-range",
            "items.self_harm.risk.from",
            "a risk from 0 cannot be told apart in answers from 0..3",
            "choose a number from 1 to 3",
        ),
    ),
    (
        ("phq9", "items", "sleep", "range", "0..4"),
        (
            "total-range",
            "scoring.range",
            "the total is said to be 0..27, but its parts allow 0..28",
            "one of the two is wrong",
        ),
    ),
    (
        ("phq9", "items", "impairment", "range", 2),
        ("one-answer", "items.impairment.range", "'impairment' has only one possible answer", ""),
    ),
    (
        ("edeq", "items", "guilt", "range", ...),
        ("item-without-range", "items.guilt", "'guilt' is scored but has no range", "write range: 0..3"),
    ),
    (
        ("phq9", "bands", "nhs", "bands", "mild", "from", 10),
        ("band-twice", "bands.nhs.bands.moderate.from", "'moderate' begins at 10, and so does 'mild'", ""),
    ),
    (
        ("phq9", "bands", "nhs", "bands", "minimal", "from", 1),
        ("band-hole", "bands.nhs.bands", "no band holds the totals from 0 up to 1", "let a band begin at 0"),
    ),
    (
        ("phq9", "bands", "nhs", "bands", "severe", "from", 28),
        ("band-outside-range", "bands.nhs.bands.severe.from", "'severe' begins at 28, outside 0..27", ""),
    ),
    (
        ("hrsd17", "severity", ...),
        (
            "severity",
            "bands",
            "there are several band rules, and none is said to be shown",
            "severity: camcops or severity: datan",
        ),
    ),
    (
        ("hrsd17", "severity", "camcop"),
        ("severity", "severity", "'camcop' is not one of the bands", "did you mean 'camcops'?"),
    ),
    (
        ("phq8", "cutoffs", "case", "from", 25),
        (
            "cutoff-outside-range",
            "cutoffs.case.from",
            "25 divides no totals of 0..24",
            "choose more than 0, at most 24",
        ),
    ),
    (
        ("pcl5", "cutoffs", "cluster_rule", "parts", {"b_symptom": 1}),
        (
            "unknown-part",
            "cutoffs.cluster_rule.parts.b_symptom",
            "'b_symptom' is not a subscale",
            "did you mean 'b_symptoms'?",
        ),
    ),
    (
        ("phq9", "change_rules", "mcid", "better_by_points", 28),
        (
            "unreachable-change",
            "change_rules.mcid.better_by_points",
            "no total of 0..27 can get better by 28 points",
            "choose a number from 1 to 27",
        ),
    ),
    (
        ("phq9", "change_rules", "response", "better_by_percent", 101),
        (
            "unreachable-change",
            "change_rules.response.better_by_percent",
            "no score can change by 101 percent",
            "choose 1 to 100",
        ),
    ),
    (
        ("phq9", "change_rules", "remission", "below", 0),
        (
            "unreachable-change",
            "change_rules.remission.below",
            "0 divides no totals of 0..27",
            "choose more than 0, at most 27",
        ),
    ),
    (
        ("hrsd17", "change_rules", "remission", "at_most", 52),
        (
            "unreachable-change",
            "change_rules.remission.at_most",
            "52 divides no totals of 0..52",
            "choose less than 52",
        ),
    ),
    (
        ("phq9", "change_rules", "recovery", "crosses", "from_at_least", 8),
        (
            "unreachable-change",
            "change_rules.recovery.crosses",
            "a score between 8 and 10 would be on both sides at once",
            "",
        ),
    ),
    (
        ("phq9", "change_rules", "reliable_recovery", "all", ["reliable", "recover"]),
        (
            "unknown-rule",
            "change_rules.reliable_recovery.all",
            "'recover' is not a change rule that stands by itself",
            "did you mean 'recovery'?",
        ),
    ),
    (
        ("hrsd17", "direction", "higher is better"),
        (
            "wrong-direction",
            "change_rules.remission.at_most",
            "'remission' asks for a lower score, but higher is better",
            "",
        ),
    ),
    (
        ("phq9", "scoring", "missing", "at_most", 9),
        (
            "missing-rule",
            "scoring.missing.at_most",
            "at most 9 of 9 missing is no rule",
            "choose a number from 1 to 8, or write rule: require all",
        ),
    ),
    (
        ("phq9", "scoring", "missing", "rule", "answered only"),
        (
            "missing-rule",
            "scoring.missing.rule",
            "'answered only' does not go with sum",
            "write rule: mean of answered",
        ),
    ),
    (
        ("epds", "stored_as", ...),
        (
            "say-what-is-stored",
            "items.self_blame.reversed",
            "'self_blame' is reversed, but nothing says whether answers are recorded keyed or as printed",
            "add stored_as: keyed, or stored_as: printed",
        ),
    ),
    (
        ("wsas", "items", "home", "text", "My home management is impaired"),
        (
            "text-not-licensed",
            "items.home.text",
            "the licence is 'structure only', so no item text may ship",
            "remove it; the site supplies the text it is licensed for",
        ),
    ),
    (
        ("session_feedback", "items", "heard", "text_from", "patient"),
        (
            "worded-twice",
            "items.heard.text_from",
            "'heard' has its words here, and says that the patient supplies them",
            "remove text, or text_from",
        ),
    ),
    (
        ("phq9", "items", "energy", "number", 3),
        ("number-twice", "items.energy.number", "'sleep' has number 3 too", ""),
    ),
    (
        ("hrsd17", "items", "weight_loss", "special", "not_assessed", "answer", 2),
        (
            "special-answer",
            "items.weight_loss.special.not_assessed.answer",
            "2 is already an answer of 0..2",
            "",
        ),
    ),
    (
        ("edeq", "items", "binge_days", {"title": "Days with binges", "range": "0..28"}),
        (
            "item-not-scored",
            "items.binge_days",
            "'binge_days' is part of no score",
            "add it to 'of', or say scored: false",
        ),
    ),
    (
        ("qids_sr16", "subscales", "sleep_domain", "of", ["falling_asleep", "weight_pair"]),
        (
            "unknown-part",
            "subscales.sleep_domain.of",
            "'weight_pair' is not written above, and a subscale can only use subscales above it",
            "move 'weight_pair' up",
        ),
    ),
    (
        ("epds", "subscales", "crying", {"title": "Crying", "score": "sum", "of": ["crying", "sad"]}),
        ("name-used-twice", "subscales.crying", "'crying' is also the name of an item", ""),
    ),
    (
        ("epds", "subscales", "total", {"title": "Total", "score": "sum", "of": ["crying", "sad"]}),
        ("name-used-twice", "subscales.total", "'total' is also the name of the total", ""),
    ),
    (
        ("edeq", "items", "binge_days", "reversed", True),
        (
            "reversed-outside",
            "items.binge_days.reversed",
            "'binge_days' has no range to be reversed in",
            "",
        ),
    ),
    (
        ("edeq", "items", "guilt", "scored", False),
        ("unscored-part", "subscales.eating_concern.of", "'guilt' says scored: false, but is scored here", ""),
    ),
    (
        ("hrsd17", "items", "weight_loss", "risk", {"from": 1, "source": "threshold"}),
        (
            "special-answer",
            "items.weight_loss.special.not_assessed",
            "'weight_loss' is a risk item, so every answer counts as it stands",
            "",
        ),
    ),
    (
        ("phq8", "items", "total", {"title": "Total", "range": "0..3", "scored": False}),
        ("reserved-name", "items.total", "'total' is the total of the measure", "give the item another name"),
    ),
]


@pytest.mark.parametrize(("change", "finding"), MISTAKES, ids=[f"{c[0]}-{f[0]}-{f[1]}" for c, f in MISTAKES])
def test_a_mistake_in_a_measure_file_is_told_at_its_place(
    change: tuple[object, ...], finding: tuple[str, str, str, str]
) -> None:
    name, *path, value = change
    found = told(changed(str(name), *map(str, path), to=value))
    assert finding in found
    assert {code for code, *_ in found} - {finding[0], *_FOLLOW.get(finding[1], set())} == set()


# Where one wrong value breaks more than one rule, the rules that follow.
_FOLLOW = {
    "subscales.sleep_domain.of": {"item-not-scored"},
    "items.binge_days.reversed": {"say-what-is-stored"},
}


def test_a_percentage_on_a_scale_that_does_not_begin_at_0_is_told() -> None:
    values = plain("phq9")
    for item in values["items"].values():
        item["range"] = "1..4"
    values["items"]["self_harm"]["risk"]["from"] = 2
    values["scoring"]["range"] = "9..36"
    del values["bands"], values["change_rules"]["remission"]
    assert told(values) == [
        (
            "percent-without-zero",
            "change_rules.response.better_by_percent",
            "a percentage of a score means little on a scale that begins at 9",
            "use points",
        )
    ]


def test_a_measure_may_have_no_total_but_then_has_no_bands_on_it() -> None:
    values = plain("session_feedback")
    values["scoring"] = {"total": "none", "source": "ours"}
    assert told(values) == []
    values["bands"] = {"own": {"title": "Own", "source": "ours", "bands": {"low": {"title": "low", "from": 0}}}}
    assert told(values) == [("no-total", "bands", "the measure has no total, so it has no bands", "")]
    del values["bands"]
    values["cutoffs"] = {"line": {"title": "Line", "from": 5, "source": "ours"}}
    assert told(values) == [("no-total", "cutoffs.line.from", "the measure has no total to reach a cut-off", "")]


def test_a_total_of_nothing_is_told() -> None:
    values = plain("session_feedback")
    for item in values["items"].values():
        item["scored"] = False
    assert ("nothing-scored", "scoring", "no item is scored, so there is nothing to make a total of", "") in told(
        values
    )


SHAPES = [
    (("phq9", "items", "sleep", "colour", "red"), "Extra inputs are not permitted"),
    (("phq9", "items", "sleep", "number", "3"), "valid integer"),
    (("phq9", "items", "sleep", "number", True), "valid integer"),
    (("phq9", "items", "sleep", "range", "0-3"), "write a whole number, or a least and a most number like 12..16"),
    (("phq9", "version", 1), "valid string"),
    (("phq9", "bands", "nhs", "bands", "mild", "from", "5"), "write a number, such as 5 or 2.8"),
    (("phq9", "bands", "nhs", "bands", "mild", "from", True), "write a number, such as 5 or 2.8"),
    (("phq9", "bands", "nhs", "bands", "mild", "from", float("nan")), "write a number, such as 5 or 2.8"),
    (("phq9", "change_rules", "mcid", "source", ...), "Field required"),
    (("phq9", "change_rules", "mcid", "below", 5), "a change rule says exactly one of better_by_points"),
    (("phq9", "change_rules", "recovery", "crosses", "to_below", ...), "write from_at_least with to_below"),
    (("phq9", "scoring", "missing", "at_most", ...), "'require all' has no at_most, and the other rules need it"),
    (("phq9", "scoring", "range", ...), "a total needs its 'range' and its 'missing' rule"),
    (("pcl5", "cutoffs", "cut_lower", "parts", {"b": 1}), "a cut-off has either 'from' or 'parts'"),
    (("pcl5", "subscales", "b", "counts_from", 2), "'score: count' needs counts_from, and only count has it"),
    (("phq9", "sources", "kro01", {"cite": "a", "decision": "b"}), "exactly one of cite, decision or unverified"),
]


@pytest.mark.parametrize(("change", "message"), SHAPES, ids=[f"{'.'.join(map(str, c[1:-1]))}" for c, _ in SHAPES])
def test_a_value_of_the_wrong_shape_is_refused(change: tuple[object, ...], message: str) -> None:
    name, *path, value = change
    with pytest.raises(ValidationError, match=re.escape(message)):
        Measure.model_validate(changed(str(name), *map(str, path), to=value))


def test_a_scoring_without_a_total_has_no_range() -> None:
    with pytest.raises(ValidationError, match="a measure without a total has no 'of', 'range' or 'missing' here"):
        Scoring.model_validate({"total": "none", "range": "0..3", "source": "ours"})


# The reference page.


def test_the_measure_on_the_reference_page_loads_without_findings() -> None:
    text = DOCS.read_text(encoding="utf-8")
    whole = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.S) if block.startswith("iptengine:")]
    assert len(whole) == 1
    page = Measure.model_validate(read(whole[0].encode(), "page.measure.yaml").require().root)
    assert [code for code, _ in check_measure(page)] == []
    reading = score(page, {"low": 2, "tense": 3, "unsafe": 1})
    shown = band(page, reading.total)
    assert (reading.total, reading.missing, reading.risk[0].state) == (8, ("tired",), "above")
    assert shown is not None
    assert (shown.title, shown.rule_title) == ("high", "Severity")


def test_every_key_and_every_rule_is_on_the_reference_page() -> None:
    text = DOCS.read_text(encoding="utf-8")
    schema = Measure.model_json_schema(by_alias=True)
    keys = set(schema["properties"])
    for part in schema["$defs"].values():
        keys |= set(part.get("properties", {}))
    rules = set(re.findall(r'_finding\(\s*"([a-z-]+)"', _rules_source()))
    rules |= set(re.findall(r'_inside\("([a-z-]+)"', _rules_source()))
    assert len(rules) > 20
    assert {word for word in keys | rules if f"`{word}`" not in text} == set()


def _rules_source() -> str:
    module = FOLDER.parents[1] / "src" / "iptengine" / "protocol" / "measure_rules.py"
    return module.read_text(encoding="utf-8")
