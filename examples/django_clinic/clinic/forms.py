"""Forms drawn from what a course takes today (`Clinic.ways`), and the commands they become."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from datetime import date
from typing import Any, get_args, get_type_hints
from uuid import uuid4

from django import forms

import iptengine as ipt
from clinic.ways import TO_FILL, in_words, is_signed, sign, unsign
from iptengine import commands as c


class Day(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class Words(forms.Textarea):
    """Room for a sentence or two."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 2})


class BeginForm(forms.Form):
    """A patient, and the course that begins. The form knows the id of that course: sent twice, it begins one."""

    name = forms.CharField(max_length=200)
    called = forms.CharField(max_length=40, label="Called on the pages", help_text="Initials are best.")
    protocol = forms.ChoiceField()
    on = Day(label="Begins on")
    course = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, protocols: Iterable[ipt.Protocol], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["protocol"].choices = [(one.ref, one.title) for one in protocols]


class Keyed(forms.Form):
    """A form with a key: posted twice, it counts once."""

    key = forms.CharField(widget=forms.HiddenInput)

    def clean_key(self) -> str:
        """The key with a digest of what was posted: other values under it are recorded, and not taken for said."""
        said = {name: self.data.getlist(name) for name in self.data if name != "csrfmiddlewaretoken"}
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        return f"{self.cleaned_data['key']}.{digest[:16]}"


class Drawn(Keyed):
    """A form that knows the version of the course it was drawn from."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, course: Any, **kwargs: Any) -> None:
        self.course = course  # anything with an id and a version
        drawn = {"version": course.version, "key": uuid4().hex}
        super().__init__(*args, **{**kwargs, "initial": {**drawn, **kwargs.get("initial", {})}})

    def clean(self) -> dict[str, Any]:
        """A field that was sent twice is none: Django would take the last of two answers, and say nothing."""
        given = super().clean() or self.cleaned_data
        sent = getattr(self.data, "getlist", lambda _: [])
        for name, field in self.fields.items():
            if not isinstance(field, forms.MultipleChoiceField) and len(sent(name)) > 1:
                self.add_error(None, f"{field.label or name} was sent twice; nothing was recorded.")
        return given

    def command(self, said: Mapping[str, object]) -> ipt.Command | None:
        """The command of these fields; what the library finds wrong stands at its field."""
        try:
            return c.command_from_mapping(said)
        except ipt.BadInput as wrong:
            self.add_error(wrong.field if wrong.field in self.fields else None, str(wrong))
            return None


# -- any way -----------------------------------------------------------------------------------------------------


class WayForm(Drawn):
    """A form for one way: its fields, each with its choices.

    The way itself goes there and back, signed: when the form is sent, the course may have other ways, and whether it
    has moved on is for the library to say.
    """

    drawn = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, way: ipt.Way, items: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way = way
        self.fields["drawn"].initial = sign(self.course.id, way)
        for name, choices in way.fields.items():
            if isinstance(way.command, BY_ITEM) and name == "answers":
                self.fields |= items_of(way, items or {})
            else:
                self.fields[name] = field_for(way.command, name, choices)
        if not way.open and way.command.request:
            self.fields["go_on_because"] = forms.CharField(label="Go on all the same, because", widget=Words)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        said = {name: given[name] for name in self.way.fields if given.get(name) not in ("", None, [])}
        if "answers" in self.way.fields and isinstance(self.way.command, BY_ITEM):
            answers = {name: given[f"answers.{name}"] for name in self.way.fields["answers"]}
            if not said and all(answer is None for answer in answers.values()):
                self.add_error(None, NOTHING)
                return given
            said["answers"] = answers
        plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}
        command = self.command(c.as_mapping(self.way.command) | plain)
        if command is not None and "go_on_because" in given:
            command = c.Deviate(command, because=given["go_on_because"])
        return given | {"command": command}


NOTHING = "Nothing is answered. Answer what was asked; what stays open counts as asked and not answered."
BY_ITEM = (c.Read, c.FillChecklist)
"""What is answered item by item: a measure between sessions, a checklist."""


def items_of(way: ipt.Way, items: Mapping[str, Any]) -> dict[str, forms.Field]:
    """A field for each item of a measure or a checklist, with its question where the protocol is here."""
    found: dict[str, forms.Field] = {}
    for name in way.fields["answers"]:
        item = items.get(name)
        if isinstance(way.command, c.FillChecklist):
            found[f"answers.{name}"] = _yes_or_no(item.text if item else name.replace("_", " "))
        else:
            found[f"answers.{name}"] = _item_field(name, item)
    return found


def _yes_or_no(label: str) -> forms.TypedChoiceField:
    """Yes or no; left open, it was not answered, which is neither."""
    choices = [("", "not answered"), ("yes", "yes"), ("no", "no")]
    return forms.TypedChoiceField(label=label, choices=choices, coerce="yes".__eq__, empty_value=None, required=False)


SENTENCES = ("because", "decision", "found", "note", "plan", "reason", "text", "why")
"""Fields in which somebody writes a sentence or two."""


def field_for(command: ipt.Command, name: str, choices: Sequence[str]) -> forms.Field:
    """A field of a form for a field of a command, by the sort of value that the command takes."""
    hint = get_type_hints(type(command))[name]
    sorts = set(get_args(hint)) or {hint}
    spec = next(one for one in fields(type(command)) if one.name == name)
    value = getattr(command, name)
    must = value == TO_FILL or (spec.default is MISSING and spec.default_factory is MISSING)
    usual: dict[str, Any] = {"required": must, "initial": None if value == TO_FILL else value}
    usual["label"] = name.replace("_", " ").capitalize()
    if hint is object:  # the value of a fact: left empty, it was asked and not answered
        return _choice(choices, usual | {"required": False}, "asked, and not answered") if choices else Value(**usual)
    if date in sorts:
        return Day(**usual)
    if bool in sorts:
        return forms.NullBooleanField(**usual) if len(sorts) > 1 else forms.BooleanField(**usual | {"required": False})
    if int in sorts:
        return forms.IntegerField(min_value=0, help_text=", ".join(choices), **usual)
    if not choices:
        return forms.CharField(widget=Words if name in SENTENCES else forms.TextInput, **usual)
    if str in sorts:
        return _choice(choices, usual, TO_FILL)
    return forms.MultipleChoiceField(choices=_listed(choices), widget=forms.CheckboxSelectMultiple, **usual)


class Value(forms.CharField):
    """A fact without choices: a whole number, a day or words."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return int(text) if text.isdecimal() else text


