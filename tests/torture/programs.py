"""Programs that are started to be killed, or to end by themselves; whatever else ends one of them is told."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

MOST = 4_000
"""How much of a last line is told: less than a pipe holds, so that who says it never waits for a listener."""


@dataclass(slots=True)
class Program:
    """A program that was started by `forked`.

    Attributes:
        number: Its number on this machine.
        complaint: Why it ended, once that was neither by being killed from here nor of its own with 0; else ``""``.
    """

    number: int
    _last_words: int
    complaint: str = field(default="", init=False)
    _over: bool = field(default=False, init=False)

    def is_over(self) -> bool:
        """Whether it has ended."""
        if not self._over:
            self._take(*os.waitpid(self.number, os.WNOHANG), killed=False)
        return self._over

    def wait(self) -> str:
        """Wait until it ends by itself; its complaint."""
        if not self._over:
            self._take(*os.waitpid(self.number, 0), killed=False)
        return self.complaint

    def kill(self) -> str:
        """Kill it at once; its complaint, where it had ended before."""
        if not self._over:
            os.kill(self.number, signal.SIGKILL)
            self._take(*os.waitpid(self.number, 0), killed=True)
        return self.complaint

    def _take(self, number: int, status: int, *, killed: bool) -> None:
        if number != self.number:
            return
        self._over = True
        with os.fdopen(self._last_words, "rb") as words:
            said = words.read().decode(errors="replace")
        code = os.waitstatus_to_exitcode(status)
        if code != 0 and not (killed and code == -signal.SIGKILL):
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            self.complaint = f"a program ended with {how}: {said or 'it said nothing'}"


def forked(act: Callable[[], None]) -> Program:
    """A new program that does this and nothing else; its last line is that of its traceback."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_done(act, said))
    os.close(said)
    return Program(child, heard)


def _done(act: Callable[[], None], said: int) -> int:
    try:
        act()
    except BaseException as error:  # noqa: BLE001  whatever it is, it is told
        os.write(said, traceback.format_exception_only(error)[-1].strip().encode()[:MOST])
        return 1
    return 0


def complaints(told: list[str]) -> list[str]:
    """What was complained of, each once."""
    return list(dict.fromkeys(filter(None, told)))
