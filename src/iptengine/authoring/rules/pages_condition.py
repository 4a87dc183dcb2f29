"""What is said about conditions; docs/reference/conditions.md is their reference."""

from __future__ import annotations

from iptengine.authoring.rules.page import Page

PAGES: dict[str, Page] = {
    "condition-unknown": Page(
        "A sentence is no form of condition.",
        "a condition that cannot be answered is found here, never as a silent no in a session.",
        "ready: the patient is ready",
        "ready: a focus is agreed",
    ),
    "condition-unknown-name": Page(
        "A condition names something the protocol does not have.",
        "a condition that cannot be answered is found here, never as a silent no in a session.",
        "scored: phq8 <= 9",
        "scored: phq9 <= 9",
    ),
    "condition-type": Page(
        "A condition compares things that cannot be compared.",
        "a condition that cannot be answered is found here, never as a silent no in a session.",
        "few: sessions left <= four",
        "few: sessions left <= 4",
    ),
    "condition-never": Page(
        "A condition can never hold.",
        "a way that never opens, and an alert that is never raised, are as good as missing.",
        "late: sessions used >= 40",
        "late: sessions used >= 4",
    ),
    "condition-always": Page(
        "A condition always holds.",
        "it asks nothing, and hides that something was meant to be asked.",
        "late: sessions used >= 0",
        "late: sessions used >= 4",
    ),
    "condition-joined": Page(
        "Two conditions stand in one sentence.",
        "each condition has a line and a name of its own, so that a refusal can say which one is open.",
        "ready: a focus is agreed and sessions used >= 3",
        "focus: a focus is agreed\nlate_enough: sessions used >= 3",
    ),
    "condition-scope": Page(
        "A condition speaks of the focus at hand where there is none.",
        "a condition that cannot be answered is found here, never as a silent no in a session.",
        "phases:\n  middle:\n    next:\n      ending:\n        stage: stage is impasse",
        "phases:\n  middle:\n    next:\n      ending:\n        stage: stage of role_dispute is impasse",
    ),
    "condition-ambiguous": Page(
        "A condition can be read in two ways.",
        "the author and the engine might mean different things.",
        "a task and an alert that are both called review",
        "two different names",
    ),
    "condition-letter": Page(
        "A condition holds a letter that cannot stand there.",
        "it may look like another letter and mean something else.",
        "few: sessions left ≤ 4",
        "few: sessions left <= 4",
    ),
    "condition-too-long": Page(
        "A condition is too long.",
        "a condition is read aloud; what is longer than a line is more than one condition.",
        "a sentence of more than 300 characters",
        "several conditions, one a line",
    ),
}
