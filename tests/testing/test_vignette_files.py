"""What the author of a vignette is told: all mistakes at once, each at its place with the next step."""

from __future__ import annotations

from pathlib import Path

import pytest

import phrases
from iptengine.authoring.document import read
from iptengine.authoring.loader import load
from iptengine.authoring.vignette import (
    Vignette,
    VignetteSpec,
    check_vignette,
    protocol_of,
    read_vignette,
    read_vignette_text,
)
from iptengine.authoring.vignette_expected import Expect, ExpectSummary
from iptengine.authoring.vignette_reference import WRITTEN, vignette_tables
from iptengine.authoring.vignette_told import Happening
from iptengine.diagnostics import ProtocolError
from iptengine.testing import play

DOCS = Path(__file__).parents[2] / "docs"
HEAD = "iptengine: 1\nvignette: A test\nprotocol: ipt-adult@1.0.0\nstart: 2026-03-03\nhappenings:\n"


def told(text: str) -> list[str]:
    """Everything an author hears about a file: what reading finds, or else what the protocol does not know."""
    try:
        vignette = read_vignette_text((HEAD + text).encode(), "a.vignette.yaml")
    except ProtocolError as wrong:
        return str(wrong).split("\n")
    return "\n".join(map(str, check_vignette(vignette, phrases.protocol("ipt-adult")))).split("\n")


def test_a_misspelt_key_is_told_with_the_key_it_looks_like() -> None:
    assert told("  one: {week: 1, statu: attended}\n") == [
        "a.vignette.yaml:6:18: error: 'statu' is not a key of a happening, and what stands there is no reading"
        " [unknown-key]",
        "    hint: did you mean 'status'?",
    ]


def test_a_bare_total_is_told_with_how_to_write_it() -> None:
    assert told("  one: {week: 1, phq9: 18}\n") == [
        "a.vignette.yaml:6:18: error: a bare total leaves self_harm unanswered, which raises a risk alert [bare-total]",
        "    hint: write phq9: {total: 18, self_harm: 0}",
    ]


def test_that_no_way_is_there_is_said_of_each_way_by_its_name() -> None:
    assert told("  one: {week: 1, expect: {ways: {none: any}}}\n") == [
        "a.vignette.yaml:6:34: error: 'any' is read as the name of a way here, and there is never one called so"
        " [unknown-name]",
        "    hint: name each way, such as enter.middle",
    ]


def test_a_bare_total_without_a_risk_item_is_a_reading() -> None:
    changed = phrases.variant("ipt-adult", {"measures.gad7": {"use": "gad7@1", "due": "every session"}})
    vignette = read_vignette_text((HEAD + "  one: {week: 1, status: attended, gad7: 12}\n").encode(), "a.vignette.yaml")
    assert check_vignette(vignette, changed) == ()
    assert play(vignette, changed).course.readings[0].total == 12


def test_a_measure_the_protocol_does_not_use_is_told() -> None:
    assert told("  one: {week: 1, phq8: {total: 3}}\n") == [
        "a.vignette.yaml:6:18: error: 'phq8' is neither a measure of ipt-adult nor a key of a happening [unknown-name]",
        "    hint: did you mean 'phq9'?",
    ]


def test_a_reading_that_is_no_number_is_told() -> None:
    assert told("  one: {week: 1, phq9: {total: high}}\n") == [
        "a.vignette.yaml:6:18: error: the reading 'phq9' cannot be understood [bad-value]",
        "    hint: write a reading as {total: 18, ITEM: 0}, each a number, or left empty: unanswered",
    ]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (
            "expect: {refused: {enter: [{code: no}]}}",
            "8:31: error: names and what belongs to them are wanted at 'happenings.one.expect.refused.enter'",
        ),
        (
            "deliver: [{engage: 1}]",
            "8:14: error: names and what belongs to them are wanted at 'happenings.one.deliver'",
        ),
    ],
)
def test_a_list_of_something_else_than_names_is_told_at_its_place(line: str, place: str) -> None:
    assert told(f"  one:\n    week: 1\n    {line}\n") == [
        f"a.vignette.yaml:{place}, this is a list [bad-value]",
        "    hint: write NAME: … under it, one a line",
    ]


def test_every_mistake_is_told_at_once_and_in_the_order_of_the_file() -> None:
    text = "  one:\n    week: 0\n    on: 2026-02-30\n    expect: {fase: middle}\n  Two: {week: 2, announce: yes}\n"
    assert [line for line in told(text) if "error" in line] == [
        "a.vignette.yaml:7:11: error: 0 is less than 1 [bad-value]",
        "a.vignette.yaml:8:9: error: '2026-02-30' cannot be understood at 'happenings.one.on' [bad-value]",
        "a.vignette.yaml:9:14: error: 'fase' is not a key of 'happenings.one.expect' [unknown-key]",
        "a.vignette.yaml:10:3: error: 'Two' is not a name [bad-value]",
        "a.vignette.yaml:10:28: error: 'yes' is neither true nor false [bad-value]",
    ]


