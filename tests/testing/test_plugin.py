"""Vignettes as tests of pytest: collected by their ending, told without a traceback, and no burden to other suites."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from iptengine.testing import trials

pytest_plugins = ["pytester"]

ON = ("-p", "no:iptengine", "-p", "iptengine.testing.plugin", "-p", "no:cacheprovider", "-p", "no:xdist")
"""The plugin by its module, whether or not this environment knows its entry point."""

HEAD = "iptengine: 1\nvignette: One session\nprotocol: ipt-adult@1.0.0\nstart: 2026-03-03\nhappenings:\n"
SESSION = "  one:\n    week: 1\n    status: attended\n    phq9: {total: 18, self_harm: 0}\n"
GOOD = HEAD + SESSION + "    expect: {phase: initial}\n"
WRONG = HEAD + SESSION + "    expect: {phase: middle}\n"


def _written(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.vignette.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_every_vignette_of_a_folder_is_a_test(pytester: pytest.Pytester) -> None:
    _written(pytester.path, good=GOOD, inner__wrong=WRONG)
    (pytester.path / "good.yaml").write_text("no: vignette\n")
    result = pytester.runpytest_inprocess(*ON, "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["good.vignette.yaml::good PASSED*", "inner/wrong.vignette.yaml::wrong FAILED*"])


def test_a_vignette_that_fails_says_what_the_command_line_says_and_shows_no_python(pytester: pytest.Pytester) -> None:
    _written(pytester.path, wrong=WRONG)
    told = pytester.runpytest_inprocess(*ON).stdout.str()
    said = told.partition("vignette: wrong")[2].partition("\n")[2].partition("\n=")[0]
    assert said == (
        "failed  wrong.vignette.yaml: One session\n"
        "wrong.vignette.yaml:10:14: one, phase: expected middle, found initial"
    )


def test_a_mistake_in_a_vignette_is_told_at_its_line(pytester: pytest.Pytester) -> None:
    _written(pytester.path, typo=HEAD + SESSION + "    done: histori\n")
    result = pytester.runpytest_inprocess(*ON)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "failed  typo.vignette.yaml: One session",
            "typo.vignette.yaml:10:5: error: 'histori' is not a task of ipt-adult [[]unknown-name[]]",
            "    hint: did you mean 'history'?",
        ],
        consecutive=True,
    )


def test_vignettes_can_be_played_under_a_variant(pytester: pytest.Pytester) -> None:
    _written(pytester.path, good=GOOD, early=HEAD + SESSION + "    enter: middle\n")
    result = pytester.runpytest_inprocess(*ON, "--vignettes-against", "ipt-adult-long", "-k", "early")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["differs  early.vignette.yaml: One session, under ipt-adult-long@1.0.0"])
    pytester.runpytest_inprocess(*ON, "--vignettes-against", "ipt-adult-long", "-k", "good").assert_outcomes(
        passed=1, deselected=1
    )


def test_a_variant_that_is_not_there_stops_the_run_with_one_sentence(pytester: pytest.Pytester) -> None:
    _written(pytester.path, good=GOOD, again=GOOD)
    result = pytester.runpytest_inprocess(*ON, "--vignettes-against", "ipt-adlt")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = [line for line in result.stderr.lines if line]
    assert said == [
        "ERROR: --vignettes-against ipt-adlt: name:1:1: error: there is no protocol 'ipt-adlt' [unknown-protocol]",
        "    hint: did you mean 'ipt-adult'?",
    ]


def test_protocols_are_looked_up_in_the_folders_that_are_named(pytester: pytest.Pytester) -> None:
    _written(pytester.path, good=GOOD.replace("ipt-adult@", "our-own@"))
    shelf = pytester.mkdir("shelf")
    text = (Path(__file__).parents[2] / "protocols" / "ipt-adult.protocol.yaml").read_text(encoding="utf-8")
    (shelf / "our-own.protocol.yaml").write_text(text.replace("protocol: ipt-adult\n", "protocol: our-own\n"))
    pytester.runpytest_inprocess(*ON).assert_outcomes(failed=1)
    pytester.runpytest_inprocess(*ON, "--vignettes-folder", "shelf").assert_outcomes(passed=1)


def test_a_suite_can_keep_vignettes_out_and_still_run_one_that_is_named(pytester: pytest.Pytester) -> None:
    _written(pytester.path, good=GOOD, wrong=WRONG)
    pytester.makeini("[pytest]\niptengine_vignettes = no\n")
    assert pytester.runpytest_inprocess(*ON).ret == pytest.ExitCode.NO_TESTS_COLLECTED
    pytester.runpytest_inprocess(*ON, "good.vignette.yaml").assert_outcomes(passed=1)


def test_what_breaks_outside_the_vignette_is_told_as_pytest_tells_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    _written(pytester.path, good=GOOD)
    monkeypatch.setattr(trials, "try_vignette", lambda *_, **__: 1 // 0)
    pytester.runpytest_inprocess(*ON).stdout.fnmatch_lines(["*ZeroDivisionError*"])


def test_a_suite_without_vignettes_loads_nothing_of_the_library_but_the_plugin() -> None:
    program = (
        "import json, sys; import pytest; before = set(sys.modules); import iptengine.testing.plugin\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        "iptengine", "iptengine.front_door", "iptengine.testing", "iptengine.testing.plugin",
    ]  # fmt: skip


def test_the_package_announces_the_plugin_and_this_suite_leaves_it_out() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\niptengine = "iptengine.testing.plugin"\n' in text
    assert "-p no:iptengine" in text
