"""What the parts of `Clinic` that speak to several courses ask of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date

from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.engine.answers import Done
from iptengine.protocol.protocol import Protocol


class ClinicPort(ABC):
    """One course at a time; `Clinic` answers."""

    @abstractmethod
    def do(
        self, course: str, *commands: Command, by: Actor, on: date | None = None, expected: int | None = None,
        key: str | None = None,
    ) -> Done:  # fmt: skip
        """See `Clinic.do`."""

    @abstractmethod
    def course(self, course: str, *, version: int | None = None) -> Course:
        """See `Clinic.course`."""

    @abstractmethod
    def _pinned(self, course: Course) -> Protocol: ...

    @abstractmethod
    def _refusal(self, course: str, command: Command, by: Actor, on: date) -> Refused | None:
        """Why a command would be refused now; ``None`` when it would be carried out. Nothing is recorded.

        Raises:
            NotAllowed: The policy does not allow it.
        """

    @abstractmethod
    def _tried(self, course: str, commands: Sequence[Command], by: Actor, on: date) -> tuple[Refused, ...]:
        """The refusals that commands would meet now. Nothing is recorded.

        Raises:
            NotAllowed: The policy does not allow one of them.
        """
