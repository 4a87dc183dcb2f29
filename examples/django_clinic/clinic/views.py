"""The pages. Each shows what the library says, or passes on what a clinician says; none decides anything."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

import iptengine as ipt
from clinic.access import groups_of, needs, patients_of
from clinic.desk import Answer, actor, desk, protocols, record, seen_by
from clinic.forms import AnywayForm, BeginForm, Drawn, SessionForm, WayForm
from clinic.models import READ, WRITE, Patient
from clinic.ways import in_words, name_of, reports, requests, sign, unsign
from iptengine import commands as c


@needs(READ)
def caseload(request: HttpRequest) -> HttpResponse:
    """My patients, what is due, and every alert."""
    patients = {patient.course_id: patient for patient in patients_of(request.user)}
    today = timezone.localdate()
    due = seen_by(request.user).due(on=today, courses=patients)
    alerts = seen_by(request.user).alerts(courses=patients)
    return render(
        request,
        "clinic/caseload.html",
        {
            "patients": patients.values(),
            "groups": groups_of(request.user),
            "alerts": [(patients[alert.course], alert) for alert in alerts],
            "due": [(patients[line.course], line) for line in due if line.kind != "alert"],
        },
    )


@needs(WRITE)
@sensitive_post_parameters()
def begin(request: HttpRequest) -> HttpResponse:
    """A patient, and the course that begins: two tables, one transaction."""
    form = BeginForm(request.POST or None, protocols=protocols(), initial={"on": timezone.localdate()})
    if not form.is_valid():
        return render(request, "clinic/begin.html", {"form": form})
    said = form.cleaned_data
    course, by = said["course"].hex, actor(request.user)
    try:
        with transaction.atomic():
            desk().start(said["protocol"], by=by, on=said["on"], course=course, called=said["called"])
            patient = Patient.objects.create(name=said["name"], course_id=course, therapist=request.user)
    except ipt.CourseExists as known:  # the form was sent twice; nothing was recorded now
        patient = get_object_or_404(patients_of(request.user), course_id=course)
        if not _begun_by(form, patient, known.done.course):
            form.add_error(None, BEGUN)
            return render(request, "clinic/begin.html", {"form": form}, status=409)
    return redirect("page", patient.pk)


BEGUN = "This form has begun another course already, so nothing was recorded. Open the page again and fill it in anew."


def _begun_by(form: BeginForm, patient: Patient, course: ipt.Course) -> bool:
    """Whether a course is the one that this form asks for: what was changed in between must not be lost in silence."""
    said = form.cleaned_data
    begun = (patient.name, course.called, course.protocol, course.started)
    return begun == (said["name"], said["called"], said["protocol"], said["on"])


@needs(READ)
def page(request: HttpRequest, patient: int) -> HttpResponse:
    """The page before a session, the form after it, and what else can be said."""
    return _page(request, _patient(request, patient))


@needs(READ)
def paper(request: HttpRequest, patient: int) -> HttpResponse:
    """The patient's own page, to print; it goes home, and names no person, problem or score."""
    course = _patient(request, patient).course_id
    agenda = seen_by(request.user).agenda(course, on=timezone.localdate(), audience="patient")
    return render(request, "clinic/paper.html", {"agenda": agenda.html})