def test_a_happening_without_a_day_is_told() -> None:
    assert told("  one: {status: attended}\n") == [
        "a.vignette.yaml:6:3: error: 'one' has no day [missing-key]",
        "    hint: write on: 2026-03-31, or week: 3",
    ]


def test_a_happening_with_two_days_is_told() -> None:
    assert told("  one: {week: 1, on: 2026-03-03}\n") == [
        "a.vignette.yaml:6:3: error: a happening has a day or a week, not both [bad-value]"
    ]


def test_a_correction_of_what_is_told_later_is_told() -> None:
    text = "  one: {week: 1, withdraw: {happening: two, what: phq9, because: x}}\n  two: {week: 2}\n"
    assert told(text)[0] == "a.vignette.yaml:6:29: error: no happening before 'one' is called 'two' [unknown-name]"


NAMES = [
    ("done: [linc]", "'linc' is not a task of ipt-adult", "did you mean 'link'?"),
    ("tasks: {linc: done}", "'linc' is not a task of ipt-adult", "did you mean 'link'?"),
    ("defer: linc", "'linc' is not a task of ipt-adult", "did you mean 'link'?"),
    ("tasks: {link: {techniques: affct}}", "'affct' is not a technique of ipt-adult", "did you mean 'affect'?"),
    ("enter: midle", "'midle' is not a phase of ipt-adult", "did you mean 'middle'?"),
    ("end: complete", "'complete' is not an outcome of ipt-adult", "did you mean 'completed'?"),
    ("facts: {medicine: taken}", "'medicine' is not a fact of ipt-adult", "did you mean 'medication'?"),
    ("facts: {medication: take}", "'take' is not a value of medication", "did you mean 'taken'?"),
    ("contact: {outrech: x}", "'outrech' is not a contact of ipt-adult", "did you mean 'outreach'?"),
    ("present: [patient, spouse]", "'spouse' is not a participant of ipt-adult", ""),
    ("assess: {risk: {found: a, plan: b}}", "'risk' is not an alert of ipt-adult", "did you mean 'risk_item'?"),
    ("focus: {a: {area: grif}}", "'grif' is not a problem area of ipt-adult", "did you mean 'grief'?"),
    ("stage: {a: {to: impasse}}", "no focus of this vignette is called 'a'", ""),
    ("contract: {missed: keeps}", "'keeps' is not a policy of ipt-adult", "did you mean 'keep'?"),
    ("phq9: {total: 3, self_hram: 0}", "'self_hram' is not an item of phq9", "did you mean 'self_harm'?"),
    ("checklist: {suitability: {answers: {mani: no}}}", "'mani' is not a question of suitability", ""),
    ("record: {exceptions: {linc: declined}}", "'linc' is not a task of ipt-adult", "did you mean 'link'?"),
    ("record: {scores: {phq: {total: 3}}}", "'phq' is neither a measure of ipt-adult nor a key of a happening", ""),
    ("deviate: {because: x, request: {enter: midle}}", "'midle' is not a phase of ipt-adult", "did you mean 'middle'?"),
    ("expect: {phase: midle}", "'midle' is not a phase of ipt-adult", "did you mean 'middle'?"),
    ("expect: {alerts: risk_itm}", "'risk_itm' is not an alert of ipt-adult", "did you mean 'risk_item'?"),
    ("expect: {open_alerts: risk_itm}", "'risk_itm' is not an alert of ipt-adult", "did you mean 'risk_item'?"),
    ("expect: {band: {phq9: milde}}", "'milde' is not a band of phq9", "did you mean 'mild'?"),
    ("expect: {change: {phq9: {mcit: yes}}}", "'mcit' is not a rule of phq9", "did you mean 'mcid'?"),
    ("expect: {series: {phq: x}}", "'phq' is not a measure of ipt-adult", "did you mean 'phq9'?"),
    ("expect: {agenda: {due: linc}}", "'linc' is not a task of ipt-adult", "did you mean 'link'?"),
    ("expect: {outcome: complete}", "'complete' is not an outcome of ipt-adult", "did you mean 'completed'?"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "message", "hint"), NAMES, ids=[name for name, _, _ in NAMES])
def test_a_name_the_protocol_does_not_have_is_told(key: str, message: str, hint: str) -> None:
    first, *rest = told(f"  one: {{week: 1, {key}}}\n")
    assert f"error: {message} [unknown-name]" in first
    if hint:
        assert rest == [f"    hint: {hint}"]


