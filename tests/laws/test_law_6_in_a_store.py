"""Law 6, in a store: a course goes on under the text of the protocol it began with, and under no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from itertools import count
from typing import Any

import pytest

from iptengine import commands as c
from iptengine.authoring.loader import load
from iptengine.course.stamp import Actor
from iptengine.engine.answers import UnknownProtocol
from iptengine.engine.clinic import Clinic
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import Store
from phrases import ROOT, WithoutProtocols
from stores import fresh_store

ANNA = Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
ADULT = ROOT / "protocols" / "ipt-adult.protocol.yaml"
MARK = "Wilhelmina was beaten"


@cache
def adult() -> Protocol:
    return load(ADULT)


OPENED = count(1)


def clinic(store: Store, *protocols: Protocol) -> Clinic:
    opened = f"id{next(OPENED)}"
    ids = (f"{opened}-{n}" for n in count(1))
    return Clinic(store, protocols, clock=lambda: datetime(2026, 3, 3, 15, tzinfo=UTC), ids=lambda: next(ids))


def other_text(protocol: Protocol) -> Protocol:
    """The same id and version with one word more."""
    return replace(protocol, spec=protocol.spec.model_copy(update={"about": "another text"}))


def under_way(store: Store | None = None) -> Store:
    store = fresh_store() if store is None else store
    opened = clinic(store, adult())
    opened.start("ipt-adult", by=ANNA, on=DAY, course="a", called=MARK)
    opened.do("a", c.HoldSession(), c.Read("phq9", total=12, answers={"self_harm": 1}), by=ANNA, on=DAY)
    return store


ASKED: Sequence[tuple[str, Callable[[Clinic], object]]] = [
    ("do", lambda clinic: clinic.do("a", c.WriteNote(MARK), by=ANNA, on=DAY)),
    ("ways", lambda clinic: clinic.ways("a", on=DAY)),
    ("agenda", lambda clinic: clinic.agenda("a", on=DAY)),
]


@pytest.mark.parametrize("held", ["nothing of it", "another text of the same version"])
@pytest.mark.parametrize("ask", [ask for _, ask in ASKED], ids=[name for name, _ in ASKED])
def test_a_course_does_not_go_on_under_another_text_of_the_same_version(
    held: str, ask: Callable[[Clinic], object]
) -> None:
    store = under_way(WithoutProtocols())
    before = list(store.feed())
    changed = other_text(adult())
    assert (changed.ref, changed.digest == adult().digest) == (adult().ref, False)
    other = clinic(store, changed) if held.startswith("another") else clinic(store)
    with pytest.raises(UnknownProtocol) as caught:
        ask(other)
    assert str(caught.value) == (
        "this course keeps the protocol ipt-adult@1.0.0 it began with, and neither this clinic nor its store holds "
        f"that text of it (digest {adult().digest[:12]}); give it to the clinic"
    )
    assert (caught.value.protocol, caught.value.digest) == (adult().ref, adult().digest)
    assert [(alert.code, alert.course) for alert in caught.value.alerts] == [("risk_item", "a")]
    assert list(store.feed()) == before


def test_with_another_text_at_hand_a_course_goes_on_under_the_one_its_store_keeps() -> None:
    store = under_way()
    other = clinic(store, other_text(adult()))
    assert told(other) == told(clinic(store, adult()))
    assert other.do("a", c.WriteNote("slow"), by=ANNA, on=DAY).course.digest == adult().digest


def test_its_alerts_and_its_record_are_seen_without_its_protocol() -> None:
    store = under_way(WithoutProtocols())
    other = clinic(store, other_text(adult()))
    assert [alert.code for alert in other.alerts()] == ["risk_item"]
    assert [(line.kind, line.course) for line in other.due(on=DAY)][:1] == [("alert", "a")]
    assert other.course("a").digest == adult().digest
    assert [event.kind for event in other.events("a")][:1] == ["course_started"]


def test_with_both_texts_at_hand_each_course_goes_on_under_its_own() -> None:
    store = under_way()
    both = clinic(store, other_text(adult()), adult())
    assert both.do("a", c.WriteNote("slow"), by=ANNA, on=DAY).course.digest == adult().digest
    assert told(both)["protocol"]["digest"] == adult().digest


def test_no_command_moves_a_course_to_another_protocol() -> None:
    store = under_way()
    both = clinic(store, other_text(adult()), adult())
    both.do("a", c.Start(called="B"), c.Adopt("middle", 4), c.EndCourse("lost"), by=ANNA, on=DAY)
    assert (both.course("a").protocol, both.course("a").digest) == (adult().ref, adult().digest)


def test_a_name_that_two_texts_share_begins_no_course() -> None:
    store = fresh_store()
    with pytest.raises(UnknownProtocol, match="there are several protocols of that name here"):
        clinic(store, adult(), other_text(adult())).start("ipt-adult", by=ANNA, on=DAY)
    assert list(store.feed()) == []


# -- what a page was rendered with -------------------------------------------------------------------------------


def told(clinic: Clinic, **templates: str) -> Any:
    """The therapist's page as JSON."""
    return json.loads(clinic.agenda("a", on=DAY, templates=templates).json())


def test_a_page_tells_the_library_the_protocol_and_every_override_it_was_made_with() -> None:
    opened = clinic(under_way(), adult())
    plain = told(opened)
    assert plain["rendered_with"] == {"iptengine": version("iptengine"), "overrides": {}}
    assert plain["protocol"] == {"ref": adult().ref, "digest": adult().digest, "status": adult().status}
    made = {
        text: told(opened, **{"therapist.aim": text})["rendered_with"]["overrides"]
        for text in ("Aim: listen.", "Aim: listen!")
    }
    assert [list(overrides) for overrides in made.values()] == [["therapist.aim"]] * 2
    assert len({str(overrides) for overrides in made.values()}) == 2


def test_a_page_that_could_not_be_made_tells_it_too() -> None:
    opened = clinic(under_way(), adult())
    page = opened.agenda("a", on=DAY, templates={"therapist.aim": "{{ nonsense }}"})
    assert page.problem != ""
    assert list(json.loads(page.json())["rendered_with"]["overrides"]) == ["therapist.aim"]
