"""A course in figures: appointments, scores by every rule, alerts, stages, how it ended. Counted, never judged.

Pure, whole numbers and exact shares; the words are the protocol's own. It answers at any point of a course.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from iptengine.course import timing
from iptengine.course.asked_summary import ApprovalSummary, ChartSummary, approval_summaries, chart_summaries
from iptengine.course.course import Alert, Course, Focus, in_session
from iptengine.course.events import PlanChanged, PlanChosen, ReadingTaken, TaskLogged
from iptengine.course.plan_state import in_all, plan_state
from iptengine.course.requested import asked_first
from iptengine.course.rests import kept_or_missed
from iptengine.course.shares import Share
from iptengine.course.worded import comparable
from iptengine.course.wording import spoken
from iptengine.protocol.measure import Measure
from iptengine.protocol.parts import MISSES, STATUSES
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.scoring import Score, band, change, exact, number
from iptengine.protocol.truth import Truth


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """What one published rule says from the first reading to the last.

    Attributes:
        held_in: Numbers of the sessions in whose reading it held; where the list breaks off, the status flipped.
        first_met: The first of them.
    """

    rule: str
    title: str
    answer: Truth
    held_in: tuple[int, ...]

    @property
    def first_met(self) -> int | None:
        """The session in which it held first."""
        return self.held_in[0] if self.held_in else None


@dataclass(frozen=True, slots=True)
class RiskItemSummary:
    """A risk item over the readings: its label and its answers in their order, each with the session it was given in.

    The answer is ``None`` where the item was not answered, the session ``None`` for a reading between sessions.
    """

    item: str
    label: str
    answers: tuple[tuple[int | None, int | None], ...]


@dataclass(frozen=True, slots=True)
class MeasureSummary:
    """One measure from the first reading to the last.

    Attributes:
        readings: Readings on record; one that was never taken is no reading, and nothing fills its place.
        change: Points from first to last; minus for a fall, whatever the direction of the measure.
        better: The same as a share of the first total, plus for better; ``None`` for a first total of 0.
        worst: The worst total.
        worst_in: The session of the worst total, when it was taken in one.
    """

    measure: str
    label: str
    readings: int
    first: Score | None
    last: Score | None
    change: Score | None
    better: Fraction | None
    worst: Score | None
    worst_in: int | None
    first_band: str
    last_band: str
    rules: tuple[RuleSummary, ...]
    risk: tuple[RiskItemSummary, ...]


@dataclass(frozen=True, slots=True)
class AlertCount:
    """Alerts of one level: raised, assessed by a clinician, and assessed on the day they were raised."""

    raised: int
    assessed: int
    same_day: int


@dataclass(frozen=True, slots=True)
class StageStep:
    """A stage a focus was placed in, and the session in which that was recorded."""

    stage: str
    title: str
    on: date
    session: int | None


@dataclass(frozen=True, slots=True, repr=False)
class FocusSummary:
    """A focus and the stages it went through."""

    id: str
    area: str
    title: str
    agreed: date
    stages: tuple[StageStep, ...]


@dataclass(frozen=True, slots=True, repr=False)
class FactSummary:
    """A fact as it was recorded last; ``None`` when it was asked and not answered."""

    fact: str
    title: str
    value: object
    on: date


@dataclass(frozen=True, slots=True, repr=False)
class PlanStep:
    """Something that was decided about the plan: what, when, by whom, in which role, and why.

    Attributes:
        what: chosen, changed, interrupted, resumed or finished.
        components: What it speaks of: the whole plan, or the component.
        titles: The same by title.
        asked_by: Who asked for it, and in which role, where `by` approved it; empty otherwise.
    """

    what: str
    components: tuple[str, ...]
    on: date
    by: str
    role: str
    because: str
    titles: tuple[str, ...] = ()
    asked_by: str = ""
    asked_role: str = ""


@dataclass(frozen=True, slots=True)
class ComponentSummary:
    """A component and its dose: on record, and meant.

    Attributes:
        finished: Whether nothing more of it is planned.
        confirmed: Whether a clinician finished it.
        planned: Whether the plan holds it as it stands.
    """

    component: str
    title: str
    reached: str
    dose: str
    finished: bool
    confirmed: bool
    planned: bool


@dataclass(frozen=True, slots=True, repr=False)
class PlanSummary:
    """The plan of a course: what it came to, and who decided what about it.

    Attributes:
        order: The order of the protocol it is; empty for one of its own, or once changed.
        components: Those of the plan in its order, then others that were worked on all the same.
    """

    chosen: bool
    order: str
    done: bool
    components: tuple[ComponentSummary, ...]
    decisions: tuple[PlanStep, ...]


@dataclass(frozen=True, slots=True)
class PhaseSummary:
    """A phase the course was in, and the sessions held in it."""

    phase: str
    title: str
    entered: date
    held: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class OutcomeSummary:
    """How the course ended. `kind` is the protocol's: completed, early, transferred, lost, clinical, relapse."""

    outcome: str
    title: str
    kind: str
    reason: str
    on: date


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """A course in figures.

    Attributes:
        appointments: Appointments that are past, held or not.
        missed: Those not held, by status, in the order of the statuses.
        used_unattended: Sessions that were used up without being held.
        agreed: Sessions agreed at the outset.
        agreed_now: Sessions agreed after the amendments.
        attendance: Sessions attended, of those that the patient's side could attend: attended and missed by it.
            A cancellation by the therapist and a move to another day are not counted against the patient.
    """

    appointments: int
    attended: int
    missed: tuple[tuple[str, int], ...]
    used: int
    used_unattended: int
    agreed: int | None
    agreed_now: int | None
    attendance: Share
    measures: tuple[MeasureSummary, ...]
    risk: AlertCount
    review: AlertCount
    people: int
    facts: tuple[FactSummary, ...]
    focuses: tuple[FocusSummary, ...]
    phases: tuple[PhaseSummary, ...]
    charts: tuple[ChartSummary, ...]
    approvals: tuple[ApprovalSummary, ...]
    amendments: int
    deviations: int
    corrections: int
    outcome: OutcomeSummary | None
    plan: PlanSummary | None = None


