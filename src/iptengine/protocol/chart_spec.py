"""Further charts of a protocol file: states beside the phases, such as the stages a group goes through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from iptengine.protocol.fields import Name, Text
from iptengine.protocol.parts import Conditions, Sourced
from iptengine.protocol.references import Gives, StateName
from iptengine.protocol.topics import Phrases


class ChartStateSpec(Sourced):
    """Where a further chart can stand."""

    title: Text = Field(description="Its name, as the page says it")
    aim: Text | None = Field(None, description="What a session is for while the chart stands here")
    ask: Phrases = Field(default={}, description="Words a therapist may say")
    note: Text | None = Field(None, description="A remark for the therapist")
    next: Mapping[StateName, Conditions] = Field(
        default={}, description="States a clinician may move it to, each with its conditions"
    )


class FurtherChartSpec(Sourced):
    """States that stand beside the phases and move on their own, such as the stages of a group.

    A clinician moves it; the engine shows where it stands and what is open, and conditions may ask about it.
    """

    title: Text = Field(description="Its name, as the page says it")
    start: StateName = Field(description="The state it stands in when a course begins")
    states: Mapping[Annotated[Name, Gives("state")], ChartStateSpec] = Field(description="Where it can stand")
