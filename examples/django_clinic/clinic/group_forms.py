"""Forms for groups: who is in one, what it plans, and a session of it in one form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet

import iptengine as ipt
from clinic.forms import AnyOf, Day, Keyed, Words
from clinic.models import WRITE, Patient
from iptengine import commands as c


class Named(forms.ModelMultipleChoiceField):
    """Boxes with names beside them."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, one: Any) -> str:
        return str(one.name if isinstance(one, Patient) else one.get_full_name() or one.get_username())


class OnePatient(forms.ModelChoiceField):
    def label_from_instance(self, one: Any) -> str:
        return str(one.name)


class OfAGroup(Keyed):
    """A form for a group, which has no version of its own."""

    def __init__(self, *args: Any, initial: Mapping[str, object], **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": uuid4().hex, **initial}, **kwargs)


def who_may_lead() -> QuerySet[User]:
    """Everybody who may write."""
    return User.objects.with_perm(WRITE, backend="django.contrib.auth.backends.ModelBackend").order_by("username")


class GroupForm(OfAGroup):
    """A group of patients whose courses have begun under one protocol for groups."""

    name = forms.CharField(max_length=100, help_text="Such as Tuesday evening; no name of a patient.")
    patients = Named(queryset=Patient.objects.none())
    leaders = Named(queryset=User.objects.none(), label="Led by")
    on = Day(label="From")
    because = forms.CharField(
        widget=Words, required=False, label="Form it all the same, because",
        help_text="Only when it is too small, too large, or not led as the protocol says.",
    )  # fmt: skip

    def __init__(self, *args: Any, patients: QuerySet[Patient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["patients"].queryset = patients
        self.fields["leaders"].queryset = who_may_lead()


class PlanForm(OfAGroup):
    """A session of the group that is planned."""

    on = Day(label="Day")
    time = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(min_value=1, max_value=600, required=False)


class JoinForm(OfAGroup):
    """One more patient in the group."""

    patient = OnePatient(queryset=Patient.objects.none())
    on = Day(label="From")
    because = forms.CharField(widget=Words, required=False, label="Because", help_text="Only when the group is full.")

    def __init__(self, *args: Any, patients: QuerySet[Patient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["patient"].queryset = patients


class LeaveForm(JoinForm):
    """A patient who has left the group."""

    because = forms.CharField(widget=Words, label="Because")


class MetForm(OfAGroup):
    """A session of the group in one form: who was there, who led, how long, what was done with all.

    No task is ticked in advance: sent untouched, the form says of none that it was done.
    """

    on = Day(label="Day")
    minutes = forms.IntegerField(min_value=1, max_value=600, required=False)
    led = AnyOf(label="Led by")
    done = AnyOf(label="Done with all who were there")

    def __init__(
        self,
        *args: Any,
        members: Sequence[tuple[str, str]],
        others: Mapping[str, str],
        statuses: Sequence[str],
        leaders: Sequence[tuple[str, str]],
        plan: Mapping[str, str],
        tasks: Iterable[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.members, self.others = members, others
        for course, name in members:
            choices = [(one, one.replace("_", " ")) for one in statuses]
            self.fields[f"at.{course}"] = forms.ChoiceField(choices=choices, label=name, initial="attended")
        self.fields["led"].choices = leaders
        self.fields["led"].initial = [leader for leader, _ in leaders]
        self.fields["led"].known = dict(leaders).__contains__
        self.fields["done"].choices = list(plan.items())
        self.fields["done"].known = set(tasks).__contains__

    def clean(self) -> dict[str, Any]:
        """The form was drawn for a day; another day can have other members, and each has to be said of."""
        given = super().clean() or self.cleaned_data
        for course, name in self.others.items():
            if f"at.{course}" in self.data:
                self.add_error(None, f"{name} was not in the group on that day. Look who was there, and save again.")
        for course, name in self.members:
            if f"at.{course}" not in self.data:
                self.add_error(None, f"{name} was in the group on that day. Say who was there, and save again.")
        return given

    def there(self) -> list[forms.BoundField]:
        """The field of each member, for the template."""
        return [self[f"at.{course}"] for course, _ in self.members]

    def absent(self) -> dict[str, str]:
        """Who was not there, and how."""
        said = {course: self.cleaned_data[f"at.{course}"] for course, _ in self.members}
        return {course: status for course, status in said.items() if status != "attended"}


def day_of(posted: Any) -> date | None:
    """The day that a form speaks of, where it was sent with one."""
    try:
        return Day().clean(posted.get("on")) if posted else None
    except forms.ValidationError:
        return None


def statuses_of(ways: Iterable[ipt.Way]) -> Sequence[str]:
    """How somebody can have been there, or not."""
    return next((way.fields["status"] for way in ways if isinstance(way.command, c.RecordSession)), ("attended",))


def tasks_of(ways: Iterable[ipt.Way]) -> Sequence[str]:
    """What can have been done in a session."""
    return next((way.fields["exceptions"] for way in ways if isinstance(way.command, c.RecordSession)), ())
