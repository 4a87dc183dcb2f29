"""A protocol opens from the text that was kept of it alone, and is the one it was; a text that is not, is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from iptengine.authoring.kept import MOST_CHARACTERS, open_kept
from iptengine.authoring.loader import check_text, open_protocol
from iptengine.authoring.vignette import protocol_of, read_vignette
from iptengine.course.codec import encode
from iptengine.course.ways import ways
from iptengine.diagnostics import ProtocolError, Span
from iptengine.protocol.protocol import Guard, Protocol, Reason, canonical
from iptengine.render.agenda import Audience, agenda
from iptengine.testing.player import Played, Step, play
from phrases import ROOT

HOMES = ("protocols", "examples", "tests/protocols", "tests/keys", "tests/keys/readings")
PROTOCOLS = sorted(path for home in HOMES for path in (ROOT / home).glob("*.protocol.yaml"))
VIGNETTES = [
    *(ROOT / "examples" / f"{name}.vignette.yaml" for name in (
        "impasse-reopened", "dissolution-ends-early", "before-and-after-loss", "building-blocks-safety",
        "calm-evenings-last-missed", "open-table-a-chair-stays-empty", "steady-months-home-again",
    )),
    *(ROOT / "protocols" / "vignettes" / f"{name}.vignette.yaml" for name in (
        "ipt-adolescent-a-yes-to-suicide", "ipt-brief-eight-after-one", "ipt-eating-disorder-bn-binges-come-up",
        "ipt-postnatal-thoughts-of-harm", "put-right",
    )),
]  # fmt: skip
"""The two worked courses, and one course of every other protocol."""
AUDIENCES: tuple[Audience, ...] = get_args(Audience)


def stem(path: Path) -> str:
    return path.name.partition(".")[0]


@cache
def filed(path: Path) -> Protocol:
    return open_protocol(path, folders=[ROOT / "protocols"]).require()


@cache
def adult() -> Protocol:
    return filed(ROOT / "protocols" / "ipt-adult.protocol.yaml")


@cache
def kept(protocol: Protocol) -> Protocol:
    return open_kept(protocol.digest, protocol.content)


# -- the same protocol -------------------------------------------------------------------------------------------


def test_shipped_protocols_variants_and_examples_are_tried() -> None:
    found = {stem(path) for path in PROTOCOLS}
    assert {"ipt-adult", "ipt-postnatal", "ipt-adolescent", "open-table", "steady-months", "plan", "small"} <= found
    assert all(path.exists() for path in VIGNETTES)


@pytest.mark.parametrize("path", PROTOCOLS, ids=stem)
def test_a_protocol_opened_from_its_kept_text_is_the_one_that_was_kept(path: Path) -> None:
    before, after = filed(path), kept(filed(path))
    assert (after.digest, after.content) == (before.digest, before.content)
    assert (after.ref, after.title, after.status) == (before.ref, before.title, before.status)
    assert after.spec == before.spec
    assert list(after.measures.items()) == list(before.measures.items())
    assert list(after.tasks.items()) == list(before.tasks.items())
    assert told(after) == told(before)


def told(protocol: Protocol) -> list[object]:
    """Every condition by its path, its line aside."""
    return [(path, [without_lines(guard) for guard in guards]) for path, guards in protocol.guards.items()]


def without_lines(guard: Guard) -> object:
    sentence = None if guard.sentence is None else (guard.sentence.text, guard.sentence.can_be_unknown)
    return (guard.name, guard.path, guard.text, sentence, guard.how, [without_lines(part) for part in guard.parts])


# -- the same course and the same pages --------------------------------------------------------------------------


@cache
def played(path: Path) -> tuple[Protocol, Played]:
    vignette = read_vignette(path)
    protocol = protocol_of(vignette, folders=(ROOT / "protocols",))
    return protocol, play(vignette, protocol)


@pytest.mark.parametrize("path", VIGNETTES, ids=stem)
def test_a_course_goes_the_same_way_under_it(path: Path) -> None:
    protocol, before = played(path)
    after = play(read_vignette(path), kept(protocol))
    assert after.report == ""
    assert after.course.json() == before.course.json()
    assert [encode(event) for event in after.events] == [encode(event) for event in before.events]
    assert [refusals(step) for step in after.steps] == [refusals(step) for step in before.steps]


def refusals(step: Step) -> Mapping[str, object]:
    return {key: [nowhere(reason) for reason in no.reasons] for key, no in step.refused.items()}


def nowhere(reason: Reason) -> Reason:
    return replace(reason, span=Span("", 1, 1))


@pytest.mark.parametrize("path", VIGNETTES, ids=stem)
def test_its_pages_are_the_same_sign_by_sign(path: Path) -> None:
    protocol, course = played(path)
    again = kept(protocol)
    for step in some(course.steps):
        for audience in AUDIENCES:
            before, after = (agenda(one, step.before, on=step.on, audience=audience) for one in (protocol, again))
            assert (after.text, after.markdown) == (before.text, before.markdown)
            assert (after.page, after.json()) == (before.page, before.json())
            assert before.problem == ""


def some(steps: tuple[Step, ...]) -> list[Step]:
    """About a quarter of the steps, the last one with them."""
    return [*steps[::4], steps[-1]]


# -- where things stand ------------------------------------------------------------------------------------------


def test_a_reason_says_that_its_place_is_the_kept_text_and_where_it_stands_in_the_protocol() -> None:
    _, course = played(ROOT / "protocols" / "vignettes" / "no-focus-no-middle-phase.vignette.yaml")
    (step,) = [step for step in course.steps if step.refused]
    asked = [way for way in ways(kept(adult()), step.before, on=step.on) if way.command.kind == "enter_phase"]
    reason = asked[0].reasons[0]
    assert (reason.code, reason.path) == ("diagnosis_or_waiver", "phases.initial.next.middle.diagnosis_or_waiver")
    assert str(reason.span) == "ipt-adult@1.0.0 (kept):1:1"
    assert str(kept(adult()).span(("nothing", "there"))) == "ipt-adult@1.0.0 (kept):1:1"


# -- what is refused ---------------------------------------------------------------------------------------------


def refusal(text: str, digest: str = "") -> list[str]:
    """What is said of a text, under its own digest when no other is given."""
    with pytest.raises(ProtocolError) as caught:
        open_kept(digest or hashlib.sha256(text.encode(errors="replace")).hexdigest(), text)
    return [str(one) for one in caught.value.diagnostics]


def changed(change: Callable[[Any], object]) -> str:
    """The kept text of the adult protocol with something else in it."""
    root = json.loads(adult().content)
    change(root)
    return canonical(root)


NOT_ITS_TEXT = [
    "a kept text:1:1: error: this is not the text that was kept under that digest [kept-altered]\n"
    "    hint: put back the text as it was kept, from a backup or from the file of the protocol"
]


@pytest.mark.parametrize("at", [0, 10, 5_000, 40_000, -1])
def test_a_text_of_which_one_letter_was_changed_is_refused(at: int) -> None:
    letters = list(adult().content)
    letters[at] = "x" if letters[at] != "x" else "y"
    assert refusal("".join(letters), adult().digest) == NOT_ITS_TEXT


@pytest.mark.parametrize("text", ["", adult().content + " ", adult().content[:-1], "\ud800"])
def test_a_text_that_is_longer_shorter_or_no_text_is_refused(text: str) -> None:
    assert refusal(text, adult().digest) == NOT_ITS_TEXT


def unreadable(what: str, where: str = "a kept text") -> list[str]:
    hint = "use the version of the library that kept it, or the file of the protocol"
    return [f"{where}:1:1: error: {what} [kept-unreadable]\n    hint: {hint}"]


@pytest.mark.parametrize("text", ["{", '{"protocol":NaN,"measures":{}}', "[" * 200_000, "{'a':1}"])
def test_what_is_no_json_cannot_be_read(text: str) -> None:
    assert refusal(text) == unreadable("this text cannot be read")


@pytest.mark.parametrize("text", ["1", "[]", "{}", '{"protocol":{}}', '{"protocol":{},"measures":[]}'])
def test_what_is_no_protocol_with_its_measures_is_not_taken_for_one(text: str) -> None:
    assert refusal(text) == unreadable("this is not what is kept of a protocol and its measures")


def test_a_text_larger_than_any_is_not_read() -> None:
    text = '{"protocol":"' + "a" * MOST_CHARACTERS + '","measures":{}}'
    assert refusal(text) == unreadable(f"a text of more than {MOST_CHARACTERS} characters is not read")


def nested(depth: int) -> Any:
    inner: Any = {"says": "a focus is agreed"}
    for _ in range(depth):
        inner = {"not": {"it": inner}}
    return inner


BEYOND: list[tuple[str, Callable[[Any], object]]] = [
    ("deep", lambda root: root["protocol"]["phases"]["initial"]["next"]["middle"].update(deep=nested(60))),
    ("many", lambda root: root["protocol"].update(carries=["people"] * 100_001)),
    ("long", lambda root: root["protocol"].update(about="a" * 20_001)),
    ("unseen", lambda root: root["protocol"].update(about="turned \u202e round")),
    ("unseen key", lambda root: root["protocol"].update({"a\u200bbout": "x"})),
    ("control", lambda root: root["protocol"].update(about="a\x00b")),
]


@pytest.mark.parametrize("change", [change for _, change in BEYOND], ids=[name for name, _ in BEYOND])
def test_a_text_comes_under_the_limits_of_a_file(change: Callable[[Any], object]) -> None:
    told = refusal(changed(change))
    what = "it is larger or deeper than any file may be, or holds characters that no file may hold"
    assert told == unreadable(what, "ipt-adult@1.0.0 (kept)")


def put(path: str, value: object) -> Callable[[Any], object]:
    """Something else at a path of the kept values."""

    def change(root: Any) -> None:
        *way, last = path.split(".")
        for key in way:
            root = root[key]
        root[last] = value

    return change


PHASE = "protocol.phases.initial"
PHQ9 = "measures.phq9"
CODES: list[tuple[str, str, Callable[[Any], object]]] = [
    ("a key of a later version", "unknown-key", put("protocol.telepathy", True)),
    ("a key as the models call it", "unknown-key", put("protocol.outcomes.completed.from_", [])),
    ("no condition", "condition-unknown", put(f"{PHASE}.next.middle.added", {"says": "import os"})),
    ("no such name", "condition-unknown-name", put(f"{PHASE}.next.middle.added", {"says": "stage of moon is full"})),
    ("a way to nowhere", "unknown-target", put(f"{PHASE}.next.moon", {})),
    ("a template", "template-unknown-name", put(f"{PHASE}.aim", "{{ x }}")),
    ("a template that calls", "template-forbidden", put(f"{PHASE}.aim", "{{ patient() }}")),
    ("a measure left out", "unknown-measure", put("measures", {})),
    ("another version of a measure", "unknown-measure", put(f"{PHQ9}.version", "2")),
    ("another measure", "unknown-measure", put(f"{PHQ9}.measure", "phq8")),
    ("a measure out of order", "risk-outside-range", put(f"{PHQ9}.items.self_harm.risk.from", 9)),
    ("a measure that is a list", "bad-value", put(PHQ9, [])),
    ("one measure more", "kept-unreadable", lambda root: root["measures"].update(more=root["measures"]["phq9"])),
    ("a usual value written out", "kept-unreadable", put("protocol.carries", [])),
    ("a short form", "kept-unreadable", put("protocol.sources.guide", "a book")),
]


@pytest.mark.parametrize(("code", "change"), [(c, f) for _, c, f in CODES], ids=[name for name, _, _ in CODES])
def test_a_text_goes_through_the_checks_of_a_file(code: str, change: Callable[[Any], object]) -> None:
    codes = [line.split("[")[-1].split("]")[0] for line in refusal(changed(change))]
    assert set(codes) == {code}


def test_a_key_twice_is_not_the_text_that_any_protocol_has() -> None:
    text = adult().content.replace('"title":', '"title":"x","title":', 1)
    assert [line.split("[")[-1].split("]")[0] for line in refusal(text)] == ["kept-unreadable"]


def test_a_kept_text_is_not_asked_what_an_author_is_asked_since() -> None:
    text = (ROOT / "tests" / "bad_protocols" / "word-as-name.protocol.yaml").read_text(encoding="utf-8")
    others = {"not": "not_denied", "until": "taken", "unless": "reported", "and": "also"}
    for word, name in others.items():
        text = text.replace(f" {word}: ", f" {name}: ")
    protocol, found = check_text(text.encode(), "named.protocol.yaml")
    assert found == ()
    assert protocol is not None
    content = protocol.content
    for word, name in others.items():
        content = content.replace(f'"{name}":{{', f'"{word}":{{')
    before = hashlib.sha256(content.encode()).hexdigest()
    assert before != protocol.digest
    assert open_kept(before, content).content == content
