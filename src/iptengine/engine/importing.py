"""The part of the clinic that takes in a course from another clinic, if its policy allows it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime

from iptengine.course.commands import ImportCourse
from iptengine.course.hiding import Sight
from iptengine.course.stamp import Actor, Stamp
from iptengine.engine.answers import Done
from iptengine.engine.handing_over import Export, keep_export
from iptengine.engine.held import Held
from iptengine.engine.policy import Denial, NotAllowed, Policy, permitted
from iptengine.engine.records import History, Records


class ImportingClinic:
    """Courses of other clinics, for `Clinic`."""

    _records: Records
    _held: Held
    _policy: Policy | None
    _ids: Callable[[], str]

    @abstractmethod
    def _time(self) -> datetime: ...

    def import_course(self, text: str, *, by: Actor, sealed_with: bytes | None = None) -> Done:
        """Take in a course that `export_course` wrote, as it is: all of it in one append, or nothing.

        The policy is asked about `ImportCourse`, with the course as it was exported. What is imported is not changed by
        that, so the rule that allowed it stands in none of its events.

        Args:
            text: What was exported.
            by: Who takes it in.
            sealed_with: What the events were sealed with where they come from; with another key than that of this
                clinic they are sealed anew.

        Returns:
            The course as it is here now, all its events, and the risk alerts that no clinician has assessed.

        Raises:
            NotAllowed: The policy does not allow it; nothing was imported.
            BrokenExport: The text was cut off or changed, or is none; names the line.
            StoreError: A course of that id is in the store already, or the store failed; no event was kept.
        """
        self._held.check_actor(by, "by")
        export = Export(text, sealed_with)
        history = self._records.read_of(export.course, export.events)
        self._check_allowed(history, by)
        self._records.take_over(lambda store, key: keep_export(store, export, key))
        sight = Sight(self._held.known(history.course), history.course, by.role)
        course = sight.course()
        return Done(course, sight.events(history.events), course.open_risk_alerts)

    def _check_allowed(self, history: History, by: Actor) -> None:
        course, at = history.course, self._time()
        command = ImportCourse(course.protocol, len(history.events))
        stamped = command.stamped(Stamp(self._ids(), at.date(), at, by))
        answer = permitted(self._policy, course, stamped)
        if isinstance(answer, Denial):
            raise NotAllowed([answer])
