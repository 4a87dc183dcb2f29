"""What is said about variants; docs/how-to/write-a-variant.md shows how one is written."""

from __future__ import annotations

from iptengine.authoring.rules.page import Page

_EXACT = "a change that changes nothing, or something else than was meant, would be believed and not be there."
_ONE = "all changes apply at once, so two of one place would contradict each other without anybody noticing."
_KNOWN = "the variant is its base with the changes; which base that is must not depend on chance."

PAGES: dict[str, Page] = {
    "nothing-there": Page(
        "A change names a path that its base does not have.",
        _EXACT,
        "changes:\n  shorter:\n    because: Two sessions are enough\n    set:\n      phases.intial.window: first 2",
        "changes:\n  shorter:\n    because: Two sessions are enough\n    set:\n      phases.initial.window: first 2",
    ),
    "there-already": Page(
        "Something is added that is there already.",
        "what stands there would be replaced without anybody having said so.",
        "add:\n  phases.initial.window: first 2",
        "set:\n  phases.initial.window: first 2",
    ),
    "changes-nothing": Page(
        "A change leaves its base as it is, or a group holds no change.",
        _EXACT,
        "set:\n  phases.ending.window: last 3   # as it is in the base",
        "set:\n  phases.ending.window: last 2",
    ),
    "changed-twice": Page(
        "Two changes meet: they name one path, or one names a part of what the other replaces.",
        _ONE,
        "set:\n  phases.initial.window: first 2\nremove: [phases.initial.window]",
        "set:\n  phases.initial.window: first 2",
    ),
    "change-of-the-head": Page(
        "A group of changes names a key that stands at the top of every variant.",
        "id, version, title and review are the variant's own and never those of its base.",
        "changes:\n  name:\n    because: It has another name\n    set:\n      title: IPT at school",
        "title: IPT at school",
    ),
    "not-a-name": Page(
        "A key of the format is renamed or moved.",
        "what carries a name can have another; the keys of the format are what the engine knows.",
        "rename:\n  phases.initial.window: sessions",
        "rename:\n  phases.initial: opening",
    ),
    "cannot-move": Page(
        "Something is moved to a place that is not a map of names, or into itself.",
        "it would be nowhere.",
        "move:\n  phases.initial.must.inventory: phases.middle",
        "move:\n  phases.initial.must.inventory: phases.middle.must",
    ),
    "name-taken": Page(
        "Something is renamed or moved to where its name is taken.",
        "one of the two would be lost.",
        "rename:\n  phases.initial: middle",
        "rename:\n  phases.initial: opening",
    ),
    "order-incomplete": Page(
        "An order does not name exactly what the map holds afterwards.",
        "where the others come would be a guess. Names count as the variant leaves them.",
        "order:\n  phases: [middle, initial]",
        "order:\n  phases: [initial, ending, middle]",
    ),
    "lost-reference": Page(
        "Something is renamed, and a part that refers to it cannot be carried along.",
        "the part would go on naming what is no longer there.",
        "rename:\n  measures.phq9: mood",
        "rename:\n  measures.phq9: mood\nset:\n  phases.middle.note: The text with the new name in it",
    ),
    "unknown-base": Page(
        "The base, or that version of it, was not found.",
        _KNOWN,
        "extends: ipt-adlut@1.0.0",
        "extends: ipt-adult@1.0.0",
    ),
    "ambiguous-base": Page(
        "Two files hold the same protocol in the same version, and differ.",
        _KNOWN,
        "extends: ipt-adult@1.0.0   # and there are two different ones",
        "extends: ipt-adult@1.0.1   # the changed one has a version of its own",
    ),
    "circular-base": Page(
        "A variant extends itself, directly or by way of others.",
        "there would be nothing to begin from.",
        "protocol: ipt-school\nversion: 1.0.0\nextends: ipt-school@1.0.0",
        "protocol: ipt-school\nversion: 1.0.0\nextends: ipt-adult@1.0.0",
    ),
    "too-many-bases": Page(
        "More variants lie one upon another than anybody can follow.",
        "a reader has to see what a treatment is.",
        "extends: the-ninth@1.0.0",
        "extends: the-third@1.0.0",
    ),
    "base-not-usable": Page(
        "The base has mistakes of its own.",
        "a variant of a protocol that cannot be used cannot be used either.",
        "extends: unfinished@0.1.0",
        "extends: ipt-adult@1.0.0",
    ),
    "base-changed": Page(
        "The base is not the one that the variant was pinned to.",
        "courses under the variant would be treated by something that nobody has compared and approved.",
        "extends: ipt-adult@1.0.0\npinned: (the digest of what ipt-adult 1.0.0 was)",
        "extends: ipt-adult@1.0.0\npinned: (the digest of what it is, written by iptengine pin)",
    ),
    "weaker-alert": Page(
        "A variant takes away, narrows, delays or rewords an alert of its base.",
        "a clinician who relies on the base's alerts has to be able to rely on them in every variant. An alert may be "
        "raised for more, never for less: write `any:` with the base's condition in it, or add an alert beside it.",
        "remove: [alerts.fear_or_violence]",
        "add:\n  alerts.threat:\n    title: A threat was reported\n    kind: risk\n    raise_if: threat is yes\n"
        "    do: Assess it today",
    ),
    "other-measure": Page(
        "A file has the name and version of a measure of the base, or of a shipped one, and is another.",
        "scores that look alike would mean different things, and a question about risk could be lost unseen.",
        "measures/phq9.measure.yaml beside the protocol, with one item less and version: 1",
        "measures/phq9_short.measure.yaml beside the protocol, and measures.phq9.use: phq9_short@1",
    ),
}
