"""The lists of a clinic (due, stuck, alerts), answered from one row a course: for longer courses, and for more of them.

The courses of a long clinic stand in the lists with the same lines as those of a short one (`many_courses`). Their rows
are good for the day, as `Clinic.refresh` leaves them. Beside the lists, growth is shown for what a clinic does with one
course. What is counted is the time of the process; for an append, time on the wall.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from itertools import count

import iptengine as ipt
from benchmarks.bench_store import on_the_wall
from benchmarks.frame import Bench, Contender, Goal, Round, Unfair, timed
from benchmarks.many_courses import DAY, begin, begun, clinic_of, folder, name, store_of
from iptengine.engine.records import Records

SIZE = 10_000
FEW = 1_000
SHORT = 12
LONG = 8 * SHORT
CASELOAD = 30
LAPS = 20

Ask = Callable[[ipt.Clinic], Sequence[object]]

LISTS: dict[str, tuple[Ask, float]] = {
    "due": (lambda clinic: clinic.due(on=DAY), 2.1),
    "stuck": (lambda clinic: clinic.stuck(on=DAY), 0.1),
    "alerts": (lambda clinic: clinic.alerts(), 0.1),
}
"""How each list is asked for, and how many lines it has for each course."""


def sized(courses: int) -> tuple[Bench, ...]:
    """The rows that show growth, up to a clinic of so many courses."""
    return (*(_by_size(listed, courses) for listed in LISTS), *_growth(courses))


# -- longer courses, and more of them ----------------------------------------------------------------------------------


def _by_length(listed: str) -> Bench:
    return Bench(
        what=f"lists: {listed} over {SIZE:,} courses, each {LONG // SHORT} times as long; one course",
        goal=Goal(1.2),
        ours=_listing(listed, SIZE, LONG),
        base=_listing(listed, SIZE, SHORT),
        rounds=7,
    )


def _by_size(listed: str, courses: int) -> Bench:
    return Bench(
        what=f"lists: {listed} over {courses:,} courses beside {FEW:,}; one course",
        goal=Goal(1.5),
        ours=_listing(listed, courses, SHORT),
        base=_listing(listed, FEW, SHORT),
        rounds=7,
    )


def _listing(listed: str, courses: int, length: int) -> Contender:
    ask, lines = LISTS[listed]

    def prepare() -> Round:
        clinic = clinic_of(courses, length)
        found = len(ask(clinic))
        if found != round(lines * courses):
            raise Unfair(f"{listed} has {found} lines for {courses} courses")
        return timed(lambda: ask(clinic), courses)

    return Contender(f"{courses:,} of {length} events", prepare)


# -- one course in a growing clinic ------------------------------------------------------------------------------------


def _growth(courses: int) -> tuple[Bench, ...]:
    works = {"due for a caseload of 30": _caseload, "a course read": _read, "a course begun, full sync": _begun}
    return tuple(
        Bench(
            what=f"store: {what}, in a clinic of {courses:,} beside one of {FEW:,}",
            goal=Goal(1.5),
            ours=_in_clinic(work, courses),
            base=_in_clinic(work, FEW),
            rounds=15,
        )
        for what, work in works.items()
    )


def _in_clinic(work: Callable[[int], Round], courses: int) -> Contender:
    return Contender(f"a clinic of {courses:,}", lambda: work(courses))


def _caseload(courses: int) -> Round:
    clinic = clinic_of(courses, SHORT)
    mine = [name(number) for number in range(0, courses, courses // CASELOAD)][:CASELOAD]
    return timed(lambda: [clinic.due(on=DAY, courses=mine) for _ in range(LAPS)], LAPS)


def _read(courses: int) -> Round:
    clinic = clinic_of(courses, SHORT)
    some = [name(number) for number in range(0, courses, courses // LAPS)][:LAPS]
    return timed(lambda: [clinic.course(course) for course in some], LAPS)


def _begun(courses: int) -> Round:
    path = folder() / f"{courses}-growing.db"
    shutil.copy(store_of(courses, SHORT), path)
    records, numbers = Records(ipt.open_store(f"sqlite:///{path}")), count(courses)
    return on_the_wall(lambda: [begin(records, begun(next(numbers), SHORT)) for _ in range(LAPS)], LAPS)


# -- making the rows ---------------------------------------------------------------------------------------------------


def _refreshed() -> Round:
    clinic = clinic_of(FEW, SHORT)
    if clinic.refresh(on=DAY, anew=True) != FEW:
        raise Unfair("not every row was made")
    return timed(lambda: clinic.refresh(on=DAY, anew=True), FEW)


def _replayed() -> Round:
    clinic = clinic_of(FEW, SHORT)
    return timed(lambda: [clinic.course(name(number)) for number in range(FEW)], FEW)


MADE = Bench(
    what=f"lists: the rows of {FEW:,} courses made for a day, beside reading the courses; one course",
    goal=Goal(2.5),
    ours=Contender("Clinic.refresh, anew", _refreshed),
    base=Contender("read and replayed", _replayed),
    rounds=7,
)
BENCHES = (*map(_by_length, LISTS), *sized(SIZE), MADE)
