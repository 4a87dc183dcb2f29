"""What is said about measure files; docs/reference/measures.md is their reference."""

from __future__ import annotations

from iptengine.authoring.rules.page import Page

PAGES: dict[str, Page] = {
    "reserved-name": Page(
        "An item is called total.",
        "the total of a reading could not be told from the item.",
        "items:\n  total: {title: Total, range: 0..3}",
        "items:\n  overall: {title: Overall, range: 0..3}",
    ),
    "item-without-range": Page(
        "A scored item or risk item has no range.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "low_mood: {title: Low mood}",
        "low_mood: {title: Low mood, range: 0..3}",
    ),
    "one-answer": Page(
        "An item has only one possible answer.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "range: 3..3",
        "range: 0..3",
    ),
    "number-twice": Page(
        "Two items have one number.",
        "an answer would be entered for the wrong question.",
        "low_mood: {number: 2, title: Low mood, range: 0..3}\nsleep: {number: 2, title: Sleep, range: 0..3}",
        "low_mood: {number: 2, title: Low mood, range: 0..3}\nsleep: {number: 3, title: Sleep, range: 0..3}",
    ),
    "text-not-licensed": Page(
        "Item text is here that the licence does not let ship.",
        "the wording belongs to its owner; the site supplies it under its own licence.",
        "licence: structure only\nitems:\n  low_mood: {title: Low mood, range: 0..3, text: The printed question}",
        "licence: structure only\nitems:\n  low_mood: {title: Low mood, range: 0..3}",
    ),
    "worded-twice": Page(
        "An item has its words in the file and says that somebody else supplies them.",
        "the patient would be asked to word what is already worded, or score words that nobody showed.",
        "problem: {title: Problem, range: 0..10, text: How is your sleep, text_from: patient}",
        "problem: {title: Problem, range: 0..10, text_from: patient}",
    ),
    "say-what-is-stored": Page(
        "It is not said how a reversed item is recorded.",
        "an answer turned round twice counts the wrong way.",
        "calm: {title: Calm, range: 0..3, reversed: true}",
        "stored_as: keyed\nitems:\n  calm: {title: Calm, range: 0..3, reversed: true}",
    ),
    "reversed-outside": Page(
        "A reversed item has no range to be reversed in.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "calm: {title: Calm, scored: false, reversed: true}",
        "calm: {title: Calm, range: 0..3, reversed: true}",
    ),
    "risk-outside-range": Page(
        "A risk threshold that every answer reaches, or none.",
        "the alert would always or never be raised.",
        "range: 0..3\nrisk: {from: 4, source: guide}",
        "range: 0..3\nrisk: {from: 1, source: guide}",
    ),
    "special-answer": Page(
        "A special answer is one already, its score is outside the range, or it stands on a risk item.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "range: 0..3\nspecial:\n  not_asked: {answer: 3, score: 0, source: guide}",
        "range: 0..3\nspecial:\n  not_asked: {answer: 9, score: 0, source: guide}",
    ),
    "unknown-part": Page(
        "An item or subscale is named that does not exist, or not yet.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "of: [low_moood]",
        "of: [low_mood]",
    ),
    "repeated-part": Page(
        "A part is named twice in one score.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "of: [low_mood, low_mood]",
        "of: [low_mood, sleep]",
    ),
    "unscored-part": Page(
        "An item that says it is not scored is scored.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "impairment: {title: Impairment, range: 0..3, scored: false}\n…\nof: [impairment]",
        "impairment: {title: Impairment, range: 0..3}\n…\nof: [impairment]",
    ),
    "item-not-scored": Page(
        "An item is part of no score and does not say so.",
        "an item left out of a score by mistake looks the same as one left out on purpose.",
        "impairment: {title: Impairment, range: 0..3}",
        "impairment: {title: Impairment, range: 0..3, scored: false}",
    ),
    "nothing-scored": Page(
        "There is a total of nothing.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "scoring: {total: sum, range: 0..0}",
        "scoring: {total: none, source: guide}",
    ),
    "missing-rule": Page(
        "A rule for missing answers that cannot be followed.",
        "how a gap is handled decides whether there is a score at all.",
        "missing: {rule: mean of answered, at_most: 9, source: guide}",
        "missing: {rule: mean of answered, at_most: 2, source: guide}",
    ),
    "total-range": Page(
        "The range of the total is not what the items allow.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "scoring: {total: sum, range: 0..30}",
        "scoring: {total: sum, range: 0..27}",
    ),
    "no-total": Page(
        "Bands, cut-offs or rules of change of a measure without a total.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "scoring: {total: none, source: guide}\nbands: {…}",
        "scoring: {total: none, source: guide}",
    ),
    "severity": Page(
        "It is not said which bands are shown as severity, or they do not exist.",
        "two published ways to cut a score disagree at the edges.",
        "severity: nsh",
        "severity: nhs",
    ),
    "band-outside-range": Page(
        "A band begins off the scale.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "severe: {title: severe, from: 40}",
        "severe: {title: severe, from: 20}",
    ),
    "band-twice": Page(
        "Two bands begin at one total.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "mild: {title: mild, from: 5}\nmoderate: {title: moderate, from: 5}",
        "mild: {title: mild, from: 5}\nmoderate: {title: moderate, from: 10}",
    ),
    "band-hole": Page(
        "Some totals stand in no band.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "bands:\n  mild: {title: mild, from: 5}",
        "bands:\n  minimal: {title: none or minimal, from: 0}\n  mild: {title: mild, from: 5}",
    ),
    "cutoff-outside-range": Page(
        "A line that every total reaches, or none.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "case: {title: Caseness, from: 40, source: guide}",
        "case: {title: Caseness, from: 10, source: guide}",
    ),
    "unreachable-change": Page(
        "A rule of change that no two scores can meet.",
        "a patient could never be seen to get better by it.",
        "response: {title: Response, better_by_points: 60, source: guide}",
        "response: {title: Response, better_by_points: 6, source: guide}",
    ),
    "percent-without-zero": Page(
        "A percentage on a scale that does not begin at 0.",
        "half of a score means little when nobody can score 0.",
        "range: 7..35\n…\nbetter_by_percent: 50",
        "range: 7..35\n…\nbetter_by_points: 10",
    ),
    "unknown-rule": Page(
        "`all` names a rule that does not stand by itself.",
        "a score that is not what the instrument's authors meant may mislead the clinician.",
        "all: [relaible, recovery]",
        "all: [reliable, recovery]",
    ),
    "wrong-direction": Page(
        "A rule of getting better points the wrong way.",
        "a patient who gets worse would be shown as recovered.",
        "direction: higher is worse\n…\nremission: {title: Remission, above: 5, source: guide}",
        "direction: higher is worse\n…\nremission: {title: Remission, below: 5, source: guide}",
    ),
}
