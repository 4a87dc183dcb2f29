"""The pytest plugin: every ``*.vignette.yaml`` that pytest comes across is a test, told like `iptengine test`.

It is loaded in every suite of an environment that has iptengine, so it imports the library only for a vignette.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from iptengine.authoring.variants.opening import Opened

ENDING = ".vignette.yaml"
INI = "iptengine_vignettes"


class VignetteFailed(Exception):
    """A vignette went otherwise than it expects; the text says where."""


class VignetteTest(pytest.Item):
    """One vignette as a test."""

    def runtest(self) -> None:
        from iptengine.testing.trials import try_vignette

        against = self.config.stash.get(_AGAINST, None)
        trial = try_vignette(self.path, against=against, folders=_folders(self.config))
        if not trial.good:
            under = f", under {against.protocol.ref}" if against and against.protocol else ""
            raise VignetteFailed(f"{trial.how}  {trial.path}: {trial.title}{under}\n{trial.report}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """What `iptengine test` says of it; anything else that went wrong is told as pytest tells it."""
        if isinstance(excinfo.value, VignetteFailed):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"vignette: {self.name}"


class VignetteFile(pytest.File):
    """The file of a vignette; it holds one test."""

    def collect(self) -> Iterator[pytest.Item]:
        yield VignetteTest.from_parent(self, name=self.path.name.removesuffix(ENDING))


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options; all begin with ``--vignettes``."""
    group = parser.getgroup("iptengine", "vignettes of treatment protocols")
    group.addoption(
        "--vignettes-against",
        metavar="PROTOCOL",
        default="",
        help="play vignettes under this protocol (a name or a path) instead of the one they name",
    )
    group.addoption(
        "--vignettes-folder",
        metavar="DIR",
        action="append",
        default=[],
        help="look up protocols and measures here, too; may be given several times",
    )
    parser.addini(
        INI, f"whether folders are searched for *{ENDING}; a file that is named is always run", "bool", True
    )  # fmt: skip


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> VignetteFile | None:
    """Takes what ends as a vignette does, unless the suite keeps them out and this one was not named."""
    if not file_path.name.endswith(ENDING):
        return None
    if not parent.config.getini(INI) and not parent.session.isinitpath(file_path):
        return None
    return VignetteFile.from_parent(parent, path=file_path)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Loads the protocol of ``--vignettes-against`` once, where there are vignettes to play under it."""
    named = config.getoption("--vignettes-against")
    if not named or not any(isinstance(one, VignetteTest) for one in items):
        return
    from iptengine.authoring.loader import open_protocol
    from iptengine.diagnostics import ProtocolError
    from iptengine.testing.trials import usable

    try:
        config.stash[_AGAINST] = open_protocol(named, folders=_folders(config))
        usable(config.stash[_AGAINST])
    except ProtocolError as wrong:
        raise pytest.UsageError(f"--vignettes-against {named}: {wrong}") from None


_AGAINST: pytest.StashKey[Opened] = pytest.StashKey()


def _folders(config: pytest.Config) -> list[str]:
    return [str(config.invocation_params.dir / folder) for folder in config.getoption("--vignettes-folder")]
