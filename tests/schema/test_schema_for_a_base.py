"""The schema of the variants of one base: it knows every path that a change may name, as composing them does."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from iptengine.authoring.document import read_path
from iptengine.authoring.loader import check_text
from iptengine.authoring.schema import schema_for
from iptengine.authoring.schema.paths import pattern_of, spots
from iptengine.authoring.variants.finding import Slot, slot_at
from iptengine.authoring.variants.tree import tree_of
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.variant_spec import path_of
from phrases import protocol

SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"
HEAD = {"iptengine": 1, "protocol": "ipt-x", "version": "0.1.0", "status": "draft", "title": "X"}
A_CHART = {"title": "Stages of the group", "start": "forming", "states": {"forming": {"title": "Forming"}}}
MOST_BYTES = 1_500_000


@cache
def validator(name: str = "small") -> Draft7Validator:
    schema = schema_for(protocol(name))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def refused(extends: str = "ipt-small@1.0.0", **verbs: Any) -> list[str]:
    """What is wrong with a variant that makes these changes."""
    file = {**HEAD, "extends": extends, "changes": {"a": {"because": "B", **verbs}}}
    return [f"{error.json_path}: {error.message[:120]}" for error in validator().iter_errors(file)]


def test_changes_that_fit_are_taken() -> None:
    assert refused(set={"phases.opening.window": "first 1..2", "contract.sessions": 8}) == []
    assert refused(set={"phases.opening.must.inventory": {"do": "Draw the circle", "by": "session 2"}}) == []
    assert refused(add={"phases.opening.must.private_talk": "Ask about fear at home"}) == []
    assert refused(add={"phases.opening.must.inventory.by": "session 2", "calendar.stop": "6 months after birth"}) == []
    assert refused(add={"phases.opening.may.medication": "Consider medication", "charts.group": A_CHART}) == []
    assert refused(remove=["techniques.role_play"]) == []
    assert refused(remove="techniques.role_play") == []
    assert refused(rename={"phases.opening.must.inventory": "circle_of_people"}) == []
    assert refused(move={"phases.opening.must.inventory": "phases.working.must"}) == []


@pytest.mark.parametrize(
    ("verb", "changes"),
    [
        ("set", {"phases.opening.windw": "first 2"}),
        ("set", {"phases.opening.window": "2 first"}),
        ("set", {"phases.opening.title": 3}),
        ("set", {"phases.opening.must.private_talk": "Ask"}),
        ("set", {"title": "Another"}),
        ("add", {"phases.opening.window": "first 2"}),
        ("add", {"phases.opening.must.inventory": "Ask"}),
        ("add", {"charts.group.title": "Stages"}),
        ("add", {"phases.openin.must.private_talk": "Ask"}),
        ("add", {"phases.opening.must.private_talk": {"do": "Ask", "byy": "session 2"}}),
        ("remove", ["phases.opening.title"]),
        ("remove", ["phases.opening.must.private_talk"]),
        ("rename", {"phases.opening.title": "name"}),
        ("rename", {"phases.opening.must.inventory": "Circle of people"}),
        ("move", {"phases.opening.must.inventory": "techniques"}),
        ("move", {"phases.opening.must.inventory": "phases.opening"}),
        ("order", {"phases": ["opening"]}),
        ("order", {"phases": ["opening", "opening"]}),
    ],
)
def test_a_change_that_does_not_fit_the_base_is_refused(verb: str, changes: Any) -> None:
    assert len(refused(**{verb: changes})) == 1


def test_a_variant_of_another_base_is_told_so() -> None:
    assert refused("ipt-adult@1.0.0") == ["$.extends: 'ipt-small@1.0.0' was expected"]


def test_every_order_that_there_is_can_be_turned_round(small: Protocol) -> None:
    orders = schema_for(small)["definitions"]["OrderOfTheBase"]["properties"]
    assert [path for path, told in orders.items() if refused(order={path: told["default"][::-1]})] == []
    assert {"sources", "phases", "outcomes", "problem_areas"} <= set(orders)


# The same paths as composing knows.


def test_what_is_written_in_the_base_can_be_set_and_what_is_not_can_be_added(small: Protocol) -> None:
    tree, unlike = tree_of(read_path(SMALL)), []
    for spot in spots(small):
        slot = (
            slot_at(tree, path_of(spot.path))
            if spot.written
            else slot_at(tree_of(read_path(SMALL)), path_of(spot.path), begin=True)
        )
        if not isinstance(slot, Slot) or (slot.node is not None) != spot.written:
            unlike.append(spot.path)
    assert unlike == []


def test_all_of_the_base_set_to_what_it_is_fits_the_schema_and_is_told_to_change_nothing(
    small: Protocol, tmp_path: Path
) -> None:
    shutil.copy(SMALL, tmp_path / "ipt-small.protocol.yaml")
    properties = schema_for(small)["definitions"]["SetOfTheBase"]["properties"]
    same = {path: told["default"] for path, told in properties.items() if "default" in told}
    assert len(same) > 70
    assert refused(set=same) == []
    file = {**HEAD, "extends": "ipt-small@1.0.0", "changes": {"all": {"because": "B", "source": "team", "set": same}}}
    wrong = check_text(json.dumps(file).encode(), "x.protocol.yaml", (tmp_path,))[1]
    assert [one.code for one in wrong] == ["changes-nothing"] * len(same)


def test_every_path_is_explained_and_says_what_stands_there_now() -> None:
    verbs = schema_for(protocol("ipt-adult"))["definitions"]
    told = verbs["SetOfTheBase"]["properties"]
    assert [path for path, one in told.items() if " Now: " not in one["description"]] == []
    window = "Which sessions it is meant to take. Now: first 1..3"
    assert (told["phases.initial.window"]["description"], told["phases.initial.window"]["default"]) == (
        window, "first 1..3",
    )  # fmt: skip
    assert told["contract.sessions"]["default"] == "12..16"
    assert [path for path, one in verbs["AddOfTheBase"]["properties"].items() if not one["description"]] == []


def test_the_conditions_of_the_base_are_offered_where_a_condition_stands() -> None:
    schema = schema_for(protocol("ipt-adult"))
    offered = [one["bodyText"] for one in schema["definitions"]["ConditionOrText"]["defaultSnippets"]]
    assert {"a focus is agreed", "window of ending is open", "sessions left <= 4"} <= set(offered)


def test_the_schema_of_a_large_base_stays_small_enough_for_an_editor() -> None:
    assert len(json.dumps(schema_for(protocol("ipt-adult")), separators=(",", ":"))) < MOST_BYTES


def test_a_pattern_of_paths_takes_these_and_no_other() -> None:
    paths = ["phases", "phases.initial.title", "phases.initial", "start", "phases.initially"]
    pattern = re.compile(f"^{pattern_of(paths)}$")
    near = [*paths, "phase", "phases.", "phases.initial.titl", "phases.initial.title.x", "initial", "phasesXinitial"]
    assert [path for path in near if pattern.match(path)] == paths
