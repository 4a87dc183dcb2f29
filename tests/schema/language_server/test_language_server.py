"""The schema in the real YAML language server: what an author reads, is offered and is told while typing.

`.ci/run` installs the server beside this file. Elsewhere: ``npm install --no-save`` in this folder; until then these
tests are skipped, and say so.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from language_client import LanguageServer, Told

from iptengine.authoring.schema import schema_for, schema_of
from phrases import protocol

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SERVER = HERE / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
SOON = 10
"""Seconds in which paths are offered on a busy machine; half a second is usual."""
HEAD = """\
iptengine: 1
protocol: ipt-try
version: 0.1.0
status: draft
title: A variant to try
extends: ipt-adult@1.0.0
changes:
  shorter:
    because: The clinic offers less
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    node = shutil.which("node")
    if node is None or not SERVER.exists():
        missing = (
            "node is not installed" if node is None else f"npm install --no-save in {HERE.relative_to(ROOT)} first"
        )
        why = f"the schema was not tried in the YAML language server: {missing}"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("editor")
    schemas = {"variant": schema_for(protocol("ipt-adult")), "protocol": schema_of(), "vignette": schema_of("vignette")}
    for name, schema in schemas.items():
        (folder / f"{name}.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    running = LanguageServer([node, str(SERVER), "--stdio"], folder)
    yield running
    running.close()


def under(server: LanguageServer, schema: str, text: str) -> str:
    """A file whose first line says where its schema is."""
    return f"# yaml-language-server: $schema={(server.folder / f'{schema}.schema.json').as_uri()}\n{text}"


def variant(server: LanguageServer, changes: str) -> str:
    return under(server, "variant", HEAD + changes)


LINE = HEAD.count("\n") + 2
"""The line on which the changes begin."""


# What is offered.


def test_a_path_of_the_base_is_offered_with_what_stands_there_now(server: LanguageServer) -> None:
    offered = server.completions("offer.yaml", variant(server, "    set:\n      phases.initial.wi|"))
    window = offered["phases.initial.window"]
    assert window["insertText"] == "phases.initial.window: ${1:first 1..3}"
    assert window["documentation"] == "Which sessions it is meant to take. Now: first 1..3"
    assert {"contract.sessions", "problem_areas.grief.title"} <= set(offered)


def test_paths_are_offered_soon(server: LanguageServer) -> None:
    text = variant(server, "    set:\n      |")
    server.completions("soon.yaml", text)
    began = time.monotonic()
    assert len(server.completions("soon-again.yaml", text)) > 1000
    assert time.monotonic() - began < SOON


def test_what_could_be_added_is_offered_and_what_is_there_is_not(server: LanguageServer) -> None:
    offered = set(server.completions("add.yaml", variant(server, "    add:\n      |")))
    assert {"phases.initial.must.NAME", "phases.initial.must.inventory.by", "calendar.stop"} <= offered
    assert not {"phases.initial.window", "phases.initial.must.inventory"} & offered


def test_inside_a_new_task_the_keys_of_a_task_are_offered(server: LanguageServer) -> None:
    text = "    add:\n      phases.initial.must.private_talk:\n        |"
    offered = set(server.completions("task.yaml", variant(server, text)))
    assert {"do", "only_if", "by", "times", "techniques"} <= offered


def test_where_a_condition_stands_the_conditions_of_the_base_are_offered(server: LanguageServer) -> None:
    text = "    set:\n      alerts.worse_twice.raise_if: |"
    offered = server.completions("condition.yaml", variant(server, text))
    assert {"a focus is agreed", "sessions left <= 4"} <= set(offered)


def test_where_a_name_stands_the_names_of_the_base_are_offered(server: LanguageServer) -> None:
    offered = set(server.completions("source.yaml", variant(server, "    source: |")))
    assert {"guide", "team", "conduct"} & offered == {"guide", "conduct"}
    text = "    add:\n      phases.initial.must.inventory.techniques: |"
    assert {"clarification", "role_play"} <= set(server.completions("technique.yaml", variant(server, text)))


@pytest.mark.parametrize("text", ["    remove:\n      - |", "    remove: [|]", "    remove: |"])
def test_what_can_be_removed_is_offered(server: LanguageServer, text: str) -> None:
    offered = set(server.completions("remove.yaml", variant(server, text)))
    assert "problem_areas.interpersonal_deficits" in offered
    assert "phases.initial.title" not in offered


def test_an_order_begins_with_the_present_one(server: LanguageServer) -> None:
    offered = server.completions("order.yaml", variant(server, "    order:\n      pha|"))
    assert offered["phases"]["insertText"] == "phases:\n  - ${1:initial}\n  - ${2:middle}\n  - ${3:ending}"


def test_a_move_offers_the_maps_that_fit(server: LanguageServer) -> None:
    text = "    move:\n      phases.initial.must.inventory: |"
    offered = set(server.completions("move.yaml", variant(server, text)))
    assert {"phases.middle.must", "phases.initial.may"} <= offered
    assert "techniques" not in offered


def test_a_key_of_a_whole_protocol_is_offered_and_never_fills_in_what_others_wrote(server: LanguageServer) -> None:
    offered = server.completions("whole.yaml", under(server, "protocol", "iptengine: 1\nphases:\n  initial:\n    |"))
    assert {name: offered[name]["insertText"] for name in ("aim", "window", "must")} == {
        "aim": "aim: ", "window": "window: ", "must": "must:\n  ",
    }  # fmt: skip


def test_an_empty_file_is_offered_the_head_of_a_protocol_or_of_a_variant(server: LanguageServer) -> None:
    assert {"protocol", "title", "extends", "phases"} <= set(
        server.completions("new.yaml", under(server, "protocol", "|"))
    )
    offered = set(server.completions("new-variant.yaml", under(server, "protocol", "extends: ipt-adult@1.0.0\n|")))
    assert "changes" in offered
    assert "phases" not in offered


# How it is switched on, as the docs say.


def test_a_line_in_the_settings_of_the_folder_switches_it_on_for_every_protocol(server: LanguageServer) -> None:
    told = server.diagnostics("new.protocol.yaml", HEAD + "    remove: alerts.worse_twice\n    sett: {}\n")
    assert told == [Told(LINE, "sett", "Property sett is not allowed.")]


def test_the_first_line_of_a_variant_may_name_a_schema_beside_it(server: LanguageServer) -> None:
    text = f"# yaml-language-server: $schema=variant.schema.json\n{HEAD}    remove: alerts.worse_thrice\n"
    says = "ipt-adult@1.0.0 has nothing at this path that a variant could do without"
    assert server.diagnostics("mine.protocol.yaml", text) == [Told(LINE, "alerts.worse_thrice", says)]


# What is explained.


def test_over_a_path_stands_what_it_is_and_what_the_base_says(server: LanguageServer) -> None:
    told = server.hover("hover.yaml", variant(server, "    set:\n      phases.initial.win|dow: first 2\n"))
    assert "Which sessions it is meant to take. Now: first 1..3" in told


def test_over_a_key_stands_what_it_is_for_with_examples(server: LanguageServer) -> None:
    text = "iptengine: 1\nphases:\n  initial:\n    win|dow: first 3\n"
    told = server.hover("key.yaml", under(server, "protocol", text))
    assert told.startswith("#### Phase\n\nWhich sessions it is meant to take\n")
    assert "```yaml\n4..last 4\n```" in told


def test_over_a_key_that_holds_a_map_stands_an_example_of_one(server: LanguageServer) -> None:
    text = "iptengine: 1\nfocus:\n  at_most: 1\nproblem_areas|:\n  grief: {title: Grief}\n"
    told = server.hover("map.yaml", under(server, "protocol", text))
    assert "What a course can work on\n\n```yaml\nproblem_areas:\n" in told


# What is told.


@pytest.mark.parametrize(
    ("changes", "line", "marks", "says"),
    [
        (
            "    set:\n      phases.initial.window: 3 first\n", 1, "3 first",
            "wanted here: positions of sessions from the start or the end, such as first 3, last 3..4, 4..last 4",
        ),
        (
            "    set:\n      phases.initial.title: 3\n", 1, "3",
            "a text is wanted here; put a number, true or false in double quotes",
        ),
        ("    sett:\n      phases.initial.title: A\n", 0, "sett", "Property sett is not allowed."),
        (
            "    set:\n      contract.sessions: 8\n      phases.initial.windw: first 3\n", 2, "phases.initial.windw",
            "ipt-adult@1.0.0 writes no such path; what is new there goes under add",
        ),
        (
            "    add:\n      phases.initial.window: first 3\n", 1, "phases.initial.window",
            "ipt-adult@1.0.0 has this path already; use set to put something in its place",
        ),
        (
            "    add:\n      phases.inital.must.talk: Ask\n", 1, "phases.inital.must.talk",
            "ipt-adult@1.0.0 has no place for this path: its map, or the key, is not part of the format there",
        ),
        (
            "    add:\n      phases.initial.must.talk:\n        do: Ask\n        byy: session 2\n", 3, "byy",
            "Property byy is not allowed.",
        ),
        (
            "    remove: [phases.initial.windw]\n", 0, "phases.initial.windw",
            "ipt-adult@1.0.0 has nothing at this path that a variant could do without",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_marked_at_its_place_in_words_that_help(
    server: LanguageServer, changes: str, line: int, marks: str, says: str
) -> None:
    told = server.diagnostics("mistake.yaml", variant(server, changes))
    assert Told(LINE + line, marks, says) in told
    assert {one.line for one in told} == {LINE + line}


def test_keys_that_stand_in_for_each_other_are_marked_both(server: LanguageServer) -> None:
    text = "    add:\n      facts.room:\n        title: Where\n        one_of: [here, there]\n        number: 1..3\n"
    says = "give a fact exactly one of one_of, number or type"
    told = server.diagnostics("fact.yaml", variant(server, text))
    assert told == [Told(LINE + 3, "one_of", says), Told(LINE + 4, "number", says)]


def test_a_missing_key_is_told_where_it_is_missing(server: LanguageServer) -> None:
    text = HEAD.replace("    because: The clinic offers less\n", "    remove: alerts.worse_twice\n")
    told = server.diagnostics("missing.yaml", under(server, "variant", text))
    assert told == [Told(9, "shorter", 'Missing property "because".')]


@pytest.mark.parametrize("name", ["ipt-adult", "ipt-brief"])
def test_of_a_shipped_protocol_nothing_is_told(server: LanguageServer, name: str) -> None:
    text = (ROOT / "protocols" / f"{name}.protocol.yaml").read_text(encoding="utf-8")
    assert server.diagnostics(f"{name}.yaml", under(server, "protocol", text)) == []


def test_of_a_shipped_variant_its_base_tells_nothing_either(server: LanguageServer) -> None:
    text = (ROOT / "protocols" / "ipt-brief.protocol.yaml").read_text(encoding="utf-8")
    assert server.diagnostics("brief.yaml", under(server, "variant", text)) == []


def test_of_a_shipped_vignette_nothing_is_told(server: LanguageServer) -> None:
    text = (ROOT / "examples" / "impasse-reopened.vignette.yaml").read_text(encoding="utf-8")
    assert server.diagnostics("course.yaml", under(server, "vignette", text)) == []
