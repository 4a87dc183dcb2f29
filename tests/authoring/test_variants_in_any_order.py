"""What comes of a variant does not depend on the order of its groups and lines, names that are exchanged included."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine.authoring.loader import check_text
from iptengine.protocol.protocol import Protocol

HEAD = """\
iptengine: 1
protocol: ipt-try
version: 0.1.0
status: draft
title: A variant to try
extends: ipt-adult@1.0.0
sources:
  team: {decision: "The team, 12 May 2026"}
changes:
"""
LINES = (
    ("set", "contract.sessions: 12..14"),
    ("set", "facts.someone_at_risk.source: team"),
    ("set", "phases.middle.title: Working phase"),
    ("add", "facts.room: {title: Where we meet, one_of: [chair, private]}"),
    ("add", "phases.ending.must.farewell: Say goodbye"),
    ("rename", "facts.someone_at_risk: fear_at_home"),
    ("rename", "facts.fear_at_home: old_fear"),
    ("rename", "phases.middle: working"),
    ("rename", "alerts.another_at_risk: fear_or_violence"),
    ("rename", "alerts.fear_or_violence: another_at_risk"),
    ("move", "phases.initial.must.history: phases.middle.must"),
)


def loaded(lines: list[tuple[str, str]]) -> Protocol:
    """The variant with one group for each line, in this order."""
    groups = "".join(
        f"  g{LINES.index((verb, line))}:\n    because: So\n    source: team\n    {verb}:\n      {line}\n"
        for verb, line in lines
    )
    protocol, found = check_text((HEAD + groups).encode(), "try.protocol.yaml")
    assert found == ()
    assert protocol is not None
    return protocol


def said(protocol: Protocol) -> tuple[str, Any]:
    """All that a protocol says but its changes, in its order; and those, whose order is that of the file."""
    content = json.loads(protocol.content)
    changes = content["protocol"].pop("changes")
    return json.dumps(content), changes


@settings(max_examples=12)
@given(st.permutations(LINES))
def test_groups_in_any_order_come_to_the_same_protocol(lines: list[tuple[str, str]]) -> None:
    """The digest holds the changes as they were written, so that it is another one; the treatment is not."""
    assert said(loaded(lines)) == said(loaded(list(LINES)))
