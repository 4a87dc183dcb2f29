"""What every form of a comparison says alike: its heading, its counts, and where a difference stands."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.comparison import Comparison, Difference, Section
from iptengine.course.wording import counted, first_upper

BETWEEN = " · "
VERBS = {"added": "Added", "removed": "Removed"}
EQUAL = "The contents are equal."
NO_DIFFERENCE = "Nothing in the protocol differs by it."


def title_of(comparison: Comparison) -> str:
    """The heading of the whole."""
    return f"What differs between {comparison.before.ref} and {comparison.after.ref}"


def counts_of(comparison: Comparison) -> str:
    """How much there is, and how much of it touches safety and fidelity."""
    if comparison.equal:
        return EQUAL
    found = comparison.counted()
    return (
        f"{counted(found['differences'], 'difference', 'differences')}; "
        f"safety is touched by {found['safety']}, fidelity by {found['fidelity']}."
    )


def heading_of(section: Section) -> str:
    """The heading of a section."""
    return first_upper(section.title)


def because_of(section: Section) -> str:
    """The reason of a group of changes, with what it rests on in brackets."""
    return f"{section.because} ({', '.join(section.source)})" if section.source else section.because


def place_of(one: Difference) -> str:
    """The path as an author writes it, with the measure file it is in, and what it became."""
    file = "" if one.file == "protocol" else f" in the {one.file}"
    became = f" → {one.became}" if one.became != one.path else ""
    return f"{one.path or 'the whole file'}{became}{file}"


def key_of(one: Difference) -> str:
    """The key of a difference, or that a whole part is only on one side, and where among its like."""
    if not one.leaves:
        return one.what
    return f"{VERBS[one.kind]} {one.what}" if one.what else VERBS[one.kind]


def reasons_of(one: Difference) -> Iterator[tuple[str, str]]:
    """What a difference touches, each once, with its reasons."""
    for touch in ("safety", "fidelity"):
        whys = [mark.why for mark in one.marks if mark.touch == touch]
        if whys:
            yield touch.capitalize(), "; ".join(whys)


def also_made_by(one: Difference) -> str:
    """The further groups of changes that had a part in it."""
    return f"also by {', '.join(one.changes[1:])}" if one.changes[1:] else ""