@needs(WRITE)
@require_POST
@sensitive_post_parameters()
def session(request: HttpRequest, patient: int) -> HttpResponse:
    """A whole session by one form."""
    found = _patient(request, patient)
    form = _session_form(found, desk().ways(found.course_id, on=timezone.localdate()), request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    return _recorded(request, found, form, *form.commands())


@needs(WRITE)
@sensitive_post_parameters()
def say(request: HttpRequest, patient: int, way: str) -> HttpResponse:
    """One thing to say, by a form drawn from its way."""
    found = _patient(request, patient)
    posted = request.POST or None
    drawn = unsign(found.course_id, posted.get("drawn", "")) if posted else _offered(found, way)
    course = desk().course(found.course_id)
    form = WayForm(posted, course=course, way=drawn, items=_items(course, drawn.command))
    if not form.is_valid():
        told = {"patient": found, "form": form, "way": drawn, "words": in_words(drawn.command)}
        told["alerts"] = _waiting(request, found)
        return render(request, "clinic/say.html", told)
    return _recorded(request, found, form, form.cleaned_data["command"])


@needs(WRITE)
@require_POST
@sensitive_post_parameters()
def anyway(request: HttpRequest, patient: int) -> HttpResponse:
    """A refused request that the clinician makes all the same, with the reason."""
    found = _patient(request, patient)
    form = AnywayForm(request.POST, course=desk().course(found.course_id))
    if not form.is_valid():
        return render(
            request,
            "clinic/anyway.html",
            {"patient": found, "form": form, "alerts": _waiting(request, found)},
            status=400,
        )
    return _recorded(request, found, form, form.cleaned_data["command"])


# -- what the views share ----------------------------------------------------------------------------------------


def _patient(request: HttpRequest, number: int) -> Patient:
    return get_object_or_404(patients_of(request.user), pk=number)


def _offered(patient: Patient, name: str) -> ipt.Way:
    ways = {name_of(way): way for way in desk().ways(patient.course_id, on=timezone.localdate())}
    if name not in ways:
        raise Http404("this cannot be said to the course any more")
    return ways[name]


def _page(request: HttpRequest, patient: Patient, form: SessionForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    agenda = seen_by(request.user).agenda(patient.course_id, on=today)
    told: dict[str, Any] = {"patient": patient, "agenda": agenda.html}  # Markup: a template shows it as it is
    if request.user.has_perm(WRITE):
        ways = desk().ways(patient.course_id, on=today)
        course = desk().course(patient.course_id)
        told |= {
            "form": form or _session_form(patient, ways),
            "assessments": _assessments(course, ways),
            "requests": [(name, in_words(way.command), way) for name, way in requests(ways)],
            "reports": [(name, in_words(way.command)) for name, way in reports(ways)],
        }
    return render(request, "clinic/page.html", told)


def _session_form(patient: Patient, ways: tuple[ipt.Way, ...], posted: Any = None) -> SessionForm:
    today = timezone.localdate()
    course = desk().course(patient.course_id)
    agenda = desk().agenda(patient.course_id, on=today)
    steps = agenda.value.steps if agenda.value else ()
    plan = {task.task: task.do for step in steps for task in step.tasks}
    protocol = _protocol(course)
    measures = protocol.measures if protocol else {}
    return SessionForm(posted, course=course, ways=ways, plan=plan, measures=measures, initial={"on": today})


def _protocol(course: ipt.Course) -> ipt.Protocol | None:
    """The protocol a course keeps, which may no longer be one that new courses begin under."""
    return next((one for one in protocols() if one.digest == course.digest), None)


def _items(course: ipt.Course, command: ipt.Command) -> Any:
    """The items of a measure or a checklist by their names, each with its question."""
    protocol = _protocol(course)
    if protocol is None:
        return {}
    if isinstance(command, c.Read):
        return protocol.measures[command.measure].items
    return protocol.spec.checklists[command.checklist].items if isinstance(command, c.FillChecklist) else {}


def _assessments(course: ipt.Course, ways: tuple[ipt.Way, ...]) -> list[tuple[str, ipt.Alert, WayForm]]:
    """For every alert that needs an assessment: the alert, and the form for it."""
    known = {alert.id: alert for alert in course.alerts}
    asked = [way for way in ways if isinstance(way.command, c.AssessAlert)]
    return [(name_of(way), known[way.command.alert], WayForm(course=course, way=way)) for way in asked]


def _recorded(request: HttpRequest, patient: Patient, form: Drawn, *commands: ipt.Command) -> HttpResponse:
    said = form.cleaned_data
    by = actor(request.user)
    answer = record(patient.course_id, commands, by=by, expected=said["version"], key=said["key"])
    told = _told(answer)
    raised = {alert.id for alert in told.get("alerts", ())}
    waiting = [alert for alert in _waiting(request, patient) if alert.id not in raised]
    return render(request, "clinic/recorded.html", {"patient": patient, **told, "waiting": waiting})


def _waiting(request: HttpRequest, patient: Patient) -> list[ipt.Alert]:
    """The alerts that wait for an assessment: they stand first on every page about this patient."""
    found = seen_by(request.user).alerts(courses=[patient.course_id])
    return [alert for alert in found if alert.needs_assessment]


def _told(answer: Answer) -> dict[str, Any]:
    """An answer for people: alerts first, then what was not done, and the form to go on all the same."""
    since = [(event, event.kind.replace("_", " ")) for event in answer.since]
    told: dict[str, Any] = {
        "since": since,
        "held_back": answer.held_back,
        "denied": [in_words(no.command) for no in answer.denied],
    }
    done = answer.done
    if done is None:
        return told
    return told | {
        "alerts": done.alerts,
        "refused": [(no, in_words(no.command), _anyway_form(done.course, no)) for no in done.refused],
        "lost": [warning.text for warning in done.warnings if warning.code == "not_recorded"],
        "warnings": [warning.text for warning in done.warnings if warning.code != "not_recorded"],
        "events": [event.kind.replace("_", " ") for event in done.events],
    }


def _anyway_form(course: ipt.Course, no: ipt.Refused) -> AnywayForm | None:
    if not no.overridable:
        return None
    return AnywayForm(course=course, initial={"refused": sign(course.id, ipt.Way(no.command, False, (), {}))})
