"""The pages of groups: said once, recorded in each member's own course. For those who lead the group."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

import iptengine as ipt
from clinic.access import groups_of, needs, patients_of
from clinic.desk import GroupAnswer, actor, desk, record_for_all, seen_by, user_id
from clinic.forms import WayForm
from clinic.group_forms import (
    GroupForm,
    JoinForm,
    LeaveForm,
    MetForm,
    OfAGroup,
    PlanForm,
    day_of,
    statuses_of,
    tasks_of,
)
from clinic.models import READ, WRITE, Patient, PatientGroup
from clinic.ways import in_words, name_of, to_all, unsign
from iptengine import commands as c


@needs(WRITE)
@sensitive_post_parameters()
def form(request: HttpRequest) -> HttpResponse:
    """Form a group: a row of our own, and every member's course, in one transaction."""
    initial = {"on": timezone.localdate(), "leaders": [request.user.pk]}
    patients = patients_of(request.user) if request.POST else may_join(request.user)
    asked = GroupForm(request.POST or None, patients=patients, initial=initial)
    if asked.is_valid():
        try:
            return _form(request, asked.cleaned_data)
        except (ipt.Refused, ipt.GroupExists) as no:
            _not_now(asked, no)
    return render(request, "clinic/form_group.html", {"form": asked})


def _form(request: HttpRequest, said: Mapping[str, Any]) -> HttpResponse:
    name = f"g{said['key'].partition('.')[0]}"  # without the digest: the form stands for one group
    with transaction.atomic():
        row, _ = PatientGroup.objects.get_or_create(group_id=name, defaults={"name": said["name"]})
        row.leaders.set(said["leaders"])
        row.patients.set(said["patients"])
        leaders = [user_id(leader) for leader in said["leaders"]]
        courses = [patient.course_id for patient in said["patients"]]
        answer = record_for_all(
            lambda clinic: clinic.form_group(
                name, courses, facilitators=leaders, by=actor(request.user), on=said["on"], because=said["because"],
                key=said["key"],
            )
        )  # fmt: skip
    return _recorded(request, row, answer)


@needs(READ)
def page(request: HttpRequest, group: int) -> HttpResponse:
    """The page before the group meets, and the forms for what it does."""
    return _page(request, _group(request, group))


@needs(WRITE)
@require_POST
@sensitive_post_parameters()
def met(request: HttpRequest, group: int) -> HttpResponse:
    """A session of the group by one form."""
    row = _group(request, group)
    asked = _Table(request, row).met(request.POST)
    if not asked.is_valid():
        return _page(request, row, met=asked)
    said = asked.cleaned_data
    if not asked.members:
        asked.add_error("on", "Nobody was in the group on that day.")
        return _page(request, row, met=asked)
    answer = record_for_all(
        lambda clinic: clinic.hold_group_session(
            row.group_id, on=said["on"], by=actor(request.user), key=said["key"], absent=asked.absent(),
            facilitators=said["led"], minutes=said["minutes"], done=said["done"],
        )
    )  # fmt: skip
    return _recorded(request, row, answer)


@needs(WRITE)
@require_POST
@sensitive_post_parameters()
def plan(request: HttpRequest, group: int) -> HttpResponse:
    """A session of the group that is planned."""
    row = _group(request, group)
    asked = PlanForm(request.POST, initial={})
    if not asked.is_valid():
        return _page(request, row, plan=asked)
    said = asked.cleaned_data
    at = said["time"].strftime("%H:%M") if said["time"] else ""
    answer = record_for_all(
        lambda clinic: clinic.book_group_session(
            row.group_id, on=said["on"], by=actor(request.user), key=said["key"], time=at, minutes=said["minutes"]
        )
    )
    return _recorded(request, row, answer)


@needs(WRITE)
@require_POST
@sensitive_post_parameters()
def join(request: HttpRequest, group: int) -> HttpResponse:
    """One more patient."""
    row = _group(request, group)
    asked = JoinForm(request.POST, patients=patients_of(request.user), initial={})
    return _moved(request, row, asked, "join")


@needs(WRITE)
@require_POST
@sensitive_post_parameters()
def leave(request: HttpRequest, group: int) -> HttpResponse:
    """A patient has left; the course goes on."""
    row = _group(request, group)
    known = [member.course for member in desk().group(row.group_id).members]
    asked = LeaveForm(request.POST, patients=Patient.objects.filter(course_id__in=known), initial={})
    return _moved(request, row, asked, "leave")


