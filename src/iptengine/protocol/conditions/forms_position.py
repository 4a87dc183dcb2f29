"""Forms about where a course stands: sessions, windows, phase and charts, dates, contract and ending."""

from __future__ import annotations

from functools import partial

from iptengine.protocol.conditions.comparing import Scale, comparison, counted, holds, named, stated
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names, Number
from iptengine.protocol.conditions.port import Facts, Moment, Window

NO_CONTRACT = "no contract is agreed yet"


def _sessions(names: Names) -> Scale:
    return Scale(0, names.sessions_max)


def _contracted(names: Names) -> Scale:
    return Scale(1, names.sessions_max)


def _next(names: Names) -> Scale:
    return Scale(1, None if names.sessions_max is None else names.sessions_max + 1)


def _half_used(facts: Facts) -> bool | None:
    contracted = facts.sessions_contracted
    return None if contracted is None else 2 * facts.sessions_used >= contracted


def _half(names: Names) -> Meaning:
    def found(half: bool | None, used: int, contracted: int | None) -> str:
        if contracted is None:
            return f"whether half of the sessions are used is not known ({NO_CONTRACT})"
        return f"{used} of {contracted} sessions are used"

    meaning = holds("half of the sessions are used", _half_used, yes="", no="", unknown=NO_CONTRACT)
    return Meaning(
        answer=meaning.answer,
        subjects=("half of the sessions are used", "sessions used", "sessions contracted"),
        see=lambda facts: (_half_used(facts), facts.sessions_used, facts.sessions_contracted),
        found=found,
        needs="at least half of those contracted",
    )


_NEEDS_WINDOW = {"open": "it open", "closed": "it closed"}


def _window(wanted: Window, names: Names, phase: str) -> Meaning:
    subject = f"window of {phase}"
    told: dict[Window | None, str] = {
        "before": f"the window of {phase} has not opened yet",
        "open": f"the window of {phase} is open",
        "closed": f"the window of {phase} has closed",
        None: f"where the course is with the window of {phase} is not known",
    }
    meaning = named(subject, lambda facts: facts.window(phase), wanted, why_unknown="-")
    return Meaning(meaning.answer, (subject,), meaning.see, told.__getitem__, _NEEDS_WINDOW[wanted])


POSITION = (
    Shape(
        "sessions used OP NUMBER",
        "Sessions that count as used up, also those used up unheld by the missed-session policy.",
        counted("sessions used", lambda facts: facts.sessions_used, scale=_sessions),
        ">= 3",
    ),
    Shape(
        "sessions held OP NUMBER",
        "Sessions that took place.",
        counted("sessions held", lambda facts: facts.sessions_held, scale=_sessions),
        ">= 3",
    ),
    Shape(
        "sessions left OP NUMBER",
        "Contracted sessions not yet used, today's included. Unknown before a contract.",
        counted("sessions left", lambda facts: facts.sessions_left, NO_CONTRACT, _sessions),
        "<= 4",
    ),
    Shape(
        "sessions contracted OP NUMBER",
        "The number agreed in the contract, as amended. Unknown before a contract.",
        counted("sessions contracted", lambda facts: facts.sessions_contracted, NO_CONTRACT, _contracted),
        ">= 12",
    ),
    Shape(
        "next session OP NUMBER",
        "The number of the session about to be held: one more than sessions used.",
        counted("next session", lambda facts: facts.sessions_used + 1, scale=_next),
        "= 2",
    ),
    Shape(
        "half of the sessions are used",
        "Sessions used are at least half of those contracted. Unknown before a contract.",
        _half,
    ),
    Shape(
        "window of PHASE is open",
        "The course is inside the window in which this phase is planned. Unknown when the window counts "
        "from an end that is not set yet.",
        partial(_window, "open"),
    ),
    Shape(
        "window of PHASE has closed",
        "The course is past that window. Unknown in the same case.",
        partial(_window, "closed"),
    ),
)


def _phase(wanted: bool, names: Names, phase: str) -> Meaning:
    return named("phase", lambda facts: facts.phase, phase, wanted=wanted)


