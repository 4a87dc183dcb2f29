"""Forms about the focus, its stage, the tasks and the techniques."""

from __future__ import annotations

from functools import partial

from iptengine.protocol.conditions.comparing import (
    NO,
    UNKNOWN,
    YES,
    Scale,
    comparison,
    counted,
    holds,
    named,
    not_between,
)
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names, Number
from iptengine.protocol.conditions.port import Facts
from iptengine.protocol.truth import Truth

NO_STAGE = "its stage is not set yet"


def _a_focus(names: Names) -> Meaning:
    return holds(
        "a focus is agreed",
        lambda facts: bool(facts.focuses),
        yes="a focus is agreed",
        no="no focus is agreed yet",
    )


def _is_focus(names: Names, area: str) -> Meaning:
    subject = f"{area} is a focus"
    return holds(subject, lambda facts: area in facts.focuses, yes=subject, no=f"{area} is not a focus")


FOCUS = (
    Shape("a focus is agreed", "At least one focus is agreed with the patient.", _a_focus),
    Shape("AREA is a focus", "A focus of this problem area is agreed.", _is_focus),
    Shape(
        "focuses agreed OP NUMBER",
        "How many focuses are agreed.",
        counted("focuses agreed", lambda facts: len(facts.focuses)),
        "= 2",
    ),
)


def _stage(wanted: bool, names: Names, stage: str) -> Meaning:
    return named("stage", lambda facts: facts.stage, stage, wanted=wanted, why_unknown="it is not set yet")


def _stage_is_set(names: Names) -> Meaning:
    return holds(
        "stage is set",
        lambda facts: facts.stage is not None,
        yes="the stage is set",
        no="the stage is not set yet",
    )


def _stage_of(names: Names, area: str, stage: str) -> Meaning:
    def answer(facts: Facts) -> Truth:
        stages = facts.stages(area)
        return YES if stage in stages else UNKNOWN if None in stages else NO

    def found(stages: tuple[str | None, ...]) -> str:
        if not stages:
            return f"{area} is not a focus"
        return f"stage of {area} is " + " and ".join(each or "not set yet" for each in stages)

    return Meaning(answer, (f"stage of {area}",), lambda facts: (facts.stages(area),), found, stage)


