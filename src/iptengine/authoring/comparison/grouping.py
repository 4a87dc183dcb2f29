"""Which part of a protocol a difference belongs to, as a reader looks for it."""

from __future__ import annotations

from iptengine.authoring.comparison.difference import MEASURES, Steps

GROUPS = {
    "plan": "Plan: who it is for, what is agreed, how it is laid out",
    "phases": "Phases",
    "areas": "Problem areas and stages",
    "tasks": "Tasks and how they are done",
    "measures": "Measures, facts and checklists",
    "alerts": "Alerts",
    "endings": "Endings",
    "texts": "Texts",
    "itself": "What the file says of itself",
}
"""The groups in the order in which they are told, with their headings."""

_BY_KEY = {
    "population": "plan", "contract": "plan", "group": "plan", "calendar": "plan", "participants": "plan",
    "approvals": "plan", "sessions": "plan", "plan": "plan", "contacts": "plan", "pauses": "plan",
    "start": "phases", "phases": "phases", "charts": "phases",
    "focus": "areas", "problem_areas": "areas",
    "techniques": "tasks", "topics": "tasks",
    "measures": "measures", "facts": "measures", "checklists": "measures",
    "alerts": "alerts",
    "termination": "endings", "outcomes": "endings", "carries": "endings",
}  # fmt: skip
_WITH_TASKS = frozenset({"phases", "problem_areas", "plan"})
_TASKS = frozenset({"must", "may", "each_session", "hour"})
_WITH_TEXTS = frozenset({"phases", "problem_areas", "plan", "charts", "sessions"})
_TEXTS = frozenset({"ask", "if", "note", "patient", "bring", "goals", "aim"})


def group_of(path: Steps) -> str:
    """The group of a path of a content, a key of `GROUPS`.

    Example:
        >>> group_of(("protocol", "phases", "initial", "window")), group_of(("protocol", "status"))
        ('phases', 'itself')
    """
    if path[:1] == (MEASURES,):
        return "measures"
    key = path[1] if len(path) > 1 else ""
    below = path[3:]
    if key in _WITH_TEXTS and _TEXTS & set(below):
        return "texts"
    if key in _WITH_TASKS and _TASKS & set(below):
        return "tasks"
    return _BY_KEY.get(key, "itself")