def _chart(wanted: bool, names: Names, chart: str, state: str) -> Meaning:
    return named(chart, lambda facts: facts.state(chart), state, wanted=wanted)


PHASE = (
    Shape("phase is PHASE", "The course is in this phase.", partial(_phase, True)),
    Shape("phase is not PHASE", "The course is in another phase.", partial(_phase, False)),
    Shape(
        "sessions in this phase OP NUMBER",
        "Sessions used since the phase the course is in began.",
        counted("sessions in this phase", lambda facts: facts.sessions_in_phase, scale=_sessions),
        ">= 2",
    ),
    Shape("CHART is STATE", "A further chart of the protocol stands at this state.", partial(_chart, True)),
    Shape("CHART is not STATE", "It stands at another state.", partial(_chart, False)),
)


_MOMENTS: tuple[tuple[str, Moment, str, str], ...] = (
    ("the start", "start", "the first session", "the course has not started"),
    ("the last session", "last session", "the last session that was held", "no session has been held yet"),
    ("the contract", "contract", "the day the contract was agreed", NO_CONTRACT),
    ("this phase began", "phase", "the day the phase was entered", "the phase has not begun"),
    ("the end", "end", "the day the course ended", "the course has not ended"),
)


def _days(moment: Moment, facts: Facts) -> int | None:
    return facts.days_since(moment)


def _weeks(moment: Moment, facts: Facts) -> int | None:
    days = facts.days_since(moment)
    return None if days is None else days // 7


def _months(moment: Moment, facts: Facts) -> int | None:
    return facts.months_since(moment)


DATES = tuple(
    Shape(
        f"{unit} since {words} OP NUMBER",
        f"Whole {unit}{' of the calendar' if unit == 'months' else ''} since {about}. "
        f"Unknown when {why_unknown.replace('yet', '').strip()}.",
        counted(f"{unit} since {words}", partial(read, moment), why_unknown),
        sample,
    )
    for words, moment, about, why_unknown in _MOMENTS
    for unit, read, sample in (("days", _days, ">= 14"), ("weeks", _weeks, ">= 8"), ("months", _months, ">= 6"))
)


def _outcome(names: Names, outcome: str) -> Meaning:
    def read(facts: Facts) -> str:
        return facts.outcome or ""

    def found(value: str) -> str:
        return f"the course ended as {value}" if value else "the course has not ended"

    meaning = named("outcome", read, outcome)
    return Meaning(meaning.answer, ("outcome",), meaning.see, found, outcome, can_be_unknown=False)


def _amendments(names: Names, op: str, number: Number) -> Meaning | Problem:
    return comparison("amendments", lambda facts: facts.amendments, op, number, Scale())


CONTRACT = (
    Shape(
        "the contract is agreed",
        "Number, frequency and the rest of the contract are agreed.",
        stated("the contract is agreed", lambda facts: facts.contract_agreed, NO_CONTRACT),
    ),
    Shape("amendments OP NUMBER", "How often the contract was changed.", _amendments, ">= 1"),
    Shape(
        "a formulation is agreed",
        "A formulation is on record as agreed with the patient.",
        stated("a formulation is agreed", lambda facts: facts.formulation_agreed, "no formulation is agreed yet"),
    ),
    Shape(
        "people in the inventory OP NUMBER",
        "People in the interpersonal inventory.",
        counted("people in the inventory", lambda facts: facts.people_in_inventory),
        ">= 3",
    ),
    Shape(
        "goals agreed OP NUMBER",
        "Goals on record as agreed.",
        counted("goals agreed", lambda facts: facts.goals_agreed),
        ">= 1",
    ),
    Shape(
        "homework is open",
        "Something agreed to be tried at home has not been reviewed.",
        stated("homework is open", lambda facts: facts.homework_open, "no homework is open"),
    ),
    Shape(
        "the ending is announced",
        "The ending was announced to the patient.",
        stated("the ending is announced", lambda facts: facts.ending_announced, "the ending is not announced yet"),
    ),
    Shape("the course ended as OUTCOME", "The course has ended, with this outcome.", _outcome),
)
