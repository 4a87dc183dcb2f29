"""With CI=true a test that did not run is a failure: a skip has shown nothing, and nobody reads its line there.

That a test is skipped elsewhere, with its loud line, stays as it is.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any, TypeVar

import pytest

ALLOWED = frozenset({"tests/cli/test_cli.py::test_a_reader_who_leaves_early_is_no_mistake"})
"""What may be skipped with CI=true, by name: a test of pipes that are those of a Unix shell, on Windows."""

R = TypeVar("R", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What came of a test, in each of its stages."""
    return judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """What came of reading a whole file of tests, which may be skipped as one."""
    return judged((yield))


def judged(report: R) -> R:
    """The report; with CI=true, of a test that was skipped and may not be, that it failed."""
    if os.environ.get("CI") == "true" and report.skipped and not expected(report):
        report.outcome = "failed"
        report.longrepr = f"skipped, which with CI=true nothing may be: {reason(report.longrepr)}"
    return report


def expected(report: pytest.TestReport | pytest.CollectReport) -> bool:
    """Whether it may be skipped, or failed as it was said to."""
    return report.nodeid in ALLOWED or hasattr(report, "wasxfail")


def reason(told: Any) -> str:
    """Why it was skipped."""
    return str(told[2] if isinstance(told, tuple) else told).removeprefix("Skipped: ")
