"""What is said about vignette files; docs/reference/vignettes.md is their reference."""

from __future__ import annotations

from iptengine.authoring.rules.page import Page

PAGES: dict[str, Page] = {
    "unknown-name": Page(
        "A vignette names something that its protocol does not have.",
        "a test of something that does not exist passes for ever.",
        "done: [linc]",
        "done: [link]",
    ),
    "bare-total": Page(
        "A total stands alone, and the measure has an item about risk.",
        "an unanswered risk item raises an alert, so a bare total would raise one in every session.",
        "phq9: 18",
        "phq9: {total: 18, self_harm: 0}",
    ),
    "other-version": Page(
        "The vignette was written for another version of its protocol.",
        "what it expects was checked against the other one.",
        "protocol: ipt-adult@0.9.0",
        "protocol: ipt-adult@1.0.0",
    ),
}
