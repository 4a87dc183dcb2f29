"""`iptengine test` as people use it: under the protocol a vignette names, and under another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAD = "iptengine: 1\nvignette: {title}\nprotocol: ipt-adult@1.0.0\nstart: 2026-03-03\nhappenings:\n"
SESSION = "  one:\n    week: 1\n    status: attended\n    phq9: {total: 18, self_harm: 0}\n"
VARIANT = "ipt-adult-long"


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three vignettes of ipt-adult: one stays the same in the longer treatment, one differs, one has a mistake."""
    monkeypatch.chdir(tmp_path)
    told = {
        "a-stays": SESSION + "    expect: {phase: initial}\n",
        "b-asks": SESSION
        + "    enter: middle\n    expect:\n      refused:\n        enter: [diagnosis_or_waiver, inventory_taken,"
        " formulation_agreed, focus_agreed, contract_agreed]\n",
        "c-errs": SESSION + "    done: histori\n",
    }
    for name, text in told.items():
        Path(f"{name}.vignette.yaml").write_text(HEAD.format(title=f"Vignette {name[0]}") + text, encoding="utf-8")
    return tmp_path


def test_under_another_protocol_each_vignette_is_the_same_or_says_where_it_differs(typed, three: Path) -> None:
    told = typed("test", ".", "--against", VARIANT)
    assert told.code == 1
    assert told.out == (
        "same  a-stays.vignette.yaml: Vignette a\n"
        "differs  b-asks.vignette.yaml: Vignette b\n"
        "    b-asks.vignette.yaml:13:9: one, refused.enter: expected diagnosis_or_waiver: any, inventory_taken: any,"
        " formulation_agreed: any, focus_agreed: any, contract_agreed: any, found diagnosis_or_waiver: no,"
        " inventory_taken: no, formulation_agreed: no, focus_agreed: no, contract_agreed: no, three_sessions_used: no\n"
        "unplayable  c-errs.vignette.yaml: Vignette c\n"
        "    c-errs.vignette.yaml:10:5: error: 'histori' is not a task of ipt-adult-long [unknown-name]\n"
        "        hint: did you mean 'history'?\n"
        "under ipt-adult-long@1.0.0: 1 same, 1 differs, 1 unplayable\n"
    )


def test_what_stays_the_same_under_another_protocol_ends_well(typed, three: Path) -> None:
    told = typed("test", "a-stays.vignette.yaml", "--against", VARIANT)
    assert (told.code, told.out.splitlines()[-1]) == (0, "under ipt-adult-long@1.0.0: 1 same, 0 differs")


def test_the_other_protocol_can_be_a_file_or_lie_in_a_folder(typed, three: Path) -> None:
    text = (ROOT / "protocols" / "ipt-adult.protocol.yaml").read_text(encoding="utf-8")
    shelf = three / "shelf"
    shelf.mkdir()
    path = shelf / "our-own.protocol.yaml"
    path.write_text(text.replace("protocol: ipt-adult\n", "protocol: our-own\n"), encoding="utf-8")
    for words in (("--against", path), ("--against", "our-own", "--folder", shelf)):
        told = typed("test", "a-stays.vignette.yaml", *words)
        assert told.out.splitlines()[-1] == "under our-own@1.0.0: 1 same, 0 differs"
    assert typed("test", "a-stays.vignette.yaml", "--against", "our-own").code == 2
    told = typed("test", "a-stays.vignette.yaml", "--folder", "shelv")
    assert (told.code, told.err) == (2, "error: there is no folder 'shelv'\n")


def test_the_results_as_json_keep_places_apart(typed, three: Path) -> None:
    told = typed("test", ".", "--against", VARIANT, "--format", "json")
    assert told.code == 1
    record = json.loads(told.out)
    assert (record["schema"], record["against"]) == ("iptengine.test/1", "ipt-adult-long@1.0.0")
    assert [(one["file"], one["title"], one["result"]) for one in record["vignettes"]] == [
        ("a-stays.vignette.yaml", "Vignette a", "same"),
        ("b-asks.vignette.yaml", "Vignette b", "differs"),
        ("c-errs.vignette.yaml", "Vignette c", "unplayable"),
    ]
    (difference,) = record["vignettes"][1]["differences"]
    assert {key: difference[key] for key in ("file", "line", "column", "happening", "what")} == {
        "file": "b-asks.vignette.yaml", "line": 13, "column": 9, "happening": "one", "what": "refused.enter",
    }  # fmt: skip
    assert record["vignettes"][2]["findings"] == [
        {
            "file": "c-errs.vignette.yaml", "line": 10, "column": 5, "code": "unknown-name",
            "message": "'histori' is not a task of ipt-adult-long", "hint": "did you mean 'history'?",
        }
    ]  # fmt: skip


def test_without_another_protocol_the_results_as_json_are_passed_or_failed(typed, three: Path) -> None:
    record = json.loads(typed("test", "a-stays.vignette.yaml", "c-errs.vignette.yaml", "--format", "json").out)
    assert record["against"] is None
    assert [one["result"] for one in record["vignettes"]] == ["passed", "failed"]


def test_coverage_lists_what_no_vignette_reached_with_its_line(typed, three: Path) -> None:
    told = typed("test", "a-stays.vignette.yaml", "--coverage")
    assert told.code == 0
    lines = told.out.splitlines()
    assert lines[:5] == [
        "passed  a-stays.vignette.yaml: Vignette a",
        "1 passed, 0 failed",
        "",
        "ipt-adult@1.0.0, by 1 vignette",
        "  phases            1 of 3",
    ]
    (bands,) = [line for line in lines if ".moderately_severe: " in line]
    assert bands.endswith(": measures.phq9.bands.nhs.moderately_severe: never at 15 or just under 15")


def test_coverage_as_json_says_which_happening_reached_what(typed, three: Path) -> None:
    (found,) = json.loads(typed("test", "a-stays.vignette.yaml", "--coverage", "--format", "json").out)["coverage"]
    assert (found["protocol"], found["vignettes"]) == ("ipt-adult@1.0.0", ["a-stays.vignette.yaml"])
    assert found["counts"]["phases"] == {"reached": 1, "of": 3}
    first, second, *_ = found["marks"]
    assert first["reached_by"] == {"vignette": "a-stays.vignette.yaml", "happening": "one"}
    assert (second["kind"], second["path"], second["how"], second["reached_by"]) == (
        "phases", "phases.middle", "entered", None,
    )  # fmt: skip
    assert second["file"].endswith("ipt-adult.protocol.yaml")
    assert second["line"] > 1000


def test_coverage_under_another_protocol_is_that_of_the_other(typed, three: Path) -> None:
    told = typed("test", ".", "--against", VARIANT, "--coverage")
    assert "ipt-adult-long@1.0.0, by 2 vignettes" in told.out
    assert "ipt-adult@" not in told.out
