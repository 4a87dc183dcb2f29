"""Forms about the group a course meets in."""

from __future__ import annotations

from iptengine.protocol.conditions.comparing import counted, stated
from iptengine.protocol.conditions.grammar import Shape

GROUPS = (
    Shape(
        "the course is in a group",
        "This patient is a member of a group now.",
        stated("the course is in a group", lambda facts: facts.in_group, "the course is in no group"),
    ),
    Shape(
        "group sessions attended OP NUMBER",
        "Sessions of a group that this patient was there for; meetings alone do not count.",
        counted("group sessions attended", lambda facts: facts.group_sessions),
        ">= 6",
    ),
)