def summary(protocol: Protocol, course: Course) -> Summary:
    """The figures of `course` as it stands."""
    past = timing.past(course)
    attended = sum(a.held for a in past)
    by_patient = sum(a.status in MISSES for a in kept_or_missed(course, past))
    counts = ((status, sum(a.status == status for a in past)) for status in STATUSES if status != "attended")
    contract = course.contract
    return Summary(
        appointments=len(past),
        attended=attended,
        missed=tuple((status, count) for status, count in counts if count),
        used=timing.sessions_used(course),
        used_unattended=sum(a.used and not a.held for a in past),
        agreed=contract.sessions_at_first if contract else None,
        agreed_now=timing.contracted(course),
        attendance=Share(attended, attended + by_patient),
        measures=tuple(_measures(protocol, course)),
        risk=_count([a for a in course.alerts if a.level == "risk"]),
        review=_count([a for a in course.alerts if a.level != "risk"]),
        people=len(course.people),
        facts=tuple(_facts(protocol, course)),
        focuses=tuple(_focus(protocol, course, focus) for focus in course.focuses),
        phases=tuple(_phases(protocol, course)),
        charts=tuple(chart_summaries(protocol, course)),
        approvals=tuple(approval_summaries(protocol, course)),
        amendments=len(course.amendments),
        deviations=len(course.deviations),
        corrections=len(course.corrections),
        outcome=_outcome(protocol, course),
        plan=_plan(protocol, course),
    )


# -- scores ------------------------------------------------------------------------------------------------------


def _measures(protocol: Protocol, course: Course) -> Iterator[MeasureSummary]:
    for name, measure in protocol.measures.items():
        taken = [r for r in course.readings if r.measure == name]
        if taken:
            same = comparable(course, name) or taken[-1:]  # figures speak of one wording of what a patient words
            found = _measure(name, measure, same, [session_number(course, r) for r in same])
            places = [session_number(course, r) for r in taken]
            risk = tuple(_risk_items(measure, taken, places)) if len(same) < len(taken) else found.risk
            yield replace(found, readings=len(taken), risk=risk)


def session_numbers(course: Course) -> dict[str, int]:
    """The number of each session that was held, by the id its records carry."""
    return {a.id: a.number for a in course.appointments if a.held and a.number is not None}


def session_number(course: Course, record: ReadingTaken | TaskLogged) -> int | None:
    """The number of the session held that a record belongs to; ``None`` when it belongs to none."""
    return next((a.number for a in course.appointments if a.held and in_session(record, a)), None)


def _measure(
    name: str, measure: Measure, taken: Sequence[ReadingTaken], places: Sequence[int | None]
) -> MeasureSummary:  # fmt: skip
    first, last = taken[0].total, taken[-1].total
    known = [(r.total, place) for r, place in zip(taken, places, strict=True) if r.total is not None]
    worst, worst_in = _worst(measure, known)
    points = None if first is None or last is None else exact(last) - exact(first)
    return MeasureSummary(
        measure=name,
        label=measure.label,
        readings=len(taken),
        first=first,
        last=last,
        change=None if points is None else number(points),
        better=None if points is None or not first else Fraction(points) / exact(first) * _good(measure),
        worst=worst,
        worst_in=worst_in,
        first_band=_band(measure, first),
        last_band=_band(measure, last),
        rules=tuple(_rules(measure, first, last, taken, places)),
        risk=tuple(_risk_items(measure, taken, places)),
    )


def _risk_items(
    measure: Measure, taken: Sequence[ReadingTaken], places: Sequence[int | None]
) -> Iterator[RiskItemSummary]:
    for name in measure.risk_items:
        answers = tuple((place, r.answers.get(name)) for r, place in zip(taken, places, strict=True))
        yield RiskItemSummary(name, measure.item_label(name), answers)


