"""The two protocols most tests speak of, and the pace of Hypothesis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

import postgres
import stores
from iptengine.protocol.protocol import Protocol
from phrases import protocol
from skips import pytest_make_collect_report, pytest_runtest_makereport

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]

settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


@pytest.fixture(scope="session")
def ipt() -> Protocol:
    """Interpersonal Psychotherapy for adults, as shipped."""
    return protocol("ipt-adult")


@pytest.fixture(scope="session")
def small() -> Protocol:
    """A small protocol: two phases, grief and a dispute, one fact that raises an alert."""
    return protocol("small")


@pytest.fixture(autouse=True)
def _stores_are_closed() -> Iterator[None]:
    yield
    stores.close_all()


def pytest_sessionfinish() -> None:
    """The PostgreSQL server of this run ends with it."""
    postgres.leave()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped is said aloud: a test that did not run has shown nothing."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ()) if report.longrepr}
    for reason in sorted(reasons):
        terminalreporter.write_line(f"NOT RUN: {reason.removeprefix('Skipped: ')}", yellow=True, bold=True)
