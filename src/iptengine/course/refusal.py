"""A clinical "not now": what was asked, why it cannot be, and whether a clinician may go on all the same."""

from __future__ import annotations

from collections.abc import Iterable

from iptengine.course.commands import Command
from iptengine.diagnostics import IptengineError
from iptengine.protocol.protocol import Reason


class Refused(IptengineError):
    """A request cannot be carried out now; `reasons` says which conditions do not hold.

    Attributes:
        command: What was asked.
        reasons: Every unmet condition, in the author's words.
        overridable: Whether `Deviate` may carry it out all the same; never for what makes no sense.
    """

    def __init__(self, command: Command, reasons: Iterable[Reason], *, overridable: bool = True) -> None:
        self.command = command
        self.reasons = tuple(reasons)
        self.overridable = overridable
        told = "; ".join(str(reason) for reason in self.reasons)
        super().__init__(f"{command.kind} is not possible now: {told}")