def _good(measure: Measure) -> int:
    return -1 if measure.direction == "higher is worse" else 1


def _worst(measure: Measure, known: Sequence[tuple[Score, int | None]]) -> tuple[Score | None, int | None]:
    """The worst total and its session; the first of several."""
    if not known:
        return None, None
    return max(known, key=lambda pair: -_good(measure) * exact(pair[0]))


def _band(measure: Measure, total: Score | None) -> str:
    found = band(measure, total) if total is not None else None
    return found.name if found else ""


def _rules(
    measure: Measure,
    first: Score | None,
    last: Score | None,
    taken: Sequence[ReadingTaken],
    places: Sequence[int | None],
) -> Iterator[RuleSummary]:
    each = [
        (place, {fact.rule for fact in change(measure, first, r.total) if fact.answer is Truth.YES})
        for r, place in zip(taken, places, strict=True)
        if place is not None
    ]
    for fact in change(measure, first, last):
        held = tuple(place for place, rules in each if fact.rule in rules)
        yield RuleSummary(fact.rule, fact.title, fact.answer, held)


# -- alerts, focuses, phases, outcome ----------------------------------------------------------------------------


def _count(alerts: Sequence[Alert]) -> AlertCount:
    assessed = [a for a in alerts if not a.needs_assessment]
    return AlertCount(len(alerts), len(assessed), sum(a.assessed == a.raised for a in assessed))


def _facts(protocol: Protocol, course: Course) -> Iterator[FactSummary]:
    """The last record of every fact, in the protocol's order; one that is hidden from any role is left out."""
    for name, spec in protocol.spec.facts.items():
        record = next((f for f in reversed(course.facts) if f.fact == name), None)
        if record is not None and not spec.hide_from:
            yield FactSummary(name, spec.title, record.value, record.on)


def _focus(protocol: Protocol, course: Course, focus: Focus) -> FocusSummary:
    area = protocol.spec.problem_areas.get(focus.area)  # none after a move to a version without it
    stages = area.stages if area else {}
    numbers = session_numbers(course)
    steps = (
        StageStep(
            entry.stage,
            stages[entry.stage].title if entry.stage in stages else entry.stage,
            entry.on,
            numbers.get(entry.session),
        )
        for entry in focus.history
    )
    return FocusSummary(focus.id, focus.area, area.title if area else spoken(focus.area), focus.agreed, tuple(steps))


_DECIDED = {
    "plan_chosen": "chosen",
    "plan_changed": "changed",
    "plan_interrupted": "interrupted",
    "plan_resumed": "resumed",
    "component_finished": "finished",
}


def _plan(protocol: Protocol, course: Course) -> PlanSummary | None:
    if protocol.spec.plan is None:
        return None
    state = plan_state(protocol, course)
    others = [d.component for d in course.doses if d.component not in state.names]
    names = [name for name in dict.fromkeys((*state.names, *others)) if name in protocol.spec.plan.components]
    found = (in_all(protocol, course, name) for name in names)
    components = tuple(
        ComponentSummary(
            one.name, one.title, str(one.reached), str(one.dose), one.finished, one.closed, one.name in state.names
        )
        for one in found
    )
    return PlanSummary(state.chosen, state.order, state.done, components, tuple(_decisions(protocol, course)))


def _decisions(protocol: Protocol, course: Course) -> Iterator[PlanStep]:
    """Everything decided about the plan, in the order in which it was recorded."""
    events = (*course.plans, *course.interruptions, *course.finished_components)
    known = protocol.spec.plan.components if protocol.spec.plan else {}
    for event in sorted(events, key=lambda event: event.at):
        names = event.components if isinstance(event, PlanChosen | PlanChanged) else (event.component,)
        titles = tuple(known[name].title if name in known else name for name in names)
        asked = asked_first(course, event)
        yield PlanStep(
            _DECIDED[event.kind], names, event.on, event.by.id, event.by.role, event.because, titles,
            asked.asked_by.id if asked else "", asked.asked_by.role if asked else "",
        )  # fmt: skip


def _phases(protocol: Protocol, course: Course) -> Iterator[PhaseSummary]:
    for name in dict.fromkeys(entry.phase for entry in course.phases):
        entered = next(entry.on for entry in course.phases if entry.phase == name)
        held = tuple(a.number for a in course.appointments if a.held and a.phase == name and a.number is not None)
        title = protocol.spec.phases[name].title if name in protocol.spec.phases else name
        yield PhaseSummary(name, title, entered, held)


def _outcome(protocol: Protocol, course: Course) -> OutcomeSummary | None:
    ended = course.outcome
    if ended is None:
        return None
    spec = protocol.spec.outcomes.get(ended.outcome)
    return OutcomeSummary(
        ended.outcome, spec.title if spec else ended.outcome, spec.kind if spec else "", ended.reason, ended.on
    )  # fmt: skip