def _every_stage(names: Names) -> Meaning:
    staged = tuple(area for area, stages in names.areas.items() if stages)

    def without(facts: Facts) -> tuple[str, ...]:
        return tuple(area for area in staged if None in facts.stages(area))

    def answer(facts: Facts) -> Truth:
        return YES if facts.focuses and not without(facts) else NO

    def found(focuses: tuple[str, ...], open_ones: tuple[str, ...]) -> str:
        if not focuses:
            return "no focus is agreed yet"
        if open_ones:
            return f"no stage is set yet for {_listed(open_ones)}"
        return "every focus with stages has a stage"

    return Meaning(
        answer=answer,
        subjects=("focuses", "without a stage"),
        see=lambda facts: (facts.focuses, without(facts)),
        found=found,
        can_be_unknown=False,
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _in_stage(names: Names) -> Scale:
    return Scale(0, names.sessions_max)


STAGE = (
    Shape(
        "stage is STAGE",
        "The focus at hand stands at this stage. Only inside a problem area. Unknown while no stage is set.",
        partial(_stage, True),
        scope="focus",
    ),
    Shape(
        "stage is not STAGE",
        "It stands at another stage. Only inside a problem area. Unknown while no stage is set.",
        partial(_stage, False),
        scope="focus",
    ),
    Shape("stage is set", "The focus at hand has a stage. Only inside a problem area.", _stage_is_set, scope="focus"),
    Shape(
        "sessions in this stage OP NUMBER",
        "Sessions used since the focus at hand entered its stage. Only inside a problem area. "
        "Unknown while no stage is set.",
        counted("sessions in this stage", lambda facts: facts.sessions_in_stage, NO_STAGE, _in_stage),
        ">= 2",
        scope="focus",
    ),
    Shape(
        "days in this stage OP NUMBER",
        "Days since the focus at hand entered its stage. Only inside a problem area. Unknown while no stage is set.",
        counted("days in this stage", lambda facts: facts.days_in_stage, NO_STAGE),
        ">= 28",
        scope="focus",
    ),
    Shape(
        "stage of AREA is STAGE",
        "A focus of this problem area stands at this stage. No when the area is not a focus, "
        "unknown while the stage is not set.",
        _stage_of,
    ),
    Shape(
        "every focus with stages has a stage",
        "No focus waits for its stage to be set. No while no focus is agreed.",
        _every_stage,
    ),
)


def _all_done(names: Names) -> Meaning:
    def read(facts: Facts) -> bool | None:
        waiting = facts.open_must_tasks
        return None if waiting is None else not waiting

    def found(waiting: tuple[str, ...]) -> str:
        return f"not on record as done: {_listed(waiting)}" if waiting else "all must tasks are done"

    meaning = holds("all must tasks are done", read, yes="", no="")
    return Meaning(
        meaning.answer, ("open must tasks",), lambda facts: (facts.open_must_tasks,), found, can_be_unknown=False
    )


def _done(names: Names, task: str) -> Meaning:
    return holds(
        f"{task} is done",
        lambda facts: facts.task_count(task) >= 1,
        yes=f"{task} is on record as done",
        no=f"{task} is not on record as done",
    )


def _done_times(names: Names, task: str, op: str, number: Number, times: str) -> Meaning | Problem:
    return comparison(f"times {task} is done", lambda facts: facts.task_count(task), op, number, Scale())


def _done_last_time(names: Names, task: str) -> Meaning:
    def read(facts: Facts) -> bool | None:
        last = facts.last_session
        return None if last is None else last in facts.task_sessions(task)

    return holds(
        f"{task} was done in the last session",
        read,
        yes=f"{task} is on record as done in the last session",
        no=f"{task} is not on record as done in the last session",
        unknown="no session has been held yet",
    )


def _sessions_since(names: Names, task: str, op: str, number: Number) -> Meaning | Problem:
    def read(facts: Facts) -> int | None:
        sessions = facts.task_sessions(task)
        return max(0, facts.sessions_used - sessions[-1]) if sessions else None

    why = f"{task} is not on record as done in a session"
    return comparison(f"sessions since {task}", read, op, number, Scale(0, names.sessions_max), why)


def _done_by(names: Names, task: str, number: Number) -> Meaning | Problem:
    problem = not_between("the session", number, 1, names.sessions_max)
    if problem is not None:
        return problem

    def read(facts: Facts) -> bool:
        sessions = facts.task_sessions(task)
        return bool(sessions) and sessions[0] <= number

    return holds(
        f"{task} was done by session {number}",
        read,
        yes=f"{task} is on record as done by session {number}",
        no=f"{task} is not on record as done by session {number}",
    )


TASKS = (
    Shape(
        "all must tasks are done",
        "Every must task of the phase the course is in (the phase left, in a way out of it) is on record as done.",
        _all_done,
    ),
    Shape(
        "TASK is done",
        "The task is on record as done. What was not logged counts as not on record, so the answer is no.",
        _done,
    ),
    Shape("TASK is done OP NUMBER times|time", "How often the task is on record as done.", _done_times, ">= 2"),
    Shape(
        "TASK was done in the last session",
        "It is on record for the last session that was held. Unknown before the first.",
        _done_last_time,
    ),
    Shape(
        "TASK was done by session NUMBER",
        "It is on record for a session up to this one.",
        _done_by,
        "2",
    ),
    Shape(
        "sessions since TASK OP NUMBER",
        "Sessions used since the last one in which it was done. Unknown while it is not on record.",
        _sessions_since,
        ">= 4",
    ),
)


def _technique(names: Names, technique: str) -> Meaning:
    return holds(
        f"{technique} was used",
        lambda facts: facts.technique_count(technique) >= 1,
        yes=f"{technique} is on record as used",
        no=f"{technique} is not on record as used",
    )


def _technique_times(names: Names, technique: str, op: str, number: Number, times: str) -> Meaning | Problem:
    subject = f"times {technique} was used"
    return comparison(subject, lambda facts: facts.technique_count(technique), op, number, Scale())


TECHNIQUES = (
    Shape("TECHNIQUE was used", "The technique is on record as used.", _technique),
    Shape("TECHNIQUE was used OP NUMBER times|time", "How often it is on record as used.", _technique_times, ">= 2"),
)
