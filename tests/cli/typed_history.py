"""What a course holds, asked as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def kinds(typed: Callable[..., Any], course: str = "a") -> list[str]:
    """The kinds of the events of a course, in their order."""
    told = typed("course", "history", "clinic.db", course, "--format", "json")
    return [event["kind"] for event in json.loads(told.out)]
