"""A course as plain values, written by hand: what a dictionary takes in when an event happens. Checks nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Fields = dict[str, Any]
Seen = tuple[int, str, int, int, int, str, int]
"""What all must have found: events, phase, sessions, tasks, readings, stage, alerts assessed."""

APPENDED = {
    "task_logged": "tasks",
    "reading_taken": "readings",
    "person_recorded": "people",
    "life_event_recorded": "life_events",
    "fact_recorded": "facts",
    "goal_set": "goals",
}
KEPT = {
    "diagnosis_recorded": "diagnosis",
    "formulation_written": "formulation",
    "ending_announced": "announced",
    "contract_agreed": "contract",
}
LISTS = (*APPENDED.values(), "phases", "appointments", "focuses", "alerts", "warnings", "seen")


def new_state() -> Fields:
    """A course as plain values, before its first event."""
    state: Fields = {name: [] for name in LISTS}
    return state | {"version": 0, "phase": "", "outcome": None}


def take_in(state: Fields, kind: str, event: Fields) -> None:
    """What an event changes, written by hand for plain values."""
    state["version"] += 1
    if event["command"] not in state["seen"][-1:]:
        state["seen"].append(event["command"])
    state["warnings"] += event.get("warnings", ())
    if kind in APPENDED:
        state[APPENDED[kind]].append(event)
    elif kind in KEPT:
        state[KEPT[kind]] = event
    else:
        _OTHER[kind](state, event)


def _entered(state: Fields, event: Fields) -> None:
    state["phase"] = event["phase"]
    state["phases"].append({"phase": event["phase"], "on": event["on"], "way": event.get("way", "chart")})


def _met(state: Fields, event: Fields) -> None:
    met = {"on": event["on"], "status": event.get("status", "attended"), "used": "number" in event}
    state["appointments"].append(met | {"number": event.get("number"), "minutes": event.get("minutes")})


def _focused(state: Fields, event: Fields) -> None:
    focus = {name: event.get(name, "") for name in ("focus", "area", "person", "stage")}
    state["focuses"].append(focus | {"agreed": event["on"], "history": []})


def _staged(state: Fields, event: Fields) -> None:
    for focus in state["focuses"]:
        if focus["focus"] == event["focus"]:
            focus["stage"] = event["stage"]
            focus["history"].append((event["stage"], event["on"], event["because"]))


def _alerted(state: Fields, event: Fields) -> None:
    alert = {name: event.get(name) for name in ("id", "code", "level", "text", "cause", "item", "value")}
    state["alerts"].append(alert | {"state": "open", "raised": event["on"]})


def _moved(state: Fields, event: Fields) -> None:
    for alert in state["alerts"]:
        if alert["id"] == event["alert"]:
            alert.update(state=event["state"], found=event["found"], plan=event["plan"], assessed=event["on"])


_OTHER: dict[str, Callable[[Fields, Fields], None]] = {
    "course_started": _entered,
    "phase_entered": _entered,
    "session_held": _met,
    "session_missed": _met,
    "focus_agreed": _focused,
    "focus_staged": _staged,
    "alert_raised": _alerted,
    "alert_moved": _moved,
}


def seen(state: Fields) -> Seen:
    """What is compared between contenders."""
    return (
        state["version"],
        state["phase"],
        sum(a["used"] for a in state["appointments"]),
        len(state["tasks"]),
        len(state["readings"]),
        state["focuses"][0]["stage"],
        sum("assessed" in alert for alert in state["alerts"]),
    )
