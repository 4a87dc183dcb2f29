"""From a file to a protocol, or to all its mistakes in one go."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine.authoring.loader import check, check_text, load, load_measure, shipped
from iptengine.diagnostics import ProtocolError, Span
from iptengine.protocol.ids import is_id, why_not_id

SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"
TEXT = SMALL.read_text(encoding="utf-8")
MEASURES = Path(__file__).parents[2] / "protocols" / "measures"


def told(text: str, *folders: Path) -> list[str]:
    """What the author of `text` is told, without the name of the file."""
    _, diagnostics = check_text(text.encode(), "my.protocol.yaml", folders)
    return [str(diagnostic).removeprefix("my.protocol.yaml:") for diagnostic in diagnostics]


def test_a_protocol_that_is_right_is_loaded_with_its_measures_conditions_and_places() -> None:
    protocol = load(SMALL)
    assert (protocol.ref, protocol.title, protocol.status) == (
        "ipt-small@1.0.0",
        "A small Interpersonal Psychotherapy",
        "draft",
    )
    assert {name: measure.ref for name, measure in protocol.measures.items()} == {"phq9": "phq9@1"}
    guards = protocol.at("phases", "opening", "next", "working")
    assert [(guard.name, guard.text) for guard in guards] == [
        ("tasks", "all must tasks are done"),
        ("focus", "a focus is agreed"),
    ]
    assert [guard.span for guard in guards] == [
        Span("small.protocol.yaml", TEXT[: TEXT.index("        tasks: all must")].count("\n") + 1, 9),
        Span("small.protocol.yaml", TEXT[: TEXT.index("        focus: a focus")].count("\n") + 1, 9),
    ]


def test_the_conditions_of_stages_alerts_and_free_ways_stand_under_their_paths() -> None:
    protocol = load(SMALL)
    stages = ("problem_areas", "role_dispute", "stages")
    assert [g.text for g in protocol.at(*stages, "unstaged", "next", "renegotiation")] == ["find_stage is done"]
    assert protocol.at(*stages, "unstaged", "next", "impasse") == ()
    (alert,) = protocol.at("alerts", "violence", "raise_if")
    assert (alert.name, alert.path, alert.text) == (
        "violence",
        ("alerts", "violence", "raise_if"),
        "fear_at_home is yes",
    )


def test_several_conditions_under_any_and_not_keep_their_shape_and_names() -> None:
    text = TEXT.replace(
        "        focus: a focus is agreed\n",
        "        ready:\n          any:\n            focused: a focus is agreed\n"
        "            late:\n              not:\n                early: sessions used < 5\n",
    )
    protocol, wrong = check_text(text.encode(), "my.protocol.yaml")
    assert wrong == ()
    assert protocol is not None
    ready = protocol.at("phases", "opening", "next", "working")[1]
    assert (ready.name, ready.how, [part.name for part in ready.parts]) == ("ready", "any", ["focused", "late"])
    late = ready.parts[1]
    assert (late.how, late.parts[0].path) == (
        "not",
        ("phases", "opening", "next", "working", "ready", "any", "late", "not", "early"),
    )


def test_the_places_of_a_protocol_name_the_file_alone_so_that_they_are_the_same_on_every_machine() -> None:
    protocol = load(SMALL)
    line = TEXT[: TEXT.index("start: opening")].count("\n") + 1
    assert protocol.span(("start",)) == Span("small.protocol.yaml", line, 1)
    assert protocol.span(("problem_areas", "role_dispute", "must", "find_stage", "do")).line == (
        TEXT[: TEXT.index("      find_stage:")].count("\n") + 1
    )
    assert str(SMALL.parent) not in repr(protocol)


def test_the_digest_is_of_the_content_and_not_of_its_layout() -> None:
    moved, _ = check_text(f"# a remark\n\n{TEXT}".encode(), "elsewhere.protocol.yaml")
    changed, _ = check_text(TEXT.replace("6..8", "6..9").encode(), "small.protocol.yaml")
    assert moved is not None
    assert changed is not None
    assert moved.digest == load(SMALL).digest != changed.digest


def test_every_shipped_protocol_loads_by_its_name_and_by_its_path() -> None:
    names = shipped()
    assert "ipt-adult" in names
    for name in names:
        assert (check(name), load(name).id) == ((), name)
    by_path = load(MEASURES.parent / "ipt-adult.protocol.yaml")
    assert by_path.digest == load("ipt-adult").digest


def test_mistakes_of_shape_meaning_conditions_and_texts_are_told_in_one_go() -> None:
    text = (
        TEXT.replace("version: 1.0.0", "version: one")
        .replace("    focus_work: true\n", "    focus_wrk: true\n", 1)
        .replace("sessions left <= 1", "sessions lft <= 1")
        .replace("after: find_stage", "after: find_stages")
        .replace("{{ other }}", "{{ othr }}")
        .replace("source: team}", "source: teem}")
    )
    assert [line.split("\n")[0].split(": error: ")[1] for line in told(text)] == [
        "'one' is not a version [bad-value]",
        "'teem' is not one of the sources [unknown-source]",
        "'othr' is not known here [template-unknown-name]",
        "'find_stages' is not a task of this protocol [unknown-task]",
        "'focus_wrk' is not a key of 'phases.working' [unknown-key]",
        "'sessions lft <= 1' is not a form of condition [condition-unknown]",
    ]


@pytest.mark.parametrize("written", ["true", "1.0", "2"])
def test_only_the_whole_number_one_is_the_version_of_the_format(written: str) -> None:
    (line,) = told(TEXT.replace("iptengine: 1\n", f"iptengine: {written}\n"))
    assert line.endswith("is not a version of this format [bad-value]\n    hint: write iptengine: 1")


def test_a_number_as_the_id_of_a_protocol_is_told_how_an_id_begins() -> None:
    (line,) = told(re.sub("protocol: .*", "protocol: 7", TEXT, count=1))
    assert line.endswith(
        "an id is wanted here, this is the number 7 [bad-value]\n    hint: begin it with a letter, as in ipt-adult"
    )


def test_what_only_follows_from_a_mistake_of_shape_is_not_told() -> None:
    assert told(TEXT.replace("start: opening", "start: 3")) == [
        "76:8: error: a name is wanted here, this is the number 3 [bad-value]\n"
        "    hint: begin it with a letter, as in middle"
    ]
    assert told(TEXT.replace("  opening:\n", "  Opening:\n")) == [
        "78:3: error: 'Opening' is not a name [bad-value]\n"
        "    hint: write opening: a name is small letters, digits and _, and begins with a letter"
    ]


def test_a_contract_that_cannot_be_read_makes_no_window_or_condition_wrong() -> None:
    assert told(TEXT.replace("sessions: 6..8", "sessions: many")) == [
        "13:13: error: 'many' cannot be understood at 'contract.sessions' [bad-value]\n"
        "    hint: write a whole number, or a least and a most number like 12..16"
    ]


def test_a_phase_that_lacks_a_key_is_still_told_that_nothing_leads_to_it() -> None:
    aside = "  aside:\n    title: Aside\n    next:\n      completed: {}\n"
    found = told(TEXT.replace("\n  working:\n", f"\n{aside}  working:\n"))
    assert [line.split("\n")[0] for line in found] == [
        "89:3: error: 'phases.aside' needs an aim: What a session in it is for [missing-key]",
        "89:3: error: no way leads from 'opening' to 'aside' [unreachable-phase]",
    ]


def test_a_file_that_is_a_list_or_nothing_is_told_how_to_begin() -> None:
    hint = "\n    hint: write iptengine: 1 on the first line"
    message = "1:1: error: a protocol begins with keys, and this is something else [bad-value]"
    assert told("- iptengine: 1\n") == [message + hint]
    assert told("") == [
        "1:1: error: there is nothing in this file [yaml-empty]\n    hint: begin with a key, a colon and a text"
    ]


def test_at_most_a_hundred_mistakes_are_told_and_that_there_are_more() -> None:
    unknown = "".join(f"      task{n}: {{do: x, after: nothing{n}}}\n" for n in range(400))
    found = told(TEXT.replace("      inventory: Take", f"{unknown}      inventory: Take"))
    assert len(found) == 101
    assert "there are more than 100 mistakes; the rest are not told yet [too-many-mistakes]" in found[-1]
    keys = "".join(f"key{n}: x\n" for n in range(20_000))
    assert len(told(TEXT + keys)) == 101


def test_a_protocol_of_thousands_of_tasks_or_conditions_is_refused_at_once() -> None:
    many = range(2100)
    tasks = "".join(f"      task{n}: x\n" for n in many)
    found = told(TEXT.replace("      inventory: Take", f"{tasks}      inventory: Take"))
    assert found == [
        "77:1: error: a protocol has at most 2000 tasks and 500 phases; this one has more [too-many-parts]\n"
        "    hint: divide the protocol"
    ]
    line = "        tasks: all must tasks are done\n"
    conditions = "".join(f"        c{n}: days since the start >= {n + 1}\n" for n in many)
    (only,) = told(TEXT.replace(line, conditions))
    assert only.endswith(
        "there are more than 2000 different conditions [too-many-parts]\n    hint: divide the protocol"
    )
    wrong = "".join(f"        c{n}: sesions left <= 3\n" for n in many)
    found = told(TEXT.replace(line, wrong))
    assert len(found) == 51
    assert "there are more than 50 conditions with mistakes; the rest are not looked at yet" in found[-1]


# Measures.


def measure(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.measure.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def protocol_in(folder: Path, text: str = TEXT) -> Path:
    path = folder / "my.protocol.yaml"
    path.write_text(text, encoding="utf-8")
    return path


PHQ9 = (MEASURES / "phq9.measure.yaml").read_text(encoding="utf-8")


def test_a_measure_beside_the_protocol_goes_before_one_further_away(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    own = PHQ9.replace("measure: phq9", "measure: mine")
    text = TEXT.replace("use: phq9@1", "use: mine@1")
    titles = {}
    for folder, title in ((other, "third"), (home / "measures", "second"), (home, "first")):
        measure(folder, "mine", own.replace("title: Patient Health Questionnaire, 9 items (PHQ-9)", f"title: {title}"))
        home.mkdir(exist_ok=True)
        titles[title] = load(protocol_in(home, text), folders=[other]).measures["phq9"].title
    assert titles == {"third": "third", "second": "second", "first": "first"}


def test_a_file_of_a_shipped_measures_name_and_version_holds_that_measure(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "measures"):
        path = measure(folder, "phq9", "# As it is shipped\n" + PHQ9)
        assert check(protocol_in(tmp_path)) == ()
        measure(folder, "phq9", PHQ9.replace("    risk: {from: 1, source: calc}\n", ""))
        (found,) = check(protocol_in(tmp_path))
        assert (found.code, found.span.line, found.message, found.hint) == (
            "other-measure",
            TEXT[: TEXT.index("phq9@1")].count("\n") + 1,
            f"'phq9@1' is another file here ({path}) than the one that comes with iptengine",
            "give a changed instrument another id or version",
        )
        measure(
            folder, "phq9", PHQ9.replace('version: "1"', 'version: "2"').replace("risk: {from: 1", "risk: {from: 2")
        )
        assert check(protocol_in(tmp_path, TEXT.replace("phq9@1", "phq9@2"))) == ()
        path.unlink()


def test_a_shipped_protocol_keeps_its_measures_whatever_lies_in_a_folder_that_is_named(tmp_path: Path) -> None:
    measure(tmp_path, "phq9", PHQ9.replace("    risk: {from: 1, source: calc}\n", ""))
    assert load("ipt-adult", folders=[tmp_path]).digest == load("ipt-adult").digest
    assert [one.code for one in check(SMALL, folders=[tmp_path])] == ["other-measure"]


def test_the_mistakes_of_a_measure_are_told_at_its_own_file_and_line(tmp_path: Path) -> None:
    path = measure(
        tmp_path, "phq9", PHQ9.replace("range: 0..27", "range: 0..26").replace("source: lowe", "source: low")
    )
    found = check(protocol_in(tmp_path))
    lines = {text: PHQ9[: PHQ9.index(text)].count("\n") + 1 for text in ("  range: 0..27", "  mcid:")}
    assert [(d.span.file, d.span.line, d.code) for d in found] == [
        (str(path), lines["  range: 0..27"], "total-range"),
        (str(path), lines["  mcid:"], "unknown-source"),
    ]
    with pytest.raises(ProtocolError) as refused:
        load_measure(path)
    assert refused.value.diagnostics == found


def test_a_condition_on_a_measure_that_could_not_be_read_is_not_a_mistake_of_its_own(tmp_path: Path) -> None:
    measure(tmp_path, "phq9", PHQ9.replace("range: 0..27", "range: 0..26"))
    text = TEXT.replace("a focus is agreed", "phq9 <= 9").replace("sessions left <= 1", "phq8 <= 9")
    assert [(d.code, d.message) for d in check(protocol_in(tmp_path, text))] == [
        ("condition-unknown-name", "'phq8' is not a measure or a fact of this protocol"),
        ("total-range", "the total is said to be 0..26, but its parts allow 0..27"),
    ]


def test_a_link_out_of_the_folder_is_not_followed_to_a_measure_or_a_protocol(tmp_path: Path) -> None:
    outside, home = tmp_path / "outside", tmp_path / "home"
    secret = measure(outside, "secret", PHQ9.replace("measure: phq9", "measure: secret"))
    home.mkdir()
    (home / "secret.measure.yaml").symlink_to(secret)
    (home / "linked.protocol.yaml").symlink_to(SMALL)
    text = TEXT.replace("phq9: {use: phq9@1", "phq9: {use: secret@1")
    assert [d.message for d in check(protocol_in(home, text))] == [
        "there is no measure 'secret': no file secret.measure.yaml was found"
    ]
    assert [d.code for d in check("linked", folders=[home])] == ["unknown-protocol"]


def test_a_folder_or_a_pipe_under_the_name_of_a_measure_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "gone.measure.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.measure.yaml")
    for name in ("gone", "pipe"):
        text = TEXT.replace("phq9: {use: phq9@1", f"phq9: {{use: {name}@1")
        assert [d.code for d in check(protocol_in(tmp_path, text))] == ["unknown-measure"]


def test_a_measure_whose_file_holds_another_is_told(tmp_path: Path) -> None:
    measure(tmp_path, "mine", PHQ9)
    text = TEXT.replace("phq9: {use: phq9@1", "phq9: {use: mine@1")
    assert [d.message for d in check(protocol_in(tmp_path, text))] == [
        "the file mine.measure.yaml holds the measure 'phq9'"
    ]


def test_every_shipped_measure_loads() -> None:
    paths = sorted(MEASURES.glob("*.measure.yaml"))
    assert [load_measure(path).id for path in paths] == [path.name.removesuffix(".measure.yaml") for path in paths]


# Names.


@pytest.mark.parametrize("name", ["ipt-16", "ipt_a", "a"])
def test_a_plain_name_is_an_id(name: str) -> None:
    assert (is_id(name), why_not_id(name)) == (True, "")
    assert [d.code for d in check(name)] == ["unknown-protocol"]


TRICKS = [
    "", ".", "..", "/etc/passwd", "a/../../b", "./x", "x//y", "~", "~root", "%2e%2e%2f", "..%2f", "\\\\host\\share",
    "c:x", "C:\\x", "zip://x", "https://x.org/a", "x.yaml:ads", "CON", "con", "nul", "com1", "lpt9", "x" * 61,
    "x" * 100_000, "-rf", "$HOME", "`id`", "$(id)", "*", "?", "[a]", "a|b", "a;b", "a&b", "a>b", ".hidden", "x.",
    "x ", " x", "x\n", "a\x00b", "a\x1bb", "a\u200bb", "\u2025/x", "\u202ex", "\uff41", "\u00e9", "a--b", "a-", "9a",
    ":memory:", "x?mode=ro", "a\n.protocol.yaml", "a\u200b.protocol.yaml", ".protocol.yaml",
]  # fmt: skip


@pytest.mark.parametrize("name", TRICKS, ids=range(len(TRICKS)))
def test_a_name_with_a_trick_is_refused_and_nothing_is_opened(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object, **__: object) -> None:
        pytest.fail("a file was looked for")

    for door in ("open", "stat", "scandir"):
        monkeypatch.setattr(os, door, opened)
    with pytest.raises(ProtocolError) as refused:
        load(name)
    (only,) = refused.value.diagnostics
    assert (only.code, str(only.span)) == ("bad-name", "name:1:1")
    assert str(only).isascii()
    assert len(str(only)) < 400
    assert not is_id(name)


def test_a_misspelt_name_is_told_with_the_nearest_one() -> None:
    assert [str(d) for d in check("ipt-adul")] == [
        "name:1:1: error: there is no protocol 'ipt-adul' [unknown-protocol]\n    hint: did you mean 'ipt-adult'?"
    ]


def test_a_file_under_another_name_than_its_protocol_is_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "ipt-other.protocol.yaml").write_text(TEXT, encoding="utf-8")
    assert [d.message for d in check("ipt-other", folders=[tmp_path])] == [
        "the file ipt-other.protocol.yaml holds the protocol 'ipt-small'"
    ]


def test_a_folder_of_ones_own_is_looked_through_after_the_shipped_protocols(tmp_path: Path) -> None:
    (tmp_path / "ipt-small.protocol.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "ipt-adult.protocol.yaml").write_text(TEXT, encoding="utf-8")
    assert load("ipt-small", folders=[tmp_path]).digest == load(SMALL).digest
    assert load("ipt-adult", folders=[tmp_path]).id == "ipt-adult"


def test_a_missing_file_is_told_and_not_raised_as_anything_else(tmp_path: Path) -> None:
    found = check(tmp_path / "none.protocol.yaml")
    assert [(d.code, d.message) for d in found] == [("file-not-found", "there is no such file")]


# Anything an author may type.

LINES = TEXT.split("\n")
PYTHON = ["pydantic", "Input should", "dict", "None", "Value error", "<class", "tuple", "str'", "int'"]
WORDS = [
    "~",
    "''",
    "[]",
    "{}",
    "[1, 2]",
    "{a: 1}",
    "3",
    "-1",
    "3.5",
    "true",
    "no",
    "0x10",
    ".nan",
    "x",
    "'{{ x }}'",
    "99999",
]


@settings(max_examples=150, deadline=None)
@given(line=st.integers(0, len(LINES) - 1), word=st.sampled_from(WORDS), more=st.integers(0, len(LINES) - 1))
def test_whatever_stands_after_a_colon_the_author_is_told_in_plain_words(line: int, word: str, more: int) -> None:
    changed = list(LINES)
    for at in {line, more}:
        key, colon, _ = changed[at].partition(":")
        changed[at] = f"{key}{colon} {word}" if colon else changed[at]
    protocol, found = check_text("\n".join(changed).encode(), "my.protocol.yaml")
    assert (protocol is None) == bool(found)
    for diagnostic in found:
        said = f"{diagnostic.message} {diagnostic.hint}"
        assert diagnostic.span.file.endswith(".yaml")
        assert [word for word in PYTHON if word in said] == []


@settings(max_examples=60, deadline=None)
@given(line=st.integers(0, len(LINES) - 1), cut=st.integers(0, 80))
def test_a_file_cut_or_with_a_line_less_is_taken_or_told_and_never_anything_else(line: int, cut: int) -> None:
    for text in ("\n".join(LINES[:line] + LINES[line + 1 :]), "\n".join([*LINES[:line], LINES[line][:cut]])):
        protocol, found = check_text(text.encode(), "my.protocol.yaml")
        assert (protocol is None) == bool(found)
        assert list(found) == sorted(found, key=lambda d: (d.span, d.code, d.message))