@needs(WRITE)
@sensitive_post_parameters()
def say(request: HttpRequest, group: int, way: str) -> HttpResponse:
    """One thing said to all members, by a form drawn from its way."""
    row = _group(request, group)
    table = _Table(request, row)
    posted = request.POST or None
    drawn = unsign(row.group_id, posted.get("drawn", "")) if posted else table.offered(way)
    asked = WayForm(posted, course=_Signed(row.group_id), way=drawn)
    if not asked.is_valid():
        told = {"group": row, "form": asked, "words": in_words(drawn.command), "alerts": table.alerts()}
        told["shut"] = table.shut(drawn)
        return render(request, "clinic/say_to_all.html", told)
    said = asked.cleaned_data
    command, key, today = said["command"], said["key"], timezone.localdate()
    answer = record_for_all(
        lambda clinic: clinic.tell_group(row.group_id, command, by=actor(request.user), on=today, key=key)
    )
    return _recorded(request, row, answer)


# -- what the views share ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Signed:
    """What a form for all is signed for; a group has no version of its own."""

    id: str
    version: int = 0


def _group(request: HttpRequest, number: int) -> PatientGroup:
    return get_object_or_404(groups_of(request.user), pk=number)


def may_join(user: Any) -> QuerySet[Patient]:
    """The patients of a user whose courses can join a group, and are in none."""
    found = patients_of(user)
    today = timezone.localdate()
    able = [
        patient.pk
        for patient in found
        if any(isinstance(way.command, c.JoinGroup) for way in _ways(desk(), patient.course_id, today))
    ]
    return found.filter(pk__in=able)


def _ways(asked: ipt.Clinic | ipt.Reader, course: str, today: date) -> Sequence[ipt.Way]:
    """The ways of a course; none where it does not open or is not there: it takes nobody the page of a group."""
    try:
        return asked.ways(course, on=today)
    except (ipt.StoreError, ipt.UnknownCourse, ipt.UnknownProtocol):  # group page and caseload name it, and say why
        return ()


def _not_now(asked: OfAGroup, no: ipt.IptengineError) -> None:
    reasons = [reason.text for reason in no.reasons] if isinstance(no, ipt.Refused) else [str(no)]
    for text in reasons:
        asked.add_error(None, f"Not now: {text}.")


def _moved(request: HttpRequest, row: PatientGroup, asked: OfAGroup, move: str) -> HttpResponse:
    """Somebody joined or left: our row and the course, in one transaction."""
    if asked.is_valid():
        said = asked.cleaned_data
        patient: Patient = said["patient"]
        try:
            with transaction.atomic():
                (row.patients.add if move == "join" else row.patients.remove)(patient)
                change = desk().join_group if move == "join" else desk().leave_group
                done = change(
                    row.group_id, patient.course_id, by=actor(request.user), on=said["on"], because=said["because"],
                    key=said["key"],
                )  # fmt: skip
        except ipt.Refused as no:
            _not_now(asked, no)
        else:
            told = ipt.GroupDone(desk().group(row.group_id), {patient.course_id: done})
            return _recorded(request, row, GroupAnswer(told))
    return _page(request, row, **{move: asked})