def _choice(choices: Sequence[str], usual: Mapping[str, Any], empty: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", empty), *_listed(choices)], **usual)


def _listed(choices: Iterable[str]) -> list[tuple[str, str]]:
    return [(one, one.replace("_", " ")) for one in choices]


class AnywayForm(Drawn):
    """A refused request that the clinician makes all the same."""

    refused = forms.CharField(widget=forms.HiddenInput)
    because = forms.CharField(label="Go on all the same, because", widget=Words)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        command = unsign(self.course.id, given.get("refused", "")).command
        return given | {"command": c.Deviate(command, because=given.get("because", ""))}


# -- a whole session ---------------------------------------------------------------------------------------------


class AnyOf(forms.MultipleChoiceField):
    """Choices drawn from where the course stood. What comes back is judged by `known`: it may stand elsewhere now."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, required=False, **kwargs)
        self.known: Callable[[str], bool] = lambda _: False

    def valid_value(self, value: str) -> bool:
        return self.known(value)


AS_PLANNED, AS_TICKED = "all", "ticked"
NOT_BOTH = "Either everything was done as planned, or what is ticked; nothing was recorded."


class SessionForm(Drawn):
    """A whole session in one form, as the foot of the page has it: status, scores, what was done, one note.

    Nothing is ticked in advance: a form that is sent untouched says nothing of any task, neither that it was done nor
    that it was left undone.
    """

    on = Day(label="Day")
    status = forms.ChoiceField()
    minutes = forms.IntegerField(min_value=1, max_value=600, required=False)
    planned = AnyOf(widget=forms.MultipleHiddenInput)
    went = forms.ChoiceField(
        widget=forms.RadioSelect,
        required=False,
        label="The plan of the session",
        choices=[
            (AS_PLANNED, "Everything was done as planned"),
            (AS_TICKED, "What is ticked was done, and the rest was left undone"),
        ],
        help_text="Leave it open, and nothing is recorded of what is not ticked.",
    )
    done = AnyOf(label="Done of the plan")
    also = AnyOf(label="Done beside the plan")
    note = forms.CharField(widget=Words, required=False)
    ask = AnyOf(label="Ask for")
    because = forms.CharField(required=False, label="Because", help_text="Why a focus has another stage.")

    def __init__(
        self, *args: Any, ways: Sequence[ipt.Way], plan: Mapping[str, str], measures: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        (whole,) = (way for way in ways if isinstance(way.command, c.RecordSession))
        taken = {way.command.measure: way.fields["answers"] for way in ways if isinstance(way.command, c.Read)}
        self.measures = whole.fields["scores"]
        self.fields["status"].choices = _listed(whole.fields["status"])
        self.fields["status"].initial = whole.command.status
        tasks = whole.fields["exceptions"]
        for name in ("planned", "done", "also"):
            self.fields[name].known = set(tasks).__contains__
        self.fields["planned"].initial = list(plan)
        self.fields["done"].choices = list(plan.items())
        self.fields["also"].choices = _listed(task for task in tasks if task not in plan)
        asked = [way for way in ways if isinstance(way.command, c.EnterPhase | c.Restage)]
        self.fields["ask"].choices = [(sign(self.course.id, way), _offer(way)) for way in asked]
        self.fields["ask"].known = lambda text: is_signed(self.course.id, text)
        for name in self.measures:
            for item in taken[name]:
                known = measures[name].items[item] if name in measures else None
                self.fields[f"{name}.{item}"] = _item_field(item, known)

    def scored(self) -> list[tuple[str, list[forms.BoundField]]]:
        """For each measure its fields, for the template."""
        return [(name, [self[one] for one in self.fields if one.startswith(f"{name}.")]) for name in self.measures]

    def scores(self) -> dict[str, dict[str, object]]:
        """A measure that was taken, with every item: one left open was asked and not answered, and that counts."""
        found = {}
        for measure in self.measures:
            answers = {
                name.removeprefix(f"{measure}."): value
                for name, value in self.cleaned_data.items()
                if name.startswith(f"{measure}.")
            }
            if any(value is not None for value in answers.values()):
                found[measure] = answers
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        done = set(given.get("done", ()))
        if given.get("went") == AS_PLANNED and done and done < set(given.get("planned", ())):
            self.add_error("went", NOT_BOTH)
        return given

    def commands(self) -> list[ipt.Command]:
        """The session, then what is asked for; a refused request holds nothing back that was reported beside it."""
        given = self.cleaned_data
        said = [self._whole()] if given["went"] or given["status"] != "attended" else list(self._parts())
        asked = [replace(unsign(self.course.id, text).command, on=given["on"]) for text in given["ask"]]
        return [*said, *(self._because(command) for command in asked)]

    def _whole(self) -> ipt.Command:
        """A session of which it was said how its plan went: what is not an exception counts as done."""
        given = self.cleaned_data
        left = "done" if given["went"] == AS_PLANNED else "not_done"
        tasks = dict.fromkeys(given["planned"], left) | dict.fromkeys([*given["done"], *given["also"]], "done")
        return c.RecordSession(
            on=given["on"],
            status=given["status"],
            minutes=given["minutes"],
            scores=self.scores(),
            exceptions=tasks if given["status"] == "attended" else {},
            note=given["note"],
        )

    def _parts(self) -> Iterator[ipt.Command]:
        """A session of which only what was ticked is known: the rest is not logged, which is not the same as undone."""
        given, on = self.cleaned_data, self.cleaned_data["on"]
        yield c.HoldSession(on=on, minutes=given["minutes"])
        for measure, answers in self.scores().items():
            yield c.Read(measure, answers=answers, on=on)
        for task in [*given["done"], *given["also"]]:
            yield c.DoTask(task, on=on)
        if given["note"]:
            yield c.WriteNote(given["note"], on=on)

    def _because(self, command: ipt.Command) -> ipt.Command:
        return replace(command, because=self.cleaned_data["because"]) if hasattr(command, "because") else command


def _item_field(name: str, item: Any) -> forms.Field:
    """An item with its answers; with a number for one where the file of the measure is not here."""
    if item is None:
        return forms.IntegerField(label=name.replace("_", " "), min_value=0, required=False)
    numbers = range(int(item.range.low), int(item.range.high) + 1)
    choices = [("", "not answered"), *((number, number) for number in numbers)]
    return forms.TypedChoiceField(label=item.title, choices=choices, coerce=int, empty_value=None, required=False)


def _offer(way: ipt.Way) -> str:
    why = "; ".join(reason.text for reason in way.reasons)
    return f"{in_words(way.command)} (not now: {why})" if why else in_words(way.command)
