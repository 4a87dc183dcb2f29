"""The command line as people use it: what they type, what they read, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iptengine.authoring.vignette import read_vignette
from iptengine.cli.main import iptengine

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"
COURSE_A = "impasse-reopened"


def broken(tmp_path: Path, old: str, new: str) -> Path:
    text = SMALL.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "broken.protocol.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def vignette(tmp_path: Path, expect: str) -> Path:
    path = tmp_path / "tried.vignette.yaml"
    path.write_text(
        f"iptengine: 1\nvignette: One session of a small course\nprotocol: {os.path.relpath(SMALL, tmp_path)}\n"
        "start: 2026-03-03\nhappenings:\n  first:\n    week: 1\n    status: attended\n"
        f"    phq9: {{total: 18, self_harm: 0}}\n    done: inventory\n    expect:\n      {expect}\n",
        encoding="utf-8",
    )
    return path


# -- reading -----------------------------------------------------------------------------------------------------


def test_the_shelf_names_every_shipped_protocol_measure_and_example(typed) -> None:
    told = typed("list")
    assert told.code == 0
    shipped = {path.name.split(".")[0] for path in ROOT.glob("protocols/*.protocol.yaml")}
    shipped |= {path.name.split(".")[0] for path in ROOT.glob("protocols/measures/*.measure.yaml")}
    shipped |= {path.name.split(".")[0] for path in ROOT.glob("examples/*.vignette.yaml")}
    listed = {line.split()[0] for line in told.out.splitlines() if line.startswith("  ") and line[2] != " "}
    assert listed == shipped


def test_a_protocol_is_shown_as_a_person_would_read_it(typed) -> None:
    told = typed("show", SMALL)
    assert told.code == 0
    assert told.out.splitlines()[:10] == [
        "A small Interpersonal Psychotherapy",
        "ipt-small@1.0.0.  Draft: no clinical reviewer has approved it yet.",
        "For: Adults in a current depressive episode",
        "",
        "WHAT IS AGREED",
        "  6..8 sessions, 1 a week, 45..50 minutes each, in person",
        "  A missed session is kept for later (unless agreed otherwise)",
        "",
        "WHAT IS MEASURED AND RECORDED",
        "  PHQ-9  every session",
    ]


def test_what_a_course_would_fill_in_is_shown_in_words(typed) -> None:
    told = typed("show", SMALL)
    assert "Aim: Help the patient and the other person to speak plainly" in told.out
    assert "{{" not in told.out


@pytest.mark.parametrize("name", ["ipt-adult", "ipt-adult-long"])
def test_every_shipped_protocol_can_be_shown(typed, name: str) -> None:
    told = typed("show", name)
    assert (told.code, told.err) == (0, "")
    assert "HOW IT ENDS" in told.out
    assert max(len(line) for line in told.out.splitlines()) <= 80


def test_the_words_of_a_protocol_carry_its_own_names(typed) -> None:
    told = typed("words", SMALL, "inventory")
    assert told.code == 0
    assert "      inventory is done" in told.out.splitlines()
    assert "grief" not in told.out


def test_a_name_that_stands_late_in_its_list_is_found_in_what_can_be_said_of_it(typed) -> None:
    told = typed("words", SMALL, "self_harm")
    assert (told.code, told.err) == (0, "")
    examples = [line.strip() for line in told.out.splitlines() if line.startswith("      ")]
    assert examples == ["phq9.self_harm >= 1", "phq9.self_harm is missing"]


def test_what_can_only_be_said_inside_a_problem_area_is_listed_apart(typed) -> None:
    told = typed("words", SMALL, "this stage")
    assert "Only inside a problem area, of the focus at hand" in told.out
    assert "sessions in this stage >= 2" in told.out


def test_a_word_no_condition_holds_is_said_so(typed) -> None:
    told = typed("words", SMALL, "moonlight")
    assert (told.code, told.out) == (1, "")
    assert told.err == "no condition of ipt-small has the word 'moonlight'; leave it out to see them all\n"


def test_a_code_is_explained(typed) -> None:
    told = typed("explain", "unknown-target")
    assert told.code == 0
    assert told.out.startswith("unknown-target\n\nA way leads to something that is not there.\n")


def test_a_code_of_run_time_is_explained_wherever_it_is_told(typed) -> None:
    told = typed("explain", "group_small")
    assert (told.code, told.out) == (
        0,
        "group_small\n\nTold while a course runs, not of a file.\n\n"
        "Lines of a page: that it is too small\nWarnings: too few members\n",
    )
    assert typed("explain", "left_opn").err == (
        "'left_opn': there is no mistake with this code; did you mean 'left_open'?\n"
    )


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("unknown_phase", "Refusals that cannot be overridden: a phase that the protocol does not have"),
        ("no_reason", "Refusals that cannot be overridden: a reason is missing: say why"),
        ("wrong_role", "Refusals that cannot be overridden: an answer by a role that may not give it"),
    ],
)
def test_a_refusal_that_makes_no_sense_is_explained(typed, code: str, told: str) -> None:
    assert typed("explain", code).out == f"{code}\n\nTold while a course runs, not of a file.\n\n{told}\n"


def test_a_code_that_is_not_there_is_told_with_the_nearest(typed) -> None:
    told = typed("explain", "unknown-targt")
    assert (told.code, told.out) == (2, "")
    assert told.err == "'unknown-targt': there is no mistake with this code; did you mean 'unknown-target'?\n"


# -- checking ----------------------------------------------------------------------------------------------------


def test_a_protocol_without_mistakes_is_clean(typed) -> None:
    told = typed("check", "ipt-adult")
    assert (told.code, told.out, told.err) == (0, "1 file checked, nothing found\n", "")


def test_a_mistake_is_told_at_its_line_with_what_to_do(typed, tmp_path: Path) -> None:
    path = broken(tmp_path, "      working:\n        tasks:", "      workng:\n        tasks:")
    told = typed("check", path)
    assert told.code == 1
    assert f"{path}:" in told.out
    assert "'workng'" in told.out
    assert "hint: did you mean 'working'?" in told.out


def test_findings_as_json_carry_place_code_and_hint(typed, tmp_path: Path) -> None:
    path = broken(tmp_path, "population:", "populaton:")
    told = typed("check", path, "--format", "json")
    assert told.code == 1
    record = json.loads(told.out)
    assert (record["schema"], record["files"]) == ("iptengine.check/1", [str(path)])
    unknown = next(one for one in record["findings"] if one["code"] == "unknown-key")
    assert (unknown["line"], unknown["column"], unknown["file"]) == (6, 1, str(path))
    assert unknown["hint"] == "did you mean 'population'?"


def test_a_folder_is_walked_for_protocols_measures_and_vignettes(typed, tmp_path: Path) -> None:
    deep = tmp_path / "trial" / "arm"
    deep.mkdir(parents=True)
    (deep / "copy.protocol.yaml").write_bytes(SMALL.read_bytes())
    (deep / "notes.yaml").write_text("not: ours")
    (tmp_path / "phq9.measure.yaml").write_bytes((ROOT / "protocols/measures/phq9.measure.yaml").read_bytes())
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.protocol.yaml").write_text("broken")
    told = typed("check", tmp_path, "--format", "json")
    assert told.code == 0
    files = [os.path.relpath(file, tmp_path) for file in json.loads(told.out)["files"]]
    assert files == ["phq9.measure.yaml", os.path.join("trial", "arm", "copy.protocol.yaml")]


def test_the_mistakes_of_a_vignette_are_found_too(typed, tmp_path: Path) -> None:
    path = vignette(tmp_path, "phase: opning")
    told = typed("check", path)
    assert told.code == 1
    assert "opning" in told.out


# -- vignettes ---------------------------------------------------------------------------------------------------


def test_a_vignette_that_goes_as_expected_passes(typed, tmp_path: Path) -> None:
    told = typed("test", vignette(tmp_path, "phase: opening"))
    assert told.code == 0
    assert told.out.endswith("tried.vignette.yaml: One session of a small course\n1 passed, 0 failed\n")


def test_a_vignette_that_goes_otherwise_fails_with_the_difference_at_its_line(typed, tmp_path: Path) -> None:
    path = vignette(tmp_path, "phase: working")
    told = typed("test", path)
    assert told.code == 1
    lines = told.out.splitlines()
    assert lines[0].startswith("failed  ")
    assert lines[1].endswith("tried.vignette.yaml:12:7: first, phase: expected working, found opening")
    assert lines[2] == "0 passed, 1 failed"


def test_a_vignette_with_a_mistake_fails_beside_one_that_passes(typed, tmp_path: Path) -> None:
    vignette(tmp_path, "phase: opening")
    (tmp_path / "aaa.vignette.yaml").write_text("iptengine: 1\n")
    told = typed("test", tmp_path)
    assert told.code == 1
    assert told.out.splitlines()[-1] == "1 passed, 1 failed"
    assert "[missing-key]" in told.out


def test_the_agenda_of_a_session_is_that_before_it(typed) -> None:
    told = typed("agenda", COURSE_A, "--session", "6")
    assert told.code == 0
    first = told.out.splitlines()[0]
    assert "SESSION 6 of 14, middle" in first
    assert "Tue 14 April" in first


def test_the_page_for_the_patient_names_no_focus_and_no_score(typed) -> None:
    told = typed("agenda", COURSE_A, "--session", "6", "--audience", "patient")
    assert told.code == 0
    assert "Number 6 of 14" in told.out
    for kept_back in ("PHQ", "dispute", "impasse", "S."):
        assert kept_back not in told.out


@pytest.mark.parametrize(
    ("form", "begins"), [("markdown", "#"), ("html", "<!doctype html>"), ("json", "{"), ("text", "A.")]
)
def test_an_agenda_comes_in_four_forms(typed, form: str, begins: str) -> None:
    told = typed("agenda", COURSE_A, "--session", "6", "--format", form)
    assert told.code == 0
    assert told.out.startswith(begins)
    if form == "json":
        assert json.loads(told.out)["schema"] == "iptengine.agenda/1"


def test_a_run_shows_every_agenda_and_what_came_of_it(typed) -> None:
    told = typed("run", COURSE_A)
    assert told.code == 0
    assert [line.split()[1] for line in told.out.splitlines() if line.startswith("== ")][:2] == [
        "session_1,",
        "session_2,",
    ]
    assert told.out.count("RECORDED (") == len(read_vignette(EXAMPLES / f"{COURSE_A}.vignette.yaml").spec.happenings)
    assert told.out.count("  alert raised: risk_item: PHQ-9 item 9 (thoughts of death or self-harm) was") == 3
    assert "  refused: enter" in told.out


def test_a_run_as_json_is_a_list_and_as_html_one_document(typed) -> None:
    assert len(json.loads(typed("run", COURSE_A, "--format", "json").out)) == 14
    page = typed("run", COURSE_A, "--format", "html").out
    assert (page.count("<!doctype html>"), page.count("<article")) == (1, 14)


def test_one_session_of_a_run_can_be_had_alone(typed) -> None:
    told = typed("run", COURSE_A, "--session", "6")
    assert told.out.count("== session_6") == told.out.count("RECORDED (") == 1


def test_a_session_that_was_not_told_is_said_so(typed) -> None:
    told = typed("agenda", COURSE_A, "--session", "15")
    assert (told.code, told.out) == (2, "")
    numbers = ", ".join(str(n) for n in range(1, 15))
    assert told.err == f"error: this vignette has no session 15; it has {numbers}\n"


def test_a_prompt_is_filled_for_the_course(typed) -> None:
    path = "problem_areas.role_dispute.stages.impasse.aim"
    told = typed("prompt", COURSE_A, path, "--session", "6")
    assert (told.code, told.out) == (0, "Help A. find words for what has gone quiet, without hurry\n")


def test_a_part_of_a_path_that_fits_several_prompts_lists_them(typed) -> None:
    told = typed("prompt", COURSE_A, "aim")
    assert (told.code, told.out) == (2, "")
    assert "  phases.middle.aim" in told.err.splitlines()


def test_the_summary_says_the_figures_of_the_course(typed) -> None:
    told = typed("summary", COURSE_A)
    assert told.code == 0
    for line in (
        "  Appointments   16: 14 attended, 1 cancelled by therapist, 1 no show",
        "  Attendance     14/15 = 93.3 % of those the patient's side could attend",
        "  Risk alerts    3 raised, 3 assessed, 3 on the same day",
        "  Change                        -13, 68 % better",
    ):
        assert line in told.out.splitlines()


def test_the_summary_as_json_uses_the_words_of_a_vignette(typed) -> None:
    figures = json.loads(typed("summary", COURSE_A, "--format", "json").out)["figures"]
    assert (figures["attended"], figures["attendance"]) == (14, "14/15 = 93.3 %")
    assert figures["adherence"]["routine"] == "7/8"
    assert figures["outcome"]["on"] == "2026-06-16"


# -- the demonstration -------------------------------------------------------------------------------------------


def test_the_demo_writes_every_agenda_and_a_summary(typed, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = typed("demo", "--out", out)
    assert (told.code, told.err) == (0, "")
    names = {path.name for path in out.iterdir()}
    endings = ("therapist.txt", "therapist.html", "therapist.md", "patient.txt")
    pages = {f"session-{number:02}-{ending}" for number in range(1, 15) for ending in endings}
    assert names == pages | {"summary.txt", "summary.json"}
    assert f"14 agendas and a summary, 58 files, are in {out}" in told.out
    assert (out / "session-06-therapist.txt").read_text(encoding="utf-8") == typed(
        "agenda", COURSE_A, "--session", "6"
    ).out.removesuffix("\n") + "\n"


def test_the_demo_does_not_write_into_a_file(typed, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    told = typed("demo", "--out", tmp_path / "taken")
    assert (told.code, told.out) == (2, "")
    assert (tmp_path / "taken").read_text() == "mine"


# -- mistakes of the person who types ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["show", "ipt-adlt"],
        ["show", "nowhere/at-all.protocol.yaml"],
        ["show", "../../etc/passwd"],
        ["check", "README.txt"],
        ["check", ""],
        ["test", "no-such-vignette"],
        ["agenda", "examples", "--session", "1"],
        ["agenda", COURSE_A, "--session", "none"],
        ["agenda", COURSE_A, "--session", "1", "--audience", "spouse"],
        ["summary", "\x00"],
        ["frobnicate"],
        ["check"],
        [],
    ],
)
def test_what_is_not_understood_ends_in_a_sentence_and_2(typed, words: list[str]) -> None:
    told = typed(*words)
    assert (told.code, told.out) == (2, "")
    assert told.err
    assert "Traceback" not in told.err


def test_a_name_that_is_nearly_right_is_told_with_the_nearest(typed) -> None:
    told = typed("show", "ipt-adlt")
    assert told.err == "error: 'ipt-adlt' is neither a file nor a shipped protocol; did you mean 'ipt-adult'?\n"


@pytest.mark.parametrize(
    ("command", "sort", "called"), [("show", "protocol", "protocol"), ("summary", "vignette", "example")]
)
def test_a_name_whose_file_lies_here_is_told_to_name_the_file(
    typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, sort: str, called: str
) -> None:
    (tmp_path / f"ipt-prison.{sort}.yaml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert typed(command, "ipt-prison").err == (
        f"error: 'ipt-prison' is neither a file nor a shipped {called}; "
        f"there is a file ipt-prison.{sort}.yaml here: name that\n"
    )


def test_a_file_that_cannot_be_read_ends_in_a_sentence(typed, tmp_path: Path) -> None:
    path = tmp_path / "bytes.protocol.yaml"
    path.write_bytes(b"\x7fELF\x00\xff")
    told = typed("show", path)
    assert told.code == 1
    assert str(path) in told.err


def test_every_command_has_a_help_of_its_own(typed) -> None:
    for name, command in iptengine.commands.items():
        told = typed(name, "--help")
        assert told.code == 0
        assert told.out.startswith(f"Usage: iptengine {name}")
        assert command.help


# -- the program as it is started --------------------------------------------------------------------------------


def started(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from iptengine.cli.main import main; main()", *words]
    return subprocess.run(program, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def test_starting_up_loads_nothing_heavy() -> None:
    heavy = "[m for m in ('yaml', 'jinja2', 'pydantic', 'transitions', 'rich', 'iptengine.course') if m in sys.modules]"
    line = f"import sys; from iptengine.cli.main import run_command; run_command(['--help']); print({heavy})"
    done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_there_is_no_colour_without_a_terminal() -> None:
    assert "\x1b" not in started("list", FORCE_COLOR="", NO_COLOR="").stdout


def test_no_colour_is_respected_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from iptengine.cli import screen

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert screen.coloured(True)
    assert not screen.coloured(False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not screen.coloured(True)


@pytest.mark.skipif(os.name == "nt", reason="pipes of this kind are those of a Unix shell")
def test_a_reader_who_leaves_early_is_no_mistake() -> None:
    program = f"'{sys.executable}' -c 'from iptengine.cli.main import main; main()' show ipt-adult | head -n 1"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("Interpersonal Psychotherapy for depression in adults\n", "")


def test_what_contacts_hold_techniques_and_what_to_do_if_are_shown(typed) -> None:
    told = " ".join(typed("show", EXAMPLES / "calm-evenings.protocol.yaml").out.split())
    assert "- Ask about nodding off by day" in told
    assert "The long breath 1. Both feet on the floor, hands on the belly" in told
    assert "If: Nothing was practised: Ask what was in the way, and halve the step" in told
    assert "1 decision Decided: Invented for this example" in told


def test_the_hour_the_patients_lines_pauses_and_the_tasks_of_an_early_end_are_shown(typed) -> None:
    birth = " ".join(typed("show", EXAMPLES / "before-and-after.protocol.yaml").out.split())
    assert "The hour - Arrive, 10 minutes: How the body is" in birth
    assert "; covers check in - Prepare, 35 minutes: covers Worries, Helpers, Nights, Share, picture" in birth
    assert "On the patient's page - How you are, and how you sleep" in birth
    assert "- To bring: The list of people who have said that they would help." in birth
    lasting = " ".join(typed("show", ROOT / "tests" / "keys" / "lasting.protocol.yaml").out.split())
    assert "WHEN THE COURSE RESTS Hospital stay (hospital): no session is used up; after more than 4 weeks" in lasting
    assert "Journey (journey): missed sessions are used up as agreed" in lasting
    adult = " ".join(typed("show", "ipt-adult").out.split())
    assert "When it ends early - Name the last day, and how many meetings are left - Ask what it is like" in adult


def test_words_of_a_file_with_mistakes_say_what_stops_them(typed, tmp_path: Path) -> None:
    path = broken(tmp_path, "population:", "populaton:")
    told = typed("words", path)
    assert (told.code, told.out) == (1, "")
    assert "'populaton' is not a key of the file [unknown-key]" in told.err
    assert told.err.endswith(f"the words of {path} are known once these mistakes are mended\n")


def test_more_names_than_are_written_out_are_counted(typed) -> None:
    told = typed("words", EXAMPLES / "calm-evenings.protocol.yaml", "everything of").out
    assert told.splitlines()[-4:] == [
        "      everything of knowing is done",
        "      everything of breath is done",
        "      everything of worries is done",
        "      and 2 more",
    ]


CALM = EXAMPLES / "calm-evenings-last-missed.vignette.yaml"
GROUP = ROOT / "tests" / "keys" / "groups-together.vignette.yaml"


def test_a_page_is_shown_before_and_after_a_happening_that_is_no_session(typed) -> None:
    told = [typed("agenda", CALM, flag, "first_talk_late").out for flag in ("--before", "--after")]
    assert ["no[ ]  yes[ ]  no answer[ ]" in page for page in told] == [True, False]


def test_the_page_of_a_contact_of_a_missed_week_and_of_an_ended_course_can_be_shown(typed) -> None:
    assert "WHAT IT HOLDS" in typed("agenda", CALM, "--before", "closing_talk", "--contact", "closing_talk").out
    assert "MISSED WEEK" in typed("agenda", CALM, "--after", "session_2", "--occasion", "missed").out
    assert "THE COURSE HAS ENDED" in typed("agenda", CALM, "--after", "closing_talk").out


def test_the_page_of_a_group_can_be_shown(typed) -> None:
    told = typed("agenda", GROUP, "--after", "formed", "--group")
    assert (told.code, "A proposal: you decide." in told.out) == (0, True)
    assert typed("agenda", CALM, "--session", "1", "--group").err == (
        "error: this vignette tells of no group there; leave out --group\n"
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "error: say when: --session N, --before HAPPENING or --after HAPPENING, one of them\n"),
        (("--before", "first_talk"), "error: this vignette has no happening 'first_talk'; "),
        (("--session", "1", "--contact", "talk"), "error: contact is one of first_talk, closing_talk, call\n"),
    ],
)
def test_a_page_that_cannot_be_found_is_told_in_a_sentence(typed, asked: tuple[str, ...], said: str) -> None:
    told = typed("agenda", CALM, *asked)
    assert (told.code, told.err[: len(said)]) == (2, said)


def test_a_schema_is_printed_or_written_to_a_file(typed, tmp_path: Path) -> None:
    printed = json.loads(typed("schema").out)
    assert printed["title"] == "A protocol file"
    out = tmp_path / "small.schema.json"
    told = typed("schema", "--for", SMALL, "--out", out)
    assert (told.code, told.out.replace("\n", " ")) == (0, f"A variant of ipt-small@1.0.0: its schema is in {out} ")
    assert json.loads(out.read_text(encoding="utf-8"))["properties"]["extends"]["const"] == "ipt-small@1.0.0"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--for", "ipt-adlut@1.0.0"), "error: there is no protocol 'ipt-adlut': no file ipt-adlut.protocol.yaml"),
        (("--for", "ipt-adult@9.0.0"), "error: there is no version 9.0.0 of 'ipt-adult' here; there is 1.0.0; extend"),
        (("measure", "--for", "ipt-adult@1.0.0"), "error: --for makes the schema of a variant; leave out 'measure'"),
        (("agenda",), "Usage: iptengine schema [OPTIONS] [protocol|variant|measure|vignette]"),
    ],
)
def test_a_schema_that_cannot_be_made_is_refused_in_a_sentence(typed, words: tuple[str, ...], says: str) -> None:
    told = typed("schema", *words)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(says)
