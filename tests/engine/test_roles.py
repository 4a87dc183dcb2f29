"""Who acts is somebody, in a role that is spelt as the protocols spell it; who is blinded stays so, however spelt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import iptengine as ipt
from iptengine import commands as c
from phrases import START, variant
from stores import fresh_store

ANNA = ipt.Actor("u17", role="therapist")
APPROVED = {"title": "The start of the work", "of": ["enter_phase"], "by": ["team lead"]}
ARM = {"title": "Arm of the trial", "one_of": ["drug", "placebo"], "hide_from": ["assessor"]}
NO_ID = "an actor has an id, by which your system knows who acts: a text that is not empty"
NO_ROLE = "an actor has a role, as the protocols name it, such as therapist: a text that is not empty"


def trial() -> ipt.Protocol:
    return variant("ipt-adult", {"facts.arm": ARM, "approvals.work": APPROVED})


def begun(store: Any = None) -> ipt.Clinic:
    clinic = ipt.Clinic(store or fresh_store(), [trial()])
    clinic.start("ipt-adult", by=ANNA, on=START, course="a", facts={"arm": "placebo"})
    return clinic


@pytest.mark.parametrize(
    ("make", "field", "text"),
    [
        (lambda: ipt.Actor("", role="therapist"), "id", NO_ID),
        (lambda: ipt.Actor(" ", role="therapist"), "id", NO_ID),
        (lambda: ipt.Actor(17, role="therapist"), "id", NO_ID),  # type: ignore[arg-type]
        (lambda: ipt.Actor("u17", role=""), "role", NO_ROLE),
        (lambda: ipt.Actor("u17", role=None), "role", NO_ROLE),  # type: ignore[arg-type]
    ],
)
def test_nobody_records_nothing_and_reads_nothing(make: Callable[[], object], field: str, text: str) -> None:
    with pytest.raises(ipt.BadInput) as caught:
        make()
    assert (str(caught.value), caught.value.field) == (text, field)


@pytest.mark.parametrize("who", [None, "anna"])
def test_who_is_no_actor_is_told_before_anything_is_recorded_or_read(who: Any) -> None:
    clinic = begun()
    for say in (
        lambda: clinic.do("a", c.WriteNote("goes quiet at money"), by=who),
        lambda: clinic.start("ipt-adult", by=who, on=START, course="b"),
        lambda: clinic.import_course("", by=who),
    ):
        with pytest.raises(ipt.BadInput) as caught:
            say()
        assert (str(caught.value), caught.value.field) == ("'by' must be an Actor: who it is, and in which role", "by")
    with pytest.raises(ipt.BadInput, match=r"^'actor' must be an Actor: who it is, and in which role$"):
        clinic.reader(who)
    assert [(course.id, course.version) for course in clinic.courses()] == [("a", 2)]


@pytest.mark.parametrize(
    ("role", "right"),
    [("Assessor", "assessor"), ("assessor ", "assessor"), ("Team_Lead", "team lead"), ("Therapist", "therapist")],
)
def test_a_role_that_is_spelt_otherwise_is_told_how_the_protocols_spell_it(role: str, right: str) -> None:
    clinic, who = begun(), ipt.Actor("u31", role=role)
    for field, say in (
        ("by", lambda: clinic.do("a", c.WriteNote("rang"), by=who, on=START)),
        ("actor", lambda: clinic.reader(who)),
    ):
        with pytest.raises(ipt.BadInput) as caught:
            say()
        told = f"the role is spelt otherwise than the protocols spell it: write '{right}'"
        assert (str(caught.value), caught.value.field) == (told, field)


def test_a_role_that_no_protocol_names_is_free() -> None:
    clinic = begun()
    clerk = ipt.Actor("u3", role="Front desk")
    assert clinic.do("a", c.WriteNote("rang"), by=clerk, on=START).events[0].by == clerk
    assert "placebo" in clinic.reader(clerk).export("a")


@pytest.mark.parametrize("role", ["assessor", "Assessor", "assessor ", "ASSESSOR"])
def test_who_is_blinded_stays_so_under_another_spelling_where_the_store_alone_has_the_protocol(role: str) -> None:
    store = fresh_store()
    begun(store)
    reader = ipt.Clinic(store, []).reader(ipt.Actor("u31", role=role))
    assert "placebo" not in reader.export("a") + reader.course("a").json()
    assert "placebo" not in reader.agenda("a", on=START).json()
