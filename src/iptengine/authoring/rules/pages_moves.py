"""What is said about the rules by which courses move; docs/how-to/move-courses-to-a-new-version.md shows them."""

from __future__ import annotations

from iptengine.authoring.rules.page import Page

PAGES: dict[str, Page] = {
    "unknown-part": Page(
        "A rule names a part that the version before, or the one after, does not have.",
        "a course would be looked for where it cannot be, or sent where nothing is.",
        "rename: {phases.midle: working}",
        "rename: {phases.middle: working}",
    ),
    "name-taken": Page(
        "A rule gives a part a name under which another part goes on.",
        "what is on record of the one would be read as if it were of the other.",
        "rename: {phases.middle: termination}",
        "rename: {phases.middle: working}",
    ),
    "nothing-to-replace": Page(
        "A rule replaces a part that is still there, or in which no course can stand.",
        "the rule would do nothing, and its author expects that it does.",
        "replace: {phases.middle: termination}",
        "replace: {phases.maintenance: termination}",
    ),
    "risk-lost": Page(
        "A rule gives a question whose answers raise risk alerts the name of one whose answers raise none.",
        "an answer that a clinician had to see would be read as one that nobody needs to see.",
        "rename: {measures.phq9.items.self_harm: sleep}",
        "rename: {measures.phq9.items.self_harm: thoughts_of_death}",
    ),
}
