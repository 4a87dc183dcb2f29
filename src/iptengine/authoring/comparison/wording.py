"""How a difference is said: titles for names, descriptions for keys, and values as an author wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from iptengine.authoring.comparison.difference import ABSENT, MEASURES, PROTOCOL, Found, Leaf, Run, Steps
from iptengine.authoring.comparison.marking import marked, matches, merged, words_of
from iptengine.authoring.comparison.places import HOLDING, is_condition, is_conditions, key_of, shape_of
from iptengine.authoring.comparison.walk import at
from iptengine.course.wording import spoken
from iptengine.protocol.protocol import canonical

ENTRIES = {
    "add": "Add", "alerts": "Alert", "approvals": "Approval", "ask": "Words to say", "bands": "Band",
    "change_rules": "Rule of change", "changes": "Change", "charts": "Chart", "checklists": "Checklist",
    "components": "Component", "contacts": "Contact", "cutoffs": "Cut-off", "decisions": "Decision",
    "each_session": "Task of every session", "facts": "Fact", "frequency_when": "Frequency", "goals": "Goal",
    "holds": "What it holds", "hour": "Step of the hour", "if": "If", "items": "Item", "may": "Optional task",
    "measures": "Measure", "missed": "Missed-session policy", "move": "Move", "must": "Task", "next": "Way to",
    "order": "Order of", "orders": "Order", "other_scorings": "Scoring", "outcomes": "Outcome",
    "participants": "Participant", "parts": "Part", "patient": "Patient's line", "pauses": "Pause", "phases": "Phase",
    "problem_areas": "Problem area", "rename": "Rename", "sessions": "Session", "set": "Set", "sources": "Source",
    "special": "Special answer", "stages": "Stage", "states": "State", "steps": "Step", "subscales": "Subscale",
    "techniques": "Technique", "topics": "Topic",
}  # fmt: skip
"""What an entry of a map is called, by the key of the map."""

PARTS = {
    "announce": "Announcing the ending", "crosses": "Crossing", "missing": "Missing answers",
    "termination": "How it is brought to its end",
}  # fmt: skip
"""What a part under a key of its own is called, where the key is not word enough."""

KEYS = {
    "afterwards": "carried out at once, confirmed afterwards", "answered_by": "who answers it", "cite": "what it is",
    "counts_from": "the lowest score that is counted", "covers": "the tasks it covers", "decimals": "decimals",
    "decision": "who decided it", "done_when": "when it may be finished early",
    "expected": "the date is expected first", "first": "shown among what must not be missed",
    "fixed": "set once", "iptengine": "the version of the format", "kind": "kind", "label": "its label",
    "licence": "its licence", "only": "only requests that speak of", "parts": "the least score of each part",
    "restage": "may be placed in any stage", "scored": "counts towards a score", "severity": "the rule for severity",
    "source": "what it rests on", "status": "its status", "stored_as": "how answers are stored",
    "title": "its title", "topic": "its topic", "unverified": "not verified", "version": "its version",
}  # fmt: skip
"""Keys whose description in the models says more than a line of a comparison can hold, or nothing."""

_TITLES = ("title", "do")
_LONGEST_TITLE = 72
_MOST_MOVED = 3
_FIRST_CLAUSE = re.compile(r"(?:[;:.]|, (?:such|as|where|whether|in place|asked for|of at most)\b)(?: |.*$)")
_FORMS = {"all": "all of", "any": "any of", "not": "none of"}
NOTHING = "(nothing)"
ALWAYS = "at any time"


class Wording:
    """The words of two contents that are compared; titles are those of the one after where it has them.

    Without contents there are no titles, and every part goes by its name.
    """

    def __init__(self, *contents: Mapping[str, object]) -> None:
        before, after = contents or ({}, {})
        self._contents = (after, before)

    def where(self, path: Steps, became: Steps) -> Steps:
        """The titles of the named and keyed parts on the way to a place, the place itself left out."""
        return tuple(title for end in range(1, len(became)) if (title := self._title(path[:end], became[:end], path)))

    def entry(self, path: Steps, became: Steps) -> str:
        """The title of the part that stands at a place; empty for a value under a key."""
        return self._title(path, became, ())

    def before_what(self, found: Found) -> str:
        """Where an added part stands among those it was put between; empty when it stands last."""
        around = at(self._contents[0], found.became[:-1]) if found.kind == "added" else ABSENT
        names = list(around) if isinstance(around, Mapping) else []
        following = names[names.index(found.became[-1]) + 1 :] if names else []
        known = at(self._contents[1], found.path[:-1])
        other = next((name for name in following if isinstance(known, Mapping) and name in known), None)
        return f"before {self.entry((*found.path[:-1], other), (*found.became[:-1], other))}" if other else ""

    def _title(self, path: Steps, became: Steps, leads_to: Steps) -> str:
        if len(became) < 2:
            return ""
        if became[:-1] == (MEASURES,):
            return f"The file of the measure {self._named(path, became, ('short', 'title'))}"
        shape = shape_of(became)
        if key_of(became) is not None:
            keyed = shape is not None and shape.kind == "part" and not is_condition(became)
            return PARTS.get(became[-1], spoken(became[-1]).capitalize()) if keyed else _form(became)
        around = became[-2].rpartition(".")[2]
        named = is_condition(became) and around not in HOLDING
        word = "Condition" if named else ENTRIES.get(around, spoken(around).capitalize())
        if around in ("next", "topics"):
            return f"{word} {self._target(path, became)}"
        telling = tuple(key for key in _TITLES if leads_to != (*path, key))
        return f"{word} {self._named(path, became, telling)}"

    def _named(self, path: Steps, became: Steps, keys: Sequence[str]) -> str:
        """The title of a part, or its name where it has none."""
        for content, place in zip(self._contents, (became, path), strict=True):
            part = at(content, place)
            if isinstance(part, Mapping):
                title = next((part[key] for key in keys if isinstance(part.get(key), str)), None)
                if isinstance(title, str):
                    return clipped(title)
        return became[-1]

    def _target(self, path: Steps, became: Steps) -> str:
        """The title of what a way leads to, or of the topic a phase meets."""
        name = became[-1]
        homes = (became[:-3], (PROTOCOL, "phases"), (PROTOCOL, "outcomes"), (PROTOCOL, "topics"))
        for home in homes:
            title = self._named((*home, path[-1]), (*home, name), ("title",))
            if title != name:
                return title
        return name


def _form(path: Steps) -> str:
    """The words of all, any and not on the way to a named condition."""
    return _FORMS.get(path[-1], "") if is_condition(path[:-1]) else ""


def what_of(path: Steps) -> str:
    """The key at a path in words; empty where the part above says it already, and for names."""
    key = key_of(path)
    if key is None or (key.name == "says" and key_of(path[:-1]) is None):
        return ""
    if key.name == "says" and is_condition(path[:-1]):
        key = key_of(path[:-1]) or key
    return KEYS.get(key.name) or _clause(key.about) or spoken(key.name)


def _clause(about: str) -> str:
    """The beginning of a description, as words within a line."""
    first = _FIRST_CLAUSE.split(about, maxsplit=1)[0]
    return first[:1].lower() + first[1:]


def clipped(title: str) -> str:
    """A title short enough to stand on the way to something else."""
    words = " ".join(title.split())
    return words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1].rstrip() + "…"


def said(value: object, path: Steps) -> str:
    """A value as a reader would say it: sentences of conditions with their names, lists with commas."""
    if is_condition(path) and isinstance(value, Mapping):
        return _condition(value)
    if isinstance(value, Mapping) and not value:
        return ALWAYS if is_conditions(path) else NOTHING
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {said(inner, (*path, name))}" for name, inner in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(entry if isinstance(entry, str) else canonical(entry) for entry in value) or NOTHING
    return value if isinstance(value, str) else canonical(value)


def _condition(value: Mapping[str, object]) -> str:
    says = value.get("says")
    if set(value) == {"says"} and isinstance(says, str):
        return says
    told = []
    for form, parts in value.items():
        inner = parts if isinstance(parts, Mapping) else {}
        conditions = "; ".join(
            f"{name}: {_condition(one) if isinstance(one, Mapping) else canonical(one)}" for name, one in inner.items()
        )
        told.append(f"{_FORMS.get(form, form)} ({conditions})" if inner else f"{form}: {said(parts, ())}")
    return "; ".join(told) or NOTHING


def runs_of(before: object, after: object, path: Steps) -> tuple[Run, ...]:
    """Both values of a place as one text, with what is gone and what is new; never without a mark."""
    if before is ABSENT:
        return (*_usual(path, "gone"), Run("new", " ".join(words_of(said(after, path)))))
    if after is ABSENT:
        return (Run("gone", " ".join(words_of(said(before, path)))), *_usual(path, "new"))
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        runs = listed(_entries(before), _entries(after))
    elif _is_prose(path):
        runs = marked(said(before, path), said(after, path))
    else:
        runs = _replaced(said(before, path), said(after, path))
    if all(run.kind == "same" for run in runs):
        return _replaced(canonical(before), canonical(after))
    return runs


def listed(before: Sequence[str], after: Sequence[str]) -> tuple[Run, ...]:
    """Two lists as one, with commas between their entries."""
    runs = merged(before, after, ", ")
    return (*(Run(run.kind, f"{run.text},") for run in runs[:-1]), *runs[-1:])


def _usual(path: Steps, kind: Literal["gone", "new"]) -> tuple[Run, ...]:
    """What holds where a key is left out, if it is something."""
    key = key_of(path)
    usual = key.field.default if key is not None else None
    if not isinstance(usual, (bool, int, str, tuple)) or usual == ():
        return ()
    return (Run(kind, f"left out: {said(usual, path)}"),)


def _entries(values: Sequence[object]) -> list[str]:
    return [" ".join(words_of(entry)) if isinstance(entry, str) else canonical(entry) for entry in values]


def _replaced(before: str, after: str) -> tuple[Run, ...]:
    one, other = " ".join(words_of(before)), " ".join(words_of(after))
    return (Run("same", one),) if one == other else (Run("gone", one), Run("new", other))


def _is_prose(path: Steps) -> bool:
    shape = shape_of(path)
    return shape is None or shape.kind in ("text", "map", "part")


def leaves_of(value: object, path: Steps) -> tuple[Leaf, ...]:
    """Every line of a whole part, by the names in it: its own keys first, then those of the parts in it."""
    names = Wording()
    above = len(names.where(path, path)) + 1
    lines: dict[Steps, list[tuple[str, str]]] = {}
    for place, leaf in values_in(value, path):
        where, what = names.where(place, place)[above:], what_of(place)
        if key_of(place) is None:
            where, what = (*where, names.entry(place, place)), ""
        lines.setdefault(where, []).append((what, " ".join(words_of(said(leaf, place)))))
    return tuple(Leaf(where, tuple(keys)) for where, keys in lines.items())


def values_in(value: object, path: Steps) -> Iterator[tuple[Steps, object]]:
    """Every value of a whole part with its path; a condition is one value."""
    if not isinstance(value, Mapping) or not value or is_condition(path):
        yield path, value
        return
    for name in sorted(value, key=lambda name: name == "source"):
        yield from values_in(value[name], (*path, name))


def order_said(before: Sequence[str], after: Sequence[str], titles: Mapping[str, str]) -> str:
    """A changed order in a sentence: what comes before what now; empty where too much has moved to be said so."""
    stayed = {there for _, there in matches(before, after)}
    if len(after) - len(stayed) > _MOST_MOVED:
        return ""
    told = []
    for place, name in enumerate(after):
        if place not in stayed:
            follows = titles[after[place + 1]] if place + 1 < len(after) else ""
            told.append(f"{titles[name]} now comes {f'before {follows}' if follows else 'last'}")
    return "; ".join(told)
