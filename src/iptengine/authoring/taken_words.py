"""Words of the format that stand where a name is wanted, and would be taken as one: a meaning would be turned round.

`not: baby_harm is no` is a condition called "not", which asks whether the answer is no. These are questions to whoever
writes a file. A text that a store kept was used as it is, and is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from iptengine.authoring.document import Document
from iptengine.authoring.references import Definition, Reference, names_in
from iptengine.diagnostics import Diagnostic, Path
from iptengine.protocol.protocol import Guard, Protocol
from iptengine.protocol.references import JOINING, KINDS, TURNING
from iptengine.protocol.truth import Truth, all_of, any_of

CODE = "word-as-name"
_NOBODY = frozenset(
    {
        "-", "?", "draft", "later", "n/a", "na", "no", "no one", "nobody", "nobody yet", "none", "not reviewed",
        "not yet", "nothing", "pending", "tba", "tbd", "to be done", "todo", "unknown", "unreviewed", "yes",
    }
)  # fmt: skip
"""Texts that name no reviewer."""
_NO_WORK = frozenset(
    {
        "-", "?", "cite", "decision", "n/a", "na", "no", "nobody", "none", "not verified", "nothing", "tba", "tbd",
        "todo", "unknown", "unverified", "yes",
    }
)  # fmt: skip
"""Texts that name no publication; the kinds of source are among them."""

_NO_ANSWER = frozenset(
    {
        "blank", "left blank", "left open", "missing", "n/a", "na", "no answer", "not answered", "not asked",
        "not known", "not recorded", "not said", "skipped", "unanswered", "unknown", "unrecorded",
    }
)  # fmt: skip
"""Values that say of a fact that it was not answered; to leave it empty says so to the engine."""

_Said = tuple[str, str]


def taken_words(document: Document) -> Iterator[Diagnostic]:
    """Every word in a protocol that would be a mere name, or a mere text, where its author means something by it."""
    for one in names_in(document.root):
        if _first_word(one.name) in KINDS[one.kind].taken:
            on_key = isinstance(one, Definition) or one.on_key
            yield Diagnostic(document.span(one.path, on_key), CODE, *_SAY[one.kind](one))
    yield from _of_the_review(document)
    yield from words_for_sources(document)


def words_for_no_answer(protocol: Protocol, document: Document) -> Iterator[Diagnostic]:
    """Values of a fact under a risk alert that say it was not answered, and keep the alert from being raised."""
    for fact, spec in protocol.spec.facts.items():
        risks = {name: guards for name, guards in _risks(protocol) if any(_asks(one, fact) for one in guards)}
        for value in spec.one_of:
            known = risks and _plain(value) in _NO_ANSWER
            if known and all(_with(one, fact, value) is Truth.NO for guards in risks.values() for one in guards):
                message = (
                    f"'{value}' is an answer like any other here, and does not raise the risk alert '{min(risks)}'"
                )
                hint = (
                    f"leave it out: where '{fact}' is left empty the alert is raised; "
                    f"or add '{fact} is {value}' under any: of the alert"
                )
                place = document.span(("facts", fact, "one_of"), on_key=False)
                yield Diagnostic(place, "no-answer-as-value", message, hint)


def _risks(protocol: Protocol) -> Iterator[tuple[str, tuple[Guard, ...]]]:
    for name, alert in protocol.spec.alerts.items():
        if alert.kind == "risk":
            yield name, protocol.at("alerts", name, "raise_if")


def _asks(guard: Guard, fact: str) -> bool:
    return any(mention.kind == "fact" and mention.name == fact for c in guard.conditions() for mention in c.mentions)


def _with(guard: Guard, fact: str, value: str) -> Truth:
    """The answer of a condition where a fact has this value and nothing else is known."""
    if guard.sentence is None:
        answers = [_with(part, fact, value) for part in guard.parts]
        if guard.how == "all":
            return all_of(answers)
        return any_of(answers) if guard.how == "any" else ~any_of(answers)
    if not _asks(guard, fact):
        return Truth.UNKNOWN
    asked = [m.name for m in guard.sentence.mentions if (m.kind, m.of) == ("value", fact)]
    if not asked:
        return Truth.YES
    turned = f" is not {asked[0]}" in " ".join(guard.sentence.words)
    return Truth.YES if (value in asked) != turned else Truth.NO


def words_for_sources(document: Document) -> Iterator[Diagnostic]:
    """Sources of a protocol or a measure that are cited and name no publication."""
    for name, source in _map(_map(document.root).get("sources")).items():
        path: Path = ("sources", name)
        if isinstance(source, dict):
            source, path = source.get("cite"), (*path, "cite")
        if _plain(source) in _NO_WORK:
            message = f"'{source}' is read as the title of a publication here, and is none"
            hint = "write unverified: and what it rests on, or decision: and who decided it; or name the publication"
            yield Diagnostic(document.span(path, on_key=False), "bad-value", message, hint)


def _of_the_review(document: Document) -> Iterator[Diagnostic]:
    head = _map(document.root)
    by = head.get("reviewed_by")
    if head.get("status") == "reviewed" and _plain(by) in _NOBODY:
        message = f"'{by}' does not say who reviewed this protocol"
        hint = "write a name and a date, or write status: draft"
        yield Diagnostic(document.span(("reviewed_by",), on_key=False), "review-needs-reviewer", message, hint)


def _map(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _plain(text: object) -> str:
    return " ".join(text.lower().rstrip(".").split()) if isinstance(text, str) else ""


def _first_word(name: object) -> str:
    """A name, or of a role, which may be several words, the first."""
    return next(iter(str(name).lower().split()), "")


# What is said of each kind, and what to do.


def _condition(one: Definition | Reference) -> _Said:
    word = one.name
    named_so = f"'{word}' is read as the name of a condition here"
    if word in TURNING:
        above = "write a name of your own here, not: on the line under it, and under that the condition with its name"
        return f"{named_so} and turns nothing round", above
    if word in JOINING - {"says"}:
        how = {"and": "all", "or": "any"}.get(word, word)
        above = f"write a name of your own here, {how}: on the line under it, and under that each condition with a name"
        return f"{named_so} and joins nothing", above
    return f"{named_so}", "write a name of your own before the sentence"


def _role(one: Definition | Reference) -> _Said:
    message = f"'{one.name}' is read as the name of one role here, which no one has"
    if "hide_from" in one.path:
        return message, "name each role, such as assessor; to hide it from nobody, leave hide_from out"
    return message, "name each role that may, such as supervisor"


def _alert(one: Definition | Reference) -> _Said:
    meant = "every open alert" if one.name == "all" else "the alert that a risk item of a measure raises"
    return f"'{one.name}' cannot be the name of an alert: it means {meant}", "give the alert a name of its own"


_SAY: Mapping[str, Callable[[Definition | Reference], _Said]] = {
    "alert": _alert,
    "condition": _condition,
    "role": _role,
}
