"""`iptengine sources`: what each statement rests on, and which source is of no use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iptengine.protocol.parts import Sourced
from iptengine.protocol.protocol import Protocol

WHOLE = """\
iptengine: 1
protocol: talks
version: 1.0.0
status: draft
title: Talks | with *signs*
population: Adults who lost someone close

sources:
  guide: A guide, page 7
  team: {decision: "The team, in May"}
  memory: {unverified: From memory}
  spare: A paper nobody quotes

contract:
  sessions: 6
  frequency: 1 a week
  minutes: 50
  source: team

start: telling
phases:
  telling:
    title: Telling the story
    aim: Make room
    source: [memory, guide]
    must:
      story: {do: Ask how it happened, source: memory}
      person: Ask what this person was like
    next:
      finished: {}

outcomes:
  finished: {title: The talks ended, kind: completed, source: [team, memory]}
"""

VARIANT = """\
iptengine: 1
protocol: short-talks
version: 0.1.0
status: draft
title: Short talks
extends: talks@1.0.0
sources:
  ward: {decision: The ward}
  idle: {unverified: Nobody knows}
changes:
  shorter:
    because: There is less time
    source: ward
    set:
      contract.sessions: 4
      phases.telling.must.person: Ask who this person was
    add:
      phases.looking:
        title: Looking ahead
        aim: See what is left
        must: {ahead: {do: Ask what comes next, source: guide}, friends: Ask who is there}
        next: {finished: {}}
    remove: [phases.telling.must.story]
  led_on:
    because: The second phase comes after the first
    source: team
    add:
      phases.telling.next.looking: {}
"""


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A protocol and its variant in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talks.protocol.yaml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "short-talks.protocol.yaml").write_text(VARIANT, encoding="utf-8")
    return tmp_path


def test_each_statement_is_told_with_its_path_title_line_and_sources(typed, talks: Path) -> None:
    told = typed("sources", "talks.protocol.yaml")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "Talks | with *signs*",
        "talks@1.0.0.  5 statements that can name a source",
        "",
        "  1  cited: a publication or a page",
        "  2  decided: somebody chose, and the file says who",
        "  1  unverified: nobody has checked it against a source",
        "  1  on nothing: no source is named",
        "",
        "On nothing: no source is named",
        "  phases.telling.must.person  talks.protocol.yaml:28",
        "      Ask what this person was like",
        "",
        "Unverified: nobody has checked it against a source",
        "  phases.telling.must.story  talks.protocol.yaml:27",
        "      Ask how it happened [memory]",
        "",
        "Decided: somebody chose, and the file says who",
        "  contract  talks.protocol.yaml:14",
        "      [team]",
        "  outcomes.finished  talks.protocol.yaml:33",
        "      The talks ended [team, memory]",
        "",
        "Cited: a publication or a page",
        "  phases.telling  talks.protocol.yaml:22",
        "      Telling the story [memory, guide]",
        "",
        "Sources, and how many statements name them",
        "  memory  3  Not verified: From memory",
        "  team    2  Decided: The team, in May",
        "  guide   1  A guide, page 7",
        "",
        "Sources that nothing rests on",
        "  spare  A paper nobody quotes",
    ]


def test_as_json_every_statement_and_every_source_is_a_record(typed, talks: Path) -> None:
    record = json.loads(typed("sources", "talks.protocol.yaml", "--format", "json").out)
    assert (record["schema"], record["protocol"]) == ("iptengine.sources/1", "talks@1.0.0")
    assert record["counts"] == {"cited": 1, "decided": 2, "unverified": 1, "nothing": 1}
    assert record["statements"][0] == {
        "path": "contract", "title": "", "file": "talks.protocol.yaml", "line": 14, "ground": "decided",
        "sources": ["team"],
    }  # fmt: skip
    assert record["sources"]["memory"] == {"kind": "unverified", "text": "From memory", "statements": 3}
    assert record["unused"] == ["spare"]


def test_as_markdown_it_is_tables_for_a_supplement(typed, talks: Path) -> None:
    lines = typed("sources", "talks.protocol.yaml", "--format", "markdown").out.splitlines()
    assert lines[0] == r"# What Talks \| with \*signs\* rests on"
    assert "| `phases.telling.must.story` | Ask how it happened | memory | talks.protocol.yaml:27 |" in lines
    assert "| spare | 0 | A paper nobody quotes |" in lines
    assert [line.count("|") - line.count("\\|") for line in lines if line.startswith("| `")] == [5] * 5


def test_what_a_group_of_changes_set_or_added_rests_on_its_source_too(typed, talks: Path) -> None:
    record = json.loads(typed("sources", "short-talks.protocol.yaml", "--format", "json").out)
    assert {one["path"]: one["sources"] for one in record["statements"]} == {
        "contract": ["team", "ward"],
        "phases.telling": ["memory", "guide", "team"],
        "phases.telling.must.person": ["ward"],
        "phases.looking": ["ward"],
        "phases.looking.must.ahead": ["guide", "ward"],
        "phases.looking.must.friends": ["ward"],
        "outcomes.finished": ["team", "memory"],
        "changes.shorter": ["ward"],
        "changes.led_on": ["team"],
    }
    assert record["counts"] == {"cited": 2, "decided": 7, "unverified": 0, "nothing": 0}
    assert record["unused"] == ["spare", "idle"]
    assert {one["file"] for one in record["statements"]} == {"talks.protocol.yaml", "short-talks.protocol.yaml"}


def test_every_part_that_can_name_a_source_is_counted_once(typed, ipt: Protocol) -> None:
    record = json.loads(typed("sources", "ipt-adult", "--format", "json").out)
    assert sum(record["counts"].values()) == len(record["statements"])
    assert len({one["path"] for one in record["statements"]}) == len(record["statements"])
    phases = [one["path"] for one in record["statements"] if one["path"].startswith("phases.")]
    assert all(isinstance(phase, Sourced) and f"phases.{name}" in phases for name, phase in ipt.spec.phases.items())
    assert record["counts"]["nothing"] == 0


def test_a_protocol_with_mistakes_tells_them_instead(typed, talks: Path) -> None:
    (talks / "talks.protocol.yaml").write_text(WHOLE.replace("source: team", "source: teem"), encoding="utf-8")
    told = typed("sources", "talks.protocol.yaml")
    assert (told.code, told.out) == (1, "")
    assert "[unknown-source]" in told.err
