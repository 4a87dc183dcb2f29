"""The page before a session in a real browser: on a telephone, on a desk, and with nothing that its policy forbids."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MISSING = "the pages of the clinic in Django: no chromium is installed here (Debian: apt-get install chromium)"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
)  # fmt: skip
TELEPHONE, DESK = "500,844", "1280,900"


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    return found or pytest.skip(MISSING)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The addresses of the page of a patient, of a group, of a checklist, of a move for all, and of the caseload."""
    database = tmp_path_factory.mktemp("clinic") / "clinic.sqlite3"
    clinic = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("signed_in.py"))],
        cwd=ROOT / "examples" / "django_clinic",
        env={**os.environ, "CLINIC_DEBUG": "1", "CLINIC_DATABASE": f"sqlite:///{database}"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with clinic:
        assert clinic.stdin is not None
        assert clinic.stdout is not None
        yield clinic.stdout.readline().split()
        clinic.stdin.close()
        clinic.wait(timeout=30)


def browse(chromium: str, profile: Path, *words: str) -> subprocess.CompletedProcess[str]:
    asked = [chromium, *FLAGS, f"--user-data-dir={profile}", *words]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=True)
    # What a page does against its policy, and what it fails to load, is told on the console.
    assert re.findall(r".*CONSOLE.*|.*Content Security Policy.*|.*Refused to.*", done.stderr) == []
    return done


def looked_at(chromium: str, address: str, folder: Path, window: str) -> str:
    """What stands on a page, once it was painted."""
    picture = folder / "page.png"
    asked = (f"--window-size={window}", f"--screenshot={picture}", "--dump-dom", address)
    seen = browse(chromium, folder / "profile", *asked).stdout
    assert picture.stat().st_size > 10_000
    return seen


@pytest.mark.parametrize("window", [TELEPHONE, DESK], ids=["telephone", "desk"])
def test_the_page_before_a_session_shows_first_and_the_open_alert(
    chromium: str, pages: list[str], tmp_path: Path, window: str
) -> None:
    seen = looked_at(chromium, pages[0], tmp_path, window)
    assert "<h3>FIRST</h3>" in seen
    assert "PHQ-9 item 9 (thoughts of death or self-harm) was answered 1 on 2026-03-03." in seen
    assert seen.index('class="ipt-section ipt-alerts"') < seen.index("<h3>FIRST</h3>")


@pytest.mark.parametrize("window", [TELEPHONE, DESK], ids=["telephone", "desk"])
def test_the_pages_of_a_group_and_of_a_checklist_begin_with_who_needs_somebody(
    chromium: str, pages: list[str], tmp_path: Path, window: str
) -> None:
    _, group, checklist, to_all, _ = pages
    seen = looked_at(chromium, group, tmp_path, window)
    assert re.search(r"<a href=\"/patients/\d+/\">Bob C.</a> needs your assessment today.", seen)
    assert seen.index("needs your assessment") < seen.index("WHERE WE ARE") < seen.index("Who was there")
    assert "self-harm" not in seen
    seen = looked_at(chromium, checklist, tmp_path, window)
    assert seen.index("PHQ-9 item 9") < seen.index("Has there been mania, or is there now?")
    assert seen.count('<option value="" selected="">not answered</option>') == 8
    seen = looked_at(chromium, to_all, tmp_path, window)
    assert seen.index("Bob C.</a>: open this page first.") < seen.index("Not now for") < seen.index("Say it to all")


def test_the_caseload_begins_with_the_alerts_and_links_the_group(
    chromium: str, pages: list[str], tmp_path: Path
) -> None:
    seen = looked_at(chromium, pages[-1], tmp_path, TELEPHONE)
    assert seen.index("PHQ-9 item 9") < seen.index("Tuesday evening") < seen.index("<h2>Due</h2>")


def test_what_the_policy_forbids_would_be_told(chromium: str, tmp_path: Path) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">"
    (tmp_path / "bad.html").write_text(f"<!doctype html>{policy}<p style='color: red'>x</p><script>1</script>")
    with pytest.raises(AssertionError, match="Content Security Policy"):
        browse(chromium, tmp_path / "profile", "--dump-dom", (tmp_path / "bad.html").as_uri())