def test_a_stage_is_looked_up_in_the_area_of_its_focus() -> None:
    text = "  one: {week: 1, focus: {d: {area: role_dispute, person: S.}}, stage: {d: {to: impase, because: x}}}\n"
    assert told(text) == [
        "a.vignette.yaml:6:80: error: 'impase' is not a stage of d [unknown-name]",
        "    hint: did you mean 'impasse'?",
    ]


def test_names_in_the_figures_at_the_end_are_looked_up_too() -> None:
    text = (
        "  one: {week: 1}\n"
        "expect_summary:\n"
        "  measures: {phq9: {rules: {mcit: yes}, last_band: milde}}\n"
        "  phases: {midle: [1]}\n"
        "  stages: {d: []}\n"
        "  outcome: {name: complete}\n"
        "  adherence: {coverage: {midle: 1/1}, techniques: {role_playing: 1/1}, routine_tasks: [linc]}\n"
    )
    assert [line.split("'")[1] for line in told(text) if "error" in line] == [
        "mcit", "milde", "midle", "d", "complete", "midle", "role_playing", "linc",
    ]  # fmt: skip


def test_a_vignette_of_another_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.vignette.yaml"
    path.write_text(HEAD.replace("1.0.0", "0.9.0") + "  one: {week: 1}\n", encoding="utf-8")
    with pytest.raises(ProtocolError) as wrong:
        protocol_of(read_vignette(path))
    (told,) = wrong.value.diagnostics
    assert (told.code, told.message) == (
        "other-version",
        "this vignette was written for version 0.9.0 of ipt-adult, and there is 1.0.0",
    )


def lying(folder: Path, name: str, version: str) -> None:
    """Writes a small protocol of that name and version into `folder`."""
    small = (phrases.ROOT / "tests" / "protocols" / "small.protocol.yaml").read_text(encoding="utf-8")
    folder.mkdir(exist_ok=True)
    text = small.replace("protocol: ipt-small", f"protocol: {name}").replace("version: 1.0.0", f"version: {version}")
    (folder / f"{name}.protocol.yaml").write_text(text, encoding="utf-8")


def speaking_of(folder: Path, named: str) -> Vignette:
    """A vignette in `folder` that names a protocol."""
    path = folder / "a.vignette.yaml"
    path.write_text(HEAD.replace("ipt-adult@1.0.0", named) + "  one: {week: 1}\n", encoding="utf-8")
    return read_vignette(path)


def test_a_protocol_can_be_named_by_its_id_when_it_lies_beside_the_vignette(tmp_path: Path) -> None:
    lying(tmp_path, "ipt-prison", "0.1.0")
    assert protocol_of(speaking_of(tmp_path, "ipt-prison@0.1.0")).ref == "ipt-prison@0.1.0"


def test_a_protocol_beside_the_vignette_comes_before_those_in_folders_and_these_before_the_shipped(
    tmp_path: Path,
) -> None:
    lying(tmp_path / "given", "ipt-adult", "1.0.2")
    assert protocol_of(speaking_of(tmp_path, "ipt-adult"), folders=(tmp_path / "given",)).version == "1.0.2"
    lying(tmp_path, "ipt-adult", "1.0.1")
    assert protocol_of(speaking_of(tmp_path, "ipt-adult"), folders=(tmp_path / "given",)).version == "1.0.1"


def test_a_file_of_another_version_beside_the_vignette_does_not_stand_before_the_version_it_names(
    tmp_path: Path,
) -> None:
    lying(tmp_path, "ipt-adult", "1.0.1")
    assert protocol_of(speaking_of(tmp_path, "ipt-adult@1.0.0")).digest == phrases.protocol("ipt-adult").digest


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        (
            "ipt-prisom@0.1.0",
            "there is no protocol 'ipt-prisom' [unknown-protocol]\n    hint: did you mean 'ipt-prison'?",
        ),
        (
            "ipt-prison@0.2.0",
            "this vignette was written for version 0.2.0 of ipt-prison, and there is 0.1.0 [other-version]\n"
            "    hint: play it anew and write protocol: ipt-prison@0.1.0",
        ),
    ],
)
def test_a_protocol_that_is_not_found_is_told_at_the_line_that_names_it(tmp_path: Path, named: str, wrong: str) -> None:
    lying(tmp_path, "ipt-prison", "0.1.0")
    told = speaking_of(tmp_path, named)
    line = told.document.lines.index(f"protocol: {named}") + 1
    with pytest.raises(ProtocolError) as raised:
        protocol_of(told)
    assert str(raised.value) == f"{told.document.file}:{line}:1: error: {wrong}"


def test_what_can_be_no_name_of_a_protocol_is_told_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError) as raised:
        protocol_of(speaking_of(tmp_path, "../ipt-adult"))
    (told,) = raised.value.diagnostics
    assert (told.span.file, told.code) == (str(tmp_path / "a.vignette.yaml"), "bad-name")


