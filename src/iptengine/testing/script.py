"""A happening of a vignette as commands, in the order of its keys, each with the name it is known by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from iptengine.authoring.vignette_told import Happening, Terms
from iptengine.authoring.vignette_values import Taken
from iptengine.course import commands as c
from iptengine.course.course import Alert, Course
from iptengine.testing.script_group import held_in, joined, left, missed_in

Named = tuple[str, c.Command]
"""The key that tells it, with the name under it: ``phq9``, ``tasks.link``; and the command."""


@dataclass(frozen=True, slots=True)
class NoSuchAlert:
    """A vignette speaks of an alert, or an approval, that is not there."""

    key: str
    code: str
    wanted: str = "an alert that can be moved so"


Line = Named | NoSuchAlert
Part = Callable[[Happening, Course], Iterator[Line]]


def script(told: Happening, course: Callable[[], Course]) -> Iterator[Line]:
    """The commands of a happening; `course` is asked again for each key, because alerts are named by their codes."""
    for part in _PARTS:
        yield from part(told, course())


# -- the meeting, and what was taken in it -----------------------------------------------------------------------


def _end_pause(told: Happening, course: Course) -> Iterator[Line]:
    if told.end_pause:
        yield "end_pause", c.EndPause()


def _pause(told: Happening, course: Course) -> Iterator[Line]:
    if told.pause is not None:
        yield "pause", c.Pause(told.pause.name, because=told.pause.because)


def _status(told: Happening, course: Course) -> Iterator[Line]:
    if told.status == "attended":
        yield "status", c.HoldSession(minutes=told.minutes, mode=told.mode, present=told.present, **held_in(told))
    elif told.status is not None:
        yield "status", c.MissSession(told.status, why=told.why, moved_to=told.moved_to, **missed_in(told))


def _record(told: Happening, course: Course) -> Iterator[Line]:
    whole = told.record
    if whole is not None:
        scores = {name: _as_scores(taken) for name, taken in whole.scores.items()}
        yield (
            "record",
            c.RecordSession(
                status=whole.status, scores=scores, exceptions=whole.exceptions, note=whole.note,
                minutes=whole.minutes, mode=whole.mode, present=whole.present,
            ),
        )  # fmt: skip


def _as_scores(taken: Taken) -> Mapping[str, object]:
    return taken if isinstance(taken, Mapping) else {"total": taken}


def _contact(told: Happening, course: Course) -> Iterator[Line]:
    for name, contact in told.contact.items():
        yield (
            f"contact.{name}",
            c.RecordContact(name, mode=contact.mode, present=contact.present, to=contact.to, note=contact.note),
        )


def _wordings(told: Happening, course: Course) -> Iterator[Line]:
    for measure, items in told.words.items():
        for item, text in items.items():
            yield f"words.{measure}.{item}", c.WordItem(measure, item, text)


def _readings(told: Happening, course: Course) -> Iterator[Line]:
    for name, taken in told.readings.items():
        scores = _as_scores(taken)
        answers = {item: value for item, value in scores.items() if item != "total"}
        yield name, c.Read(name, answers=answers, total=scores.get("total"))


def _facts(told: Happening, course: Course) -> Iterator[Line]:
    for name, value in told.facts.items():
        yield f"facts.{name}", c.RecordFact(name, value)
    for name, day in told.expected.items():
        yield f"expected.{name}", c.RecordFact(name, day.isoformat(), expected=True)


def _checklist(told: Happening, course: Course) -> Iterator[Line]:
    words = {"yes": True, "no": False}
    for name, filled in told.checklist.items():
        answers = {question: words.get(answer or "") for question, answer in filled.answers.items()}
        yield f"checklist.{name}", c.FillChecklist(name, answers, decision=filled.decision)


# -- corrections and alerts --------------------------------------------------------------------------------------


def _correct(told: Happening, course: Course) -> Iterator[Line]:
    if told.correct is not None:
        wrong = told.correct
        for line in script(wrong.now, lambda: course):
            if not isinstance(line, NoSuchAlert):
                key, command = line
                event = event_id(wrong.happening, key)
                yield f"correct.{key}", c.Correct(event, command, because=wrong.because)


def _withdraw(told: Happening, course: Course) -> Iterator[Line]:
    if told.withdraw is not None:
        gone = told.withdraw
        yield "withdraw", c.Withdraw(event_id(gone.happening, gone.what), because=gone.because)


def _void(told: Happening, course: Course) -> Iterator[Line]:
    if told.void is not None:
        gone = told.void
        event = event_id(gone.happening, gone.what)
        yield "void", c.Void(event, because=gone.because, meant_for=gone.meant_for)


def command_id(happening: str, key: str) -> str:
    """The id of the command that a key of a happening stands for; the same on every run."""
    return f"{happening}:{key}"


def event_id(happening: str, key: str) -> str:
    """The id of the first event that a key of a happening recorded."""
    return f"{command_id(happening, key)}.1"


def _alerts(course: Course, code: str, ready: Callable[[Alert], bool]) -> list[Alert]:
    return [alert for alert in course.alerts if code in (alert.code, "all") and ready(alert)]


def _acknowledge(told: Happening, course: Course) -> Iterator[Line]:
    for code in told.acknowledge:
        found = _alerts(course, code, lambda alert: alert.state == "open")
        yield from _each("acknowledge", code, found, lambda alert: c.AcknowledgeAlert(alert.id))


def _assess(told: Happening, course: Course) -> Iterator[Line]:
    for code, how in told.assess.items():
        found = _alerts(course, code, lambda alert: alert.needs_assessment)
        make = _assessment(how.found, how.plan)
        yield from _each("assess", code, found, make)


def _assessment(found: str, plan: str) -> Callable[[Alert], c.Command]:
    return lambda alert: c.AssessAlert(alert.id, found=found, plan=plan)


def _monitor(told: Happening, course: Course) -> Iterator[Line]:
    for code in told.monitor:
        found = _alerts(course, code, lambda alert: alert.state == "assessed")
        yield from _each("monitor", code, found, lambda alert: c.MonitorAlert(alert.id))


def _close(told: Happening, course: Course) -> Iterator[Line]:
    for code, because in told.close.items():
        found = _alerts(course, code, lambda alert: alert.state != "closed")
        yield from _each("close", code, found, _closing(because))


def _closing(because: str) -> Callable[[Alert], c.Command]:
    return lambda alert: c.CloseAlert(alert.id, because=because)


def _each(key: str, code: str, found: list[Alert], make: Callable[[Alert], c.Command]) -> Iterator[Line]:
    if not found:
        yield NoSuchAlert(key, code)
    for place, alert in enumerate(found):
        yield (f"{key}.{code}{f'-{place + 1}' if place else ''}", make(alert))


# -- approvals ---------------------------------------------------------------------------------------------------


def _approvals(told: Happening, course: Course) -> Iterator[Line]:
    for name in told.approve:
        yield from _answer(course, "approve", name, "waiting", c.Approve)
    for name, because in told.decline.items():
        yield from _answer(course, "decline", name, "", partial(c.Decline, because=because))
    for name in told.confirm:
        yield from _answer(course, "confirm", name, "to_confirm", c.Confirm)


def _answer(course: Course, key: str, name: str, state: str, make: Callable[[str], c.Command]) -> Iterator[Line]:
    """The answer to what was asked first under an approval and is still open; `state` limits it to one kind."""
    found = [a for a in course.approvals if a.approval == name and a.open and state in ("", a.state)]
    if found:
        yield f"{key}.{name}", make(found[0].id)
    else:
        yield NoSuchAlert(key, name, "an approval that can be answered so")


# -- the work ----------------------------------------------------------------------------------------------------


def _done(told: Happening, course: Course) -> Iterator[Line]:
    for done in told.done:
        yield f"done.{done}", c.DoTask(done)
    for name, task in told.tasks.items():
        yield (
            f"tasks.{name}",
            c.DoTask(name, how=task.how, techniques=task.techniques, focus=task.focus, note=task.note),
        )
    for name in told.defer:
        yield f"defer.{name}", c.Defer(name)


def _known(told: Happening, course: Course) -> Iterator[Line]:
    if told.diagnosis is not None:
        yield "diagnosis", c.RecordDiagnosis(told.diagnosis.diagnosis, criteria=told.diagnosis.criteria)
    if told.waive_diagnosis is not None:
        yield "waive_diagnosis", c.WaiveDiagnosis(because=told.waive_diagnosis)
    for key, person in told.people.items():
        known = person.model_dump(exclude={"name"})
        yield f"people.{key}", c.RecordPerson(person.name or key, **known)
    for key, event in told.life_events.items():
        yield f"life_events.{key}", c.RecordLifeEvent(event.what, when=event.when, symptoms=event.symptoms)
    if told.formulation is not None:
        yield "formulation", c.WriteFormulation(told.formulation.text, agreed=told.formulation.agreed)


def _terms(terms: Terms) -> dict[str, object]:
    frequency = str(terms.frequency) if terms.frequency else None
    return {
        "sessions": terms.sessions, "frequency": frequency, "minutes": terms.minutes, "mode": terms.mode,
        "missed": terms.missed,
    }  # fmt: skip


def _contract(told: Happening, course: Course) -> Iterator[Line]:
    if told.contract is not None:
        yield "contract", c.AgreeContract(**_terms(told.contract))  # type: ignore[arg-type]
    if told.amend is not None:
        until, why = told.amend.frequency_until, told.amend.because
        yield "amend", c.AmendContract(because=why, frequency_until=until, **_terms(told.amend))  # type: ignore[arg-type]


def _focus(told: Happening, course: Course) -> Iterator[Line]:
    for id, focus in told.focus.items():
        yield (
            f"focus.{id}",
            c.AgreeFocus(focus.area, id=id, person=focus.person, primary=focus.primary, because=focus.because),
        )
    for old, change in told.change_focus.items():
        yield (
            f"change_focus.{old}",
            c.ChangeFocus(old, to=change.to, id=change.id, person=change.person, because=change.because),
        )
    for id, because in told.close_focus.items():
        yield f"close_focus.{id}", c.CloseFocus(id, because=because)
    for id, stage in told.stage.items():
        yield (
            f"stage.{id}",
            c.Restage(id, to=stage.to, because=stage.because, new_information=stage.new_information),
        )


def _chart(told: Happening, course: Course) -> Iterator[Line]:
    for name, chart in told.chart.items():
        yield f"chart.{name}", c.MoveChart(name, to=chart.to, because=chart.because)


def _plan(told: Happening, course: Course) -> Iterator[Line]:
    if told.plan is not None:
        plan = told.plan
        yield "plan", c.ChoosePlan(components=plan.components, order=plan.order or "", because=plan.because)
    if told.change_plan is not None:
        yield "change_plan", c.ChangePlan(told.change_plan.components, because=told.change_plan.because)
    for name, because in told.interrupt.items():
        yield f"interrupt.{name}", c.Interrupt(name, because=because)
    for name, dose in told.deliver.items():
        yield f"deliver.{name}", c.DeliverComponent(name, dose=dose)
    for name, because in told.finish.items():
        yield f"finish.{name}", c.FinishComponent(name, because=because)
    if told.resume is not None:
        yield "resume", c.Resume(because=told.resume)


def _words(told: Happening, course: Course) -> Iterator[Line]:
    for place, goal in enumerate(told.goals):
        yield _numbered("goals", place), c.SetGoal(goal)
    if told.review_homework is not None:
        yield "review_homework", c.ReviewHomework(how=told.review_homework.how, note=told.review_homework.note)
    for place, text in enumerate(told.homework):
        yield _numbered("homework", place), c.AssignHomework(text)
    for place, text in enumerate(told.note):
        yield _numbered("note", place), c.WriteNote(text)
    for place, text in enumerate(told.remind):
        yield _numbered("remind", place), c.RemindMe(text)


def _numbered(key: str, place: int) -> str:
    return f"{key}-{place + 1}" if place else key


def _moves(told: Happening, course: Course) -> Iterator[Line]:
    if told.announce:
        yield "announce", c.AnnounceEnding()
    if told.enter is not None:
        yield "enter", c.EnterPhase(told.enter)
    if told.end is not None:
        yield "end", c.EndCourse(told.end.outcome, reason=told.end.reason, note=told.end.note)
    yield from left(told, course)
    if told.deviate is not None:
        for line in script(told.deviate.request, lambda: course):
            if not isinstance(line, NoSuchAlert):
                yield f"deviate.{line[0]}", c.Deviate(line[1], because=told.deviate.because)
    for name in told.prepare:
        yield f"prepare.{name}", c.PrepareMessage(name)
    if told.book is not None:
        plan = told.book
        yield (
            "book",
            c.Book(
                on=plan.on,
                time=plan.time,
                minutes=plan.minutes,
                mode=plan.mode,
                present=plan.present,
                group=plan.group or "",
            ),
        )


_PARTS: tuple[Part, ...] = (
    joined,
    _end_pause,
    _status, _record, _contact, _wordings, _readings, _facts, _checklist, _correct, _withdraw,
    _void,
    _acknowledge,
    _assess, _monitor, _close, _approvals, _done, _known, _contract, _focus, _chart, _plan, _words,
    _pause,
    _moves,
)  # fmt: skip
