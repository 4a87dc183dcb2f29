"""Nothing is skipped unseen: where CI=true is set, a test that did not run has failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import skips

TESTS = {
    "test_by_hand": "import pytest\ndef test_it():\n    pytest.skip('no server here')\n",
    "test_by_mark": "import pytest\n@pytest.mark.skipif(True, reason='no server here')\ndef test_it():\n    pass\n",
    "test_by_fixture": (
        "import pytest\n@pytest.fixture\ndef server():\n    pytest.skip('no server here')\n"
        "def test_it(server):\n    pass\n"
    ),
    "test_whole_file": "import pytest\npytest.importorskip('no_server_here')\ndef test_it():\n    pass\n",
}
EXPECTED_TO_FAIL = "import pytest\n@pytest.mark.xfail\ndef test_it():\n    assert False\n"


def run(folder: Path, name: str, text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One file of tests, run under the hook alone."""
    (folder / f"{name}.py").write_text(text)
    usual = {key: value for key, value in os.environ.items() if key != "CI" and not key.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "skips", "-p", "no:cacheprovider", f"{name}.py"],
        cwd=folder, env={**usual, "PYTHONPATH": str(Path(__file__).parent), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", TESTS)
def test_with_ci_a_skip_is_a_failure_that_says_why(name: str, tmp_path: Path) -> None:
    done = run(tmp_path, name, TESTS[name], CI="true")
    assert done.returncode in (1, 2), done.stdout
    assert "skipped, which with CI=true nothing may be: " in done.stdout
    assert "no server here" in done.stdout or "no_server_here" in done.stdout


def test_without_ci_a_skip_stays_a_skip(tmp_path: Path) -> None:
    done = run(tmp_path, "test_by_fixture", TESTS["test_by_fixture"])
    assert (done.returncode, "1 skipped" in done.stdout) == (0, True)


def test_what_was_said_to_fail_is_no_skip(tmp_path: Path) -> None:
    done = run(tmp_path, "test_expected", EXPECTED_TO_FAIL, CI="true")
    assert (done.returncode, "1 xfailed" in done.stdout) == (0, True)


def test_what_may_be_skipped_is_there_by_that_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in skips.ALLOWED:
        file, _, test = name.partition("::")
        assert f"def {test}(" in (Path(__file__).parents[1] / file).read_text()
    monkeypatch.setenv("CI", "true")
    allowed, other = (
        pytest.TestReport(one, ("x.py", 1, "x"), {}, "skipped", ("x.py", 1, "Skipped: why"), "call")
        for one in (*skips.ALLOWED, "tests/test_other.py::test_it")
    )
    assert skips.judged(allowed).outcome == "skipped"
    assert (skips.judged(other).outcome, other.longrepr) == (
        "failed", "skipped, which with CI=true nothing may be: why",
    )  # fmt: skip
