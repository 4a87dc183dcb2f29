"""Something is said to the courses of a group, one after the other, and what came of it is never lost.

What one course does not take, the others take; where the store fails, what was recorded before is still answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from iptengine.course.groups import Group
from iptengine.course.wording import counted
from iptengine.engine.answers import Done, GroupDone, UnknownProtocol
from iptengine.engine.policy import Denial, NotAllowed
from iptengine.store.port import StoreError, UnopenedCourse

_AGAIN = (
    "What is recorded stays; say it again under its key when this is mended, and it is recorded where it is missing"
)


class GroupNotTold(StoreError):
    """What was said to a group is not recorded in all of its courses: some do not open, or the store failed half way.

    Say it again under its key when that is mended: it is then recorded where it is missing, and nowhere twice. In a
    transaction of yours that you roll back, it is recorded nowhere.

    Attributes:
        failed: Why nothing is recorded in each of these courses, by their ids.
        done: What came of it in the others: refusals, warnings and alerts as usual.
        not_allowed: What the policy did not allow in some of the others; ``None`` when it allowed all.
        alerts: The risk alerts of those that do not open, still to be assessed.
    """

    def __init__(
        self,
        failed: Mapping[str, StoreError | UnknownProtocol],
        done: GroupDone,
        not_allowed: NotAllowed | None,
        next_step: str = _AGAIN,
    ) -> None:
        self.failed = dict(failed)
        self.done = done
        self.not_allowed = not_allowed
        self.alerts = tuple(alert for why in self.failed.values() for alert in why.alerts)
        kept = counted(len(done.courses), "course", "courses")
        why = "; ".join(f"not in '{course}', because {error}" for course, error in self.failed.items())
        denied = f"; and in the others: {not_allowed}" if not_allowed else ""
        super().__init__(f"this was said to {kept} of the group, and {why}{denied}. {next_step}")


@dataclass(slots=True, repr=False)
class InTurn:
    """What comes of saying something to several courses.

    Attributes:
        group: The group as it was before; it stands in the answer where the store cannot be asked any more.
    """

    group: Group
    done: dict[str, Done] = field(default_factory=dict)
    denied: list[Denial] = field(default_factory=list)
    failed: dict[str, StoreError | UnknownProtocol] = field(default_factory=dict)
    _stopped: StoreError | None = None

    def say(self, course: str, tell: Callable[[], Done]) -> None:
        """Say it to one course; once the store has failed, nothing more is tried."""
        if self._stopped is not None:
            self.failed[course] = StoreError("the store failed before its turn came")
            return
        try:
            self.done[course] = tell()
        except NotAllowed as no:
            self.denied += no.denied
            if no.done is not None:
                self.done[course] = no.done
        except (UnopenedCourse, UnknownProtocol) as why:
            self.failed[course] = why
        except StoreError as why:
            self.failed[course] = self._stopped = why

    def answer(self, after: Callable[[], Group], next_step: str = _AGAIN) -> GroupDone:
        """What came of it in all of them.

        Args:
            after: Reads the group as it is now.
            next_step: What is to be done when it is not recorded in all.

        Raises:
            StoreError: The store failed, and there is nothing in any course to be told of.
            GroupNotTold: It is not recorded in some of the courses.
            NotAllowed: The policy did not allow it in some of them.
        """
        if self._stopped is not None and not any(one.events for one in self.done.values()):
            raise self._stopped
        found = GroupDone(self._now(after), self.done)
        not_allowed = NotAllowed(self.denied, group=found) if self.denied else None
        if self.failed:
            raise GroupNotTold(self.failed, found, not_allowed, next_step)
        if not_allowed is not None:
            raise not_allowed
        return found

    def _now(self, after: Callable[[], Group]) -> Group:
        if self._stopped is None:
            return after()
        try:
            return after()
        except StoreError:  # what was recorded must be heard all the same
            return self.group


__all__ = ["GroupNotTold", "InTurn"]
