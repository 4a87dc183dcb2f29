"""Which fields of an event hold patient text or identifiers, and which are structure: one table for all of them.

Structure is what the engine wrote or checked: names of the protocol, ids, statuses, days, scores, counts, codes.
Patient text is whatever a person may have typed: notes, reasons, names, answers in words. A field that takes any
text counts as patient text, also where most people write one of a few words in it (the mode of a session).

Ids are structure: of courses, events, groups and focuses, and of the people who act. They are chosen by the calling
system and must name no patient.

`take_out` takes the patient text out of a written event and leaves a marker in its place, so that what is left can
still be read and replayed; `put_back` is its inverse.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from iptengine.course.commands import as_line

ERASED = "[erased]"
"""What stands in the place of patient text that cannot be read any more."""

Way = list[str | int]
"""The way to a text inside a record: names of fields, and places in lists from 0."""
Words = list[tuple[Way, str]]
"""Texts, each with the way to it."""

ALWAYS_WORDS = ("because", "warnings.text")
"""Fields of every event that hold patient text; a warning may repeat what was typed."""
ALWAYS_STRUCTURE = (
    "id", "by.id", "by.role", "command", "corrects", "taken_from", "allowed_by", "warnings.code", "warnings.path",
)  # fmt: skip

WORDS: Mapping[str, tuple[str, ...]] = {
    "course_started": ("called",),
    "course_adopted": ("called",),
    "appointment_booked": ("time", "mode"),
    "session_held": ("mode",),
    "session_missed": ("why",),
    "contact_held": ("mode", "note"),
    "reading_taken": ("bad", "why_no_total"),
    "item_worded": ("text",),
    "task_logged": ("note",),
    "reminder_set": ("text",),
    "note_written": ("text",),
    "diagnosis_recorded": ("diagnosis", "criteria"),
    "person_recorded": (
        "name", "role", "time", "contact", "closeness", "expects", "expected", "satisfying", "unsatisfying",
        "change_wanted",
    ),
    "life_event_recorded": ("what", "when", "symptoms"),
    "formulation_written": ("text",),
    "contract_agreed": ("mode",),
    "contract_amended": ("mode",),
    "focus_agreed": ("person",),
    "goal_set": ("text",),
    "homework_assigned": ("text",),
    "homework_reviewed": ("how", "note"),
    "fact_recorded": ("value",),
    "checklist_filled": ("decision",),
    "course_ended": ("reason", "note"),
    "alert_moved": ("found", "plan"),
    "approval_requested": ("request",),
    "approval_given": ("request",),
}  # fmt: skip
"""The further fields of each kind of event that hold patient text; a list stands for every text in it."""

STRUCTURE: Mapping[str, tuple[str, ...]] = {
    "course_started": (
        "protocol", "digest", "phase", "frequency", "uses_session", "missed", "follows.course", "follows.protocol",
        "follows.outcome", "follows.outcome_kind", "follows.carried",
    ),
    "course_adopted": ("protocol", "digest", "phase", "frequency", "uses_session", "missed"),
    "appointment_booked": ("present", "group"),
    "session_held": ("appointment", "present", "phase", "group", "facilitators"),
    "session_missed": ("appointment", "status", "phase", "group"),
    "contact_held": ("contact", "present", "to"),
    "message_prepared": ("contact", "to", "way"),
    "reading_taken": ("measure", "answers", "missing", "session"),
    "item_worded": ("measure", "item"),
    "task_logged": ("task", "how", "techniques", "focus", "session", "phase"),
    "task_deferred": ("task", "session"),
    "note_written": ("session",),
    "contract_agreed": ("frequency", "missed", "uses_session"),
    "contract_amended": ("frequency", "frequency_then", "missed", "uses_session"),
    "focus_agreed": ("focus", "area", "stage", "replaces"),
    "focus_closed": ("focus",),
    "focus_staged": ("focus", "was", "stage", "way", "session"),
    "chart_moved": ("chart", "was", "to", "way", "session"),
    "plan_chosen": ("components", "order", "way"),
    "plan_changed": ("components", "was", "way"),
    "plan_interrupted": ("component", "former"),
    "plan_resumed": ("component", "goes_on"),
    "component_finished": ("component", "reached", "way"),
    "component_delivered": ("component", "dose", "session"),
    "goal_set": ("focus",),
    "homework_reviewed": ("homework",),
    "fact_recorded": ("fact",),
    "checklist_filled": ("checklist", "answers"),
    "group_joined": ("group", "facilitators"),
    "group_left": ("group",),
    "phase_entered": ("phase", "was", "way"),
    "course_followed": ("course", "protocol"),
    "protocol_moved": (
        "protocol", "digest", "was", "was_digest", "names", "placed.phase", "placed.focuses", "placed.stages",
        "placed.charts", "placed.components", "placed.pause", "placed.approvals", "placed.alerts", "placed.missed",
        "terms.frequency", "terms.missed", "terms.uses_session", "undoes",
    ),
    "voided": ("events", "meant_for"),
    "pause_began": ("pause",),
    "pause_ended": ("pause",),
    "course_ended": ("outcome", "way"),
    "course_erased": ("because",),
    "alert_raised": ("code", "level", "text", "do", "cause", "measure", "item"),
    "alert_moved": ("alert", "state"),
    "approval_requested": ("approval", "what", "roles"),
    "approval_given": ("asked", "approval", "what", "roles"),
    "approval_declined": ("asked",),
    "approval_confirmed": ("asked",),
    "approval_passed_over": ("asked",),
    "deviated": ("what", "overridden"),
}  # fmt: skip
"""The further text fields of each kind of event that are structure; what alerts say is built in or the protocol's."""

