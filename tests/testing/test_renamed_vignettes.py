"""A vignette of a base is played under a protocol in which things are called otherwise."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path as File
from typing import Any

import pytest

from block import block
from iptengine.authoring.document import read_path
from iptengine.authoring.loader import check_text
from iptengine.authoring.references import definitions
from iptengine.authoring.variants.renames import Left, applied, carry
from iptengine.authoring.vignette import read_vignette, read_vignette_text
from iptengine.authoring.vignette_renames import renamed_vignette
from iptengine.diagnostics import Path
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda
from iptengine.testing.player import play

IN_CI = os.environ.get("CI") == "true"
ROOT = File(__file__).parents[2]
ADULT = ROOT / "protocols" / "ipt-adult.protocol.yaml"
COURSE_A = ROOT / "examples" / "impasse-reopened.vignette.yaml"


def loaded(root: Any, file: File) -> Protocol:
    protocol, wrong = check_text(block(root), file.name, (file.parent, file.parent / "measures"))
    assert protocol is not None, "\n".join(map(str, wrong))
    return protocol


@cache
def anew(file: File, but: str = "") -> tuple[Any, dict[Path, str], Protocol, Protocol]:
    """A protocol with every name a new one, those of a kind aside: its values, the renames, it before and after."""
    root = read_path(file).require().root
    fresh: dict[tuple[str, str, str], str] = {}
    renames = {
        one.path: fresh.setdefault((one.kind, one.of, one.name), f"n_{len(fresh)}")
        for one in definitions(root).found
        if (one.kind, one.name) != ("stage", UNSTAGED) and one.kind != but
    }
    base = loaded(root, file)
    return root, renames, base, loaded(applied(root, carry(base, root, renames)), file)


def of_which(file: File) -> File | None:
    """The protocol that a vignette is of; none for those of a variant and those that follow another course."""
    spec = read_vignette(file).spec
    named = spec.protocol
    path = file.parent / named if named.endswith(".yaml") else ADULT.parent / f"{named.partition('@')[0]}.protocol.yaml"
    return None if spec.follows or "extends" in read_path(path).root else path.resolve()  # type: ignore[operator]


FOLDERS = ("examples", "protocols/vignettes", *(("tests/keys", "tests/keys/readings") if IN_CI else ()))
FILES = [file for folder in FOLDERS for file in sorted((ROOT / folder).glob("*.vignette.yaml")) if of_which(file)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.split(".")[0])
def test_a_vignette_goes_the_same_way_when_every_name_of_its_protocol_is_another(file: File) -> None:
    path = of_which(file)
    assert path is not None
    root, renames, _, after = anew(path)
    told = renamed_vignette(read_path(file).root, root, renames)
    assert told.left == ()
    played = play(read_vignette_text(block(told.root), str(file)), after, folders=(ADULT.parent,))
    # A page says the name of a condition or of a date in words; only texts that quote it differ.
    assert [one for one in played.differences if not str(one).endswith("found no such text")] == []
    if path == ADULT:
        assert played.differences == ()


def test_the_pages_of_a_course_are_the_same_when_only_names_that_no_page_shows_are_others() -> None:
    root, renames, before, after = anew(ADULT, but="condition")
    told = renamed_vignette(read_path(COURSE_A).root, root, renames)
    old = play(read_vignette(COURSE_A), before)
    new = play(read_vignette_text(block(told.root), COURSE_A.name), after)
    for one, other in zip(old.steps, new.steps, strict=True):
        pages = [agenda(p, step.before, on=step.on).text for p, step in ((before, one), (after, other))]
        assert pages[0] == pages[1].replace(after.digest[:8], before.digest[:8])


# -- places of a vignette ----------------------------------------------------------------------------------------


def told(happening: dict[str, Any], **renames: str) -> Any:
    """A happening after things of the adult protocol are renamed, by the end of their paths with ``__`` for points."""
    root = read_path(ADULT).root
    found = {}
    for ending, new in renames.items():
        parts = tuple(ending.split("__"))
        (path,) = (one.path for one in definitions(root).found if one.path[-len(parts) :] == parts)
        found[path] = new
    result = renamed_vignette({"happenings": {"one": happening}}, root, found)
    assert result.left == ()
    return result.root["happenings"]["one"]


def test_a_reading_a_fact_and_a_task_are_called_anew_wherever_they_are_told() -> None:
    happening = {
        "phq9": {"total": 12, "self_harm": 0},
        "done": ["inventory", "formulate"],
        "withdraw": {"happening": "zero", "what": "phq9", "because": "Mistaken"},
        "expect": {"total": {"phq9": 12}, "ways": {"open": "facts.medication"}},
    }
    assert told(happening, measures__phq9="mood", must__inventory="people", facts__medication="pills") == {
        "mood": {"total": 12, "self_harm": 0},
        "done": ["people", "formulate"],
        "withdraw": {"happening": "zero", "what": "mood", "because": "Mistaken"},
        "expect": {"total": {"mood": 12}, "ways": {"open": "facts.pills"}},
    }


def test_a_focus_keeps_the_name_that_the_vignette_gives_it() -> None:
    happening = {
        "focus": {"grief": {"area": "grief"}},
        "stage": {"grief": {"to": "impasse"}},
        "expect": {"ways": {"open": ["focus.grief", "close_focus.grief"]}, "refused": {"focus.grief": "person"}},
    }
    assert told(happening, problem_areas__grief="loss") == {
        "focus": {"grief": {"area": "loss"}},
        "stage": {"grief": {"to": "impasse"}},
        "expect": {"ways": {"open": ["focus.loss", "close_focus.grief"]}, "refused": {"focus.grief": "person"}},
    }


def test_a_focus_without_a_name_of_its_own_has_that_of_its_area() -> None:
    happening = {
        "change_focus": {"old": {"to": "grief", "because": "It was a loss"}},
        "expect": {"stage": {"grief": "unstaged"}},
    }
    assert told(happening, problem_areas__grief="loss") == {
        "change_focus": {"old": {"to": "loss", "because": "It was a loss"}},
        "expect": {"stage": {"loss": "unstaged"}},
    }


def test_a_stage_is_that_of_the_area_of_its_focus() -> None:
    happening = {
        "focus": {"wife": {"area": "role_dispute"}},
        "stage": {"wife": {"to": "impasse"}},
        "expect": {"stage": {"wife": "impasse"}, "ways": {"shut": {"stage.wife.impasse": "no_way"}}},
    }
    assert told(happening, stages__impasse="stuck") == {
        "focus": {"wife": {"area": "role_dispute"}},
        "stage": {"wife": {"to": "stuck"}},
        "expect": {"stage": {"wife": "stuck"}, "ways": {"shut": {"stage.wife.stuck": "no_way"}}},
    }


def test_a_condition_that_is_renamed_in_one_place_only_is_left_where_both_can_be_meant() -> None:
    conditions = {"ready": "a focus is agreed"}
    base = {"phases": {"a": {"next": {"c": conditions}}, "b": {"next": {"c": conditions}}}}
    vignette = {
        "happenings": {"one": {"expect": {"refused": {"enter": ["ready"]}, "ways": {"shut": {"end.x": "ready"}}}}}
    }
    result = renamed_vignette(vignette, base, {("phases", "a", "next", "c", "ready"): "agreed"})
    assert result.root == vignette
    assert result.left == (
        Left(
            ("happenings", "one", "expect", "refused", "enter", 0),
            "'ready' can mean several things, and not all are renamed: phases.b.next.c.ready",
        ),
    )


def test_what_is_said_in_words_is_never_changed() -> None:
    happening = {"note": "phq9", "expect": {"agenda": {"has": "phq9"}}, "why": "grief"}
    assert told(happening, measures__phq9="mood", problem_areas__grief="loss") == happening