class _Table:
    """A group as somebody may see it today."""

    def __init__(self, request: HttpRequest, row: PatientGroup) -> None:
        self.row, self.today = row, timezone.localdate()
        self.user = request.user
        self.reader = seen_by(request.user)
        self.group = self.reader.group(row.group_id)
        self.here = self.group.on(self.today)
        known = [member.course for member in self.group.members]
        self.patients = {one.course_id: one for one in Patient.objects.filter(course_id__in=known)}
        self.leaders = {user_id(one): one.get_full_name() or one.get_username() for one in row.leaders.all()}

    def alerts(self) -> list[tuple[Patient, ipt.Alert]]:
        """The risk alerts of the members that wait for somebody."""
        found = self.reader.alerts(courses=self.patients)
        return [(self.patients[one.course], one) for one in found if one.needs_assessment]

    @cached_property
    def ways(self) -> list[Sequence[ipt.Way]]:
        """What can be said to each of those who are in it."""
        return [_ways(self.reader, course, self.today) for course in self.here]

    def offered(self, name: str) -> ipt.Way:
        found = to_all(self.ways)
        if name not in found:
            raise Http404("this cannot be said to the group any more")
        # Open for all as for one: each course answers for itself, and going on all the same is for one course alone.
        return replace(found[name].way, open=True)

    def shut(self, way: ipt.Way) -> list[tuple[str, tuple[ipt.Reason, ...]]]:
        """The members for whom it is not open now, by name, and why."""
        found = to_all(self.ways).get(name_of(way))
        return [(self.name(self.here[n]), reasons) for n, reasons in found.shut] if found else []

    def may_join(self) -> QuerySet[Patient]:
        return may_join(self.user)

    def met(self, posted: Any = None, agenda: Any = None) -> MetForm:
        """The form for a session: who was in the group that day by name, who leads, and the plan that all share."""
        ways = [way for of_one in self.ways for way in of_one]
        here = self.group.on(day_of(posted) or self.today)
        value = (agenda or self.reader.group_agenda(self.row.group_id, on=self.today)).value
        steps = value.steps if value else ()
        return MetForm(
            posted,
            members=[(course, self.name(course)) for course in here],
            others={course: self.name(course) for course in self.patients if course not in here},
            statuses=statuses_of(ways),
            leaders=list(self.leaders.items()),
            plan={task.task: task.do for step in steps for task in step.tasks},
            tasks=tasks_of(ways),
            initial={"on": self.today, "minutes": value.minutes if value else None},
        )

    def name(self, course: str) -> str:
        return self.patients[course].name if course in self.patients else course

    def in_names(self, html: str) -> SafeString:
        """The page with names in place of ids; the library knows none."""
        links: dict[str, str] = {
            course: format_html('<a href="{}">{}</a>', reverse("page", args=[one.pk]), one.name)
            for course, one in self.patients.items()
        }
        said = {**self.leaders, self.row.group_id: self.row.name}
        links |= {id: format_html("{}", name) for id, name in said.items()}
        # The library escaped its fragment, and `format_html` what is put into it.
        ids = re.compile(r"\b(" + "|".join(map(re.escape, links)) + r")\b")
        return mark_safe(ids.sub(lambda found: links[found[1]], html))


def _page(request: HttpRequest, row: PatientGroup, **drawn: OfAGroup) -> HttpResponse:
    table = _Table(request, row)
    agenda = table.reader.group_agenda(row.group_id, on=table.today)
    told: dict[str, Any] = {"group": row, "agenda": table.in_names(agenda.html)}
    told["members"] = [table.patients[course] for course in table.here if course in table.patients]
    if request.user.has_perm(WRITE):
        on = {"on": table.today}
        told |= {
            "met": drawn.get("met") or table.met(agenda=agenda),
            "plan": drawn.get("plan") or PlanForm(initial={"on": agenda.value.day if agenda.value else table.today}),
            "join": drawn.get("join") or JoinForm(patients=table.may_join(), initial=on),
            "leave": drawn.get("leave") or LeaveForm(patients=row.patients.all(), initial=on),
            "open": [name for name in ("plan", "join", "leave") if name in drawn],
            "moves": [(name, in_words(found.way.command), found) for name, found in to_all(table.ways).items()],
            "many": len(table.here),
        }  # fmt: skip
    return render(request, "clinic/group.html", told)


def _recorded(request: HttpRequest, row: PatientGroup, answer: GroupAnswer) -> HttpResponse:
    """What came of it: alerts first, then what was not done, by name."""
    table = _Table(request, row)
    done = answer.done
    refused = [
        (table.name(course), table.patients.get(course), in_words(no.command), no.reasons)
        for course, found in done.refused.items()
        for no in found
    ]
    warned = [
        (table.name(course), warning.text)
        for course, one in done.courses.items()
        for warning in one.warnings
        if warning not in done.warnings
    ]
    told = {
        "group": row,
        "alerts": table.alerts(),
        "failed": [(table.name(course), str(why)) for course, why in answer.failed.items()],
        "denied": [(table.name(no.course), in_words(no.command)) for no in answer.denied],
        "refused": refused,
        "warnings": [warning.text for warning in done.warnings],
        "warned": warned,
        "kept": [
            (table.name(course), [event.kind.replace("_", " ") for event in one.events])
            for course, one in done.courses.items()
            if one.events
        ],
    }
    return render(request, "clinic/group_recorded.html", told)
