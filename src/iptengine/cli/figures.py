"""The summary of a course: its figures, counted and never judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from iptengine.cli import screen
from iptengine.cli.stories import Story
from iptengine.course.adherence import Adherence, adherence
from iptengine.course.asked_summary import ApprovalSummary
from iptengine.course.shares import Share, percent
from iptengine.course.summary import AlertCount, FocusSummary, MeasureSummary, PlanSummary, Summary, summary
from iptengine.course.wording import counted, first_upper, long_day
from iptengine.protocol.doses import spoken_amount
from iptengine.testing.figures import final_figures

SCHEMA = "iptengine.summary/1"
Row = tuple[str, str]


def summary_record(story: Story) -> dict[str, object]:
    """The figures as plain values, under the keys by which a vignette expects them."""
    figures = _plain(final_figures(story.protocol, story.played.course))
    return {"schema": SCHEMA, "vignette": story.vignette.title, "protocol": story.protocol.ref, "figures": figures}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float) else str(value)


def summary_lines(story: Story) -> Iterator[str]:
    """The summary as a page of plain text."""
    course = story.played.course
    found = summary(story.protocol, course)
    yield screen.strong(story.vignette.title)
    yield f"{story.protocol.ref} {story.protocol.status}"
    yield ""
    yield from screen.columns(_course_rows(found))
    for measure in found.measures:
        yield ""
        yield screen.strong(measure.label)
        yield from screen.columns(_measure_rows(measure))
    logged = adherence(story.protocol, course)
    yield ""
    yield screen.strong("What was logged, beside the protocol")
    yield from screen.columns(_adherence_rows(logged))
    yield ""
    yield screen.wrapped(f"{logged.label}. Counted, not judged: what a figure means is for the clinician to say.")


def _course_rows(found: Summary) -> Iterator[Row]:
    missed = "".join(f", {count} {status.replace('_', ' ')}" for status, count in found.missed)
    yield "Appointments", f"{found.appointments}: {found.attended} attended{missed}"
    agreed = f" of {found.agreed_now} agreed" if found.agreed_now else ""
    unheld = f", {found.used_unattended} of them for a meeting that was not held" if found.used_unattended else ""
    yield "Sessions", f"{found.used} used{agreed}{unheld}"
    yield "Attendance", f"{found.attendance} = {found.attendance.percent(1)} of those the patient's side could attend"
    phases = (f"{phase.title} {_numbers(phase.held)}" for phase in found.phases)
    yield "Phases", "; ".join(phases)
    for focus in found.focuses:
        yield "Focus", _focus(focus)
    for chart in found.charts:
        moved = "".join(f", then {_step(step.title, step.session)}" for step in chart.states)
        yield "Chart", f"{chart.title}: {chart.start}{moved}"
    for asked in found.approvals:
        yield "Approval", _approval(asked)
    if found.plan:
        yield from _plan_rows(found.plan)
    yield "Inventory", counted(found.people, "person", "people")
    for fact in found.facts:
        yield "Fact", f"{fact.title}: {'not answered' if fact.value is None else fact.value}, {long_day(fact.on)}"
    yield "Risk alerts", _alerts(found.risk)
    yield "Review alerts", _alerts(found.review)
    recorded = ("amendment", found.amendments), ("deviation", found.deviations), ("correction", found.corrections)
    yield "On record", ", ".join(counted(number, word) for word, number in recorded)
    end = found.outcome
    yield "Outcome", f"{end.title} ({end.outcome}), {long_day(end.on)}" if end else "the course is under way"


def _plan_rows(plan: PlanSummary) -> Iterator[Row]:
    for one in plan.components:
        end = ", finished" if one.finished else ""
        outside = "" if one.planned else ", not in the plan"
        yield "Component", f"{one.title}: {_dose(one.reached)} of {one.dose}{end}{outside}"
    for step in plan.decisions:
        what = ", ".join(step.titles)
        who = f"{step.by} ({step.role})"
        who = f"{step.asked_by} ({step.asked_role}), approved by {who}" if step.asked_by else who
        yield f"Plan {step.what}", f"{what}, {long_day(step.on)}, by {who}: {step.because}"


def _approval(asked: ApprovalSummary) -> str:
    """What was asked for, by whom, when and why; then what became of it, decided by whom, when and why."""
    why = f": {asked.asked_why.rstrip('.')}" if asked.asked_why else ""
    told = f"{asked.title}: {asked.what}, asked on {long_day(asked.asked)} by {asked.asked_by}{why}"
    state = asked.state.replace("_", " ")
    if asked.answered is None:
        return f"{told}; {state}"
    because = f": {asked.because}" if asked.because else ""
    return f"{told}; {state} on {long_day(asked.answered)} by {asked.answered_by}{because}"


def _dose(reached: str) -> str:
    return spoken_amount(Fraction(reached))


def _focus(focus: FocusSummary) -> str:
    stages = (_step(stage.title, stage.session) for stage in focus.stages)
    return f"{focus.title}: {', then '.join(stages)}"


def _step(title: str, session: int | None) -> str:
    return f"{title} (session {session})" if session else title


def _alerts(found: AlertCount) -> str:
    return f"{found.raised} raised, {found.assessed} assessed, {found.same_day} on the same day"


def _numbers(held: tuple[int, ...]) -> str:
    """``1-3, 5`` for sessions 1, 2, 3 and 5; ``-`` for none."""
    runs: list[list[int]] = []
    for number in held:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs) or "-"


def _how_much(better: Fraction) -> str:
    """A change as a share of the first total: ``50 % better``, ``175 % worse``."""
    return f"{percent(abs(better))} {'better' if better > 0 else 'worse'}"


def _measure_rows(measure: MeasureSummary) -> Iterator[Row]:
    yield "Readings", str(measure.readings)
    yield "First", f"{_or_gap(measure.first)} {measure.first_band.replace('_', ' ')}".rstrip()
    yield "Last", f"{_or_gap(measure.last)} {measure.last_band.replace('_', ' ')}".rstrip()
    if measure.change is not None:
        share = f", {_how_much(measure.better)}" if measure.better else ""
        yield "Change", f"{measure.change:+}{share}"
    if measure.worst is not None:
        where = f" in session {measure.worst_in}" if measure.worst_in else ""
        yield "Worst", f"{measure.worst}{where}"
    for item in measure.risk:
        yield first_upper(item.label), " ".join("?" if answer is None else str(answer) for _, answer in item.answers)
    for rule in measure.rules:
        first = f"; first met in session {rule.first_met}" if rule.first_met else ""
        held = f", held in {_numbers(rule.held_in)}" if rule.held_in else ""
        yield rule.title, f"{rule.answer.value}{first}{held}"


def _or_gap(score: object) -> str:
    return "-" if score is None else str(score)


def _adherence_rows(found: Adherence) -> Iterator[Row]:
    for one in found.coverage:
        still = f"; not on record: {', '.join(one.open)}" if one.open else ""
        yield f"Required tasks, {one.title}", f"{one.share}{still}"
    shares: tuple[tuple[str, Share], ...] = (
        ("In their window", found.timing), ("In order", found.order), ("Routine of a session", found.routine),
        ("Sessions with focus work", found.focus), ("Focuses staged in time", found.staging),
        ("Stages with a reason", found.stage_reasons), ("Ending tasks", found.ending.share),
        ("Dose", found.dose),
    )  # fmt: skip
    yield from ((title, str(share)) for title, share in shares)
    for part in found.components:
        still = f"; not on record: {', '.join(part.open)}" if part.open else ""
        yield f"Component, {part.title}", f"{part.share}, dose {part.dose}{still}"
    if found.components:
        yield "Components with their least dose", str(found.plan)
    if found.ending.announced_ahead is not None:
        yield "Ending named", f"{counted(found.ending.announced_ahead, 'session')} ahead"
    yield "Topics kept out, yet logged", str(found.proscribed)
    if found.unlogged:
        yield "Sessions without a log", _numbers(found.unlogged)
    for technique in found.techniques:
        yield technique.title, str(technique.share)