def test_a_file_beside_the_vignette_that_holds_another_protocol_is_a_mistake(tmp_path: Path) -> None:
    lying(tmp_path, "ipt-prison", "0.1.0")
    (tmp_path / "ipt-prison.protocol.yaml").rename(tmp_path / "ipt-school.protocol.yaml")
    with pytest.raises(ProtocolError, match=r"the file ipt-school.protocol.yaml holds the protocol 'ipt-prison'"):
        protocol_of(speaking_of(tmp_path, "ipt-school"))


def test_a_protocol_can_be_named_by_a_path_from_the_vignette(tmp_path: Path) -> None:
    small = phrases.ROOT / "tests" / "protocols" / "small.protocol.yaml"
    (tmp_path / "small.protocol.yaml").write_bytes(small.read_bytes())
    (tmp_path / "told").mkdir()
    path = tmp_path / "told" / "a.vignette.yaml"
    text = HEAD.replace("ipt-adult@1.0.0", "../small.protocol.yaml") + "  one: {week: 1}\n"
    path.write_text(text, encoding="utf-8")
    assert protocol_of(read_vignette(path)).title == phrases.protocol("small").title


def test_a_list_is_no_vignette() -> None:
    with pytest.raises(ProtocolError, match="a vignette begins with keys"):
        read_vignette_text(b"- iptengine: 1\n", "a.vignette.yaml")


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(ProtocolError) as wrong:
        read_vignette("nowhere.vignette.yaml")
    assert wrong.value.diagnostics[0].code == "file-not-found"


def test_the_reference_page_holds_every_key() -> None:
    page = (DOCS / "reference" / "vignettes.md").read_text(encoding="utf-8")
    assert page.endswith("made from the models that read the files.\n\n" + vignette_tables())
    for model in (VignetteSpec, Happening, Expect, ExpectSummary):
        assert all(f"| `{name}` |" in page for name in model.model_fields)


def test_the_examples_of_the_pages_can_be_played() -> None:
    page = (DOCS / "reference" / "vignettes.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    vignette = read_vignette_text(example.encode(), "a.vignette.yaml")
    assert play(vignette, protocol_of(vignette)).report == ""


def test_the_steps_of_the_how_to_go_as_they_are_told() -> None:
    page = (DOCS / "how-to" / "write-a-vignette.md").read_text(encoding="utf-8")
    head, first, second, early = (part.split("```")[0] for part in page.split("```yaml\n")[1:5])
    whole = head + first.split("  cancelled:")[0] + early + second
    vignette = read_vignette_text(whole.encode(), "late-cancellation.vignette.yaml")
    assert play(vignette, protocol_of(vignette)).report == ""
    wrong = whole.replace("missed: use", "missed: keep")
    found = play(read_vignette_text(wrong.encode(), "late-cancellation.vignette.yaml"), protocol_of(vignette))
    assert str(found.differences[0]).endswith(": cancelled, sessions_used: expected 2, found 1")


@pytest.mark.parametrize("key", Happening.model_fields)
def test_every_key_of_a_happening_has_an_example_that_can_be_read(key: str) -> None:
    read_one = read(f"{key}: {WRITTEN[key]}\n".encode(), "a.vignette.yaml").require().root
    assert getattr(Happening.model_validate(read_one), key) is not None


SAFETY = Path(__file__).parents[2] / "examples" / "building-blocks-safety.vignette.yaml"


def interruption(written: str, instead: str) -> str:
    """Where the example goes otherwise than expected, when one word about the interruption is replaced."""
    text = SAFETY.read_text(encoding="utf-8").replace(f"interrupted: {written}", f"interrupted: {instead}", 1)
    vignette = read_vignette_text(text.encode(), str(SAFETY))
    return play(vignette, load(SAFETY.parent / "building-blocks.protocol.yaml")).report.removeprefix(f"{SAFETY}:")


@pytest.mark.parametrize(("written", "instead"), [("no", "no"), ("no", "false"), ("yes", "true")])
def test_whether_the_plan_is_interrupted_is_said_with_yes_or_no(written: str, instead: str) -> None:
    assert interruption(written, instead) == ""


def test_no_while_a_component_interrupts_is_told_beside_what_was_seen() -> None:
    assert interruption("yes", "no") == "78:9: the_same_hour, plan.interrupted: expected no, found yes"


def test_another_word_for_interrupted_is_told() -> None:
    assert told("  one: {week: 1, expect: {plan: {interrupted: maybe}}}\n") == [
        "a.vignette.yaml:6:47: error: 'maybe' cannot stand at 'happenings.one.expect.plan.interrupted' [bad-value]",
        "    hint: choose one of 'yes', 'no'",
    ]
