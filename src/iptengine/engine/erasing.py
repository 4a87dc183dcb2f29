"""The part of the clinic that erases the patient text of a course."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date

from iptengine.course.commands import Command, Erase
from iptengine.course.hiding import Sight
from iptengine.course.inputs import check_day
from iptengine.course.stamp import Actor
from iptengine.engine.answers import Done
from iptengine.engine.port import ClinicPort
from iptengine.engine.records import Records


class ErasingClinic(ClinicPort):
    """Erasure against a history that is never changed, for `Clinic`."""

    _records: Records

    @abstractmethod
    def _do(
        self, course: str, commands: Sequence[Command], by: Actor, on: date | None, expected: int | None,
        key: str | None,
    ) -> Done: ...  # fmt: skip

    def erase(self, course: str, *, by: Actor, on: date, because: str) -> Done:
        """Erase the patient text of a course for good: its key is destroyed, and nobody can read the text again.

        First the erasure is recorded, then the key is destroyed. Said again it changes nothing, and after a crash
        in between, or when the key could not be destroyed, it destroys the key. Structure, scores and alerts stay.
        An erased course takes nothing more; so it has to have ended, with every risk alert assessed. Where its key is
        destroyed already, with no erasure on record, nothing of that can be recorded any more: then the erasure alone
        is, and a risk alert that nobody assessed stays in the lists.

        What lies elsewhere is not reached: backups with their keys, exports, printed pages, a course that followed.
        Say it outside a transaction of your own: a key cannot be brought back by rolling back.

        Args:
            course: Its id; the course was begun with `keys` given to the clinic.
            by: Who says so.
            on: The day.
            because: Why. It stays readable, so that no patient text belongs there.

        Raises:
            UnknownCourse: There is no such course.
            Refused: The course has not ended, a risk alert waits, or no reason was given; nothing was recorded.
            NotAllowed: The policy does not allow `Erase`; nothing was recorded.
            CannotErase: Its text stands in the clear, or the clinic has no keys; nothing was recorded.
            StoreError: The store failed, or the key was not destroyed; say it again.
        """
        check_day(on)
        before = self._records.history(course)
        protocol = self._pinned(before.course)
        if before.course.erased is None:
            self._records.check_erasable(before)
            said = Erase(because=because, key_destroyed=self._records.key_destroyed(course))
            done = self._do(course, (said,), by, on, None, None)
            if done.refused:
                raise done.refused[0]
        self._records.destroy_key(course)
        after = self._records.history(course)
        sight = Sight(protocol, after.course, by.role)
        return Done(sight.course(), sight.events(after.events[before.course.version :]))