NAMES_IN_REQUESTS = frozenset({
    "kind", "on", "present", "group", "contact", "to", "sessions", "frequency", "frequency_until", "missed", "area",
    "id", "focus", "chart", "components", "order", "component", "phase", "outcome", "approval", "facilitators",
    "protocol", "digest", "rename", "replace", "undoes",
})  # fmt: skip
"""Fields of a request that waits for an approval that are structure; every other text in it counts as typed."""
WORDS_IN_REQUESTS = frozenset({"time", "mode", "person", "because", "reason", "note"})


def words_of(kind: str) -> tuple[str, ...]:
    """The fields of a kind of event that hold patient text, with dots where they lie deeper."""
    always = tuple(name for name in ALWAYS_WORDS if name not in STRUCTURE.get(kind, ()))
    return (*always, *WORDS.get(kind, ()))


def take_out(
    record: dict[str, Any],
    *,
    called: Callable[[str], str],
    choices: Mapping[str, Sequence[str]] | None = None,
) -> Words:
    """Take the patient text out of a written event, in place, and return it; a marker stays where each text was.

    Args:
        record: The fields of the event as plain values, ``kind`` included.
        called: A name that stands for a person's: the same for the same person, so that two people told of stay two.
        choices: For each fact whose values the protocol lists, those values: such a value is structure.

    Example:
        >>> record = {"kind": "note_written", "session": "k1.1", "text": "Slept badly"}
        >>> take_out(record, called=str)
        [(['text'], 'Slept badly')]
        >>> record
        {'kind': 'note_written', 'session': 'k1.1', 'text': '[erased]'}
    """
    kind = str(record.get("kind", ""))
    chosen = kind == "fact_recorded" and record.get("value") in (choices or {}).get(str(record.get("fact", "")), ())
    words: Words = []
    for name in words_of("" if chosen else kind):
        for way, text in tuple(_texts(record, name.split("."), [])):
            words.append((way, text))
            _put(record, way, _marker(kind, name, text, called))
    return words


def put_back(record: dict[str, Any], words: Words) -> None:
    """Put the texts that `take_out` took out in their places again.

    Raises:
        LookupError, TypeError: There is no such place in the record.
    """
    for way, text in words:
        _put(record, way, text)


def _marker(kind: str, name: str, text: str, called: Callable[[str], str]) -> str:
    if (kind, name) == ("person_recorded", "name"):
        return called(text)
    return _request_without_words(text) if name == "request" else ERASED


def _texts(value: Any, names: Sequence[str], way: Way) -> Iterator[tuple[Way, str]]:
    """The texts under a name, each with its way; of a list, those in all its places. An empty text says nothing."""
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield from _texts(part, names, [*way, place])
    elif names:
        if isinstance(value, dict) and names[0] in value:
            yield from _texts(value[names[0]], names[1:], [*way, names[0]])
    elif isinstance(value, str) and value:
        yield way, value


def _put(record: Any, way: Way, text: str) -> None:
    for step in way[:-1]:
        record = record[step]
    record[way[-1]] = text


def _request_without_words(request: str) -> str:
    """A request as JSON with what was typed freely taken out; it still says what was asked for."""
    try:
        said = json.loads(request)
    except ValueError:
        return ERASED
    if not isinstance(said, dict):
        return ERASED
    return as_line(_without_words(said))


def _without_words(said: dict[str, Any]) -> dict[str, Any]:
    return {name: part if name in NAMES_IN_REQUESTS else _masked(name, part) for name, part in said.items()}


def _masked(name: str, value: Any) -> Any:
    if name == "command" and isinstance(value, dict):  # a request inside a request
        return _without_words(value)
    if isinstance(value, dict | list):
        return ERASED
    return ERASED if isinstance(value, str) and value else value
