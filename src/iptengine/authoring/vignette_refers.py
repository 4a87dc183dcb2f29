"""The names in a vignette that stand for something: of its protocol, or of what the vignette itself tells."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from iptengine.protocol.fields import Name, Text, one_or_many
from iptengine.protocol.references import AreaName, Refers, StageName, StateName

FactName = Annotated[Name, Refers(("fact",))]
MeasureName = Annotated[Name, Refers(("measure",))]
ContactName = Annotated[Name, Refers(("contact",))]
ContactNames = Annotated[tuple[ContactName, ...], BeforeValidator(one_or_many)]
ChecklistName = Annotated[Name, Refers(("checklist",))]
QuestionName = Annotated[Name, Refers(("question",))]
OutcomeName = Annotated[Name, Refers(("outcome",))]
PauseName = Annotated[Name, Refers(("pause",))]
PausedName = Annotated[Name, Refers(("pause",), always=("no",))]
ChartName = Annotated[Name, Refers(("chart",))]
OrderName = Annotated[Name, Refers(("order",))]
CurrentName = Annotated[Name, Refers(("component",), always=("none",))]
AreaNames = Annotated[tuple[AreaName, ...], BeforeValidator(one_or_many)]
StageNames = Annotated[tuple[StageName, ...], BeforeValidator(one_or_many)]
StateNames = Annotated[tuple[StateName, ...], BeforeValidator(one_or_many)]
AlertName = Annotated[Name, Refers(("alert",), always=("risk_item", "all"))]
AlertNames = Annotated[tuple[AlertName, ...], BeforeValidator(one_or_many)]
ApprovalName = Annotated[Name, Refers(("approval",))]
ApprovalNames = Annotated[tuple[ApprovalName, ...], BeforeValidator(one_or_many)]
WorkName = Annotated[Name, Refers(("task", "topic"))]
WorkNames = Annotated[tuple[WorkName, ...], BeforeValidator(one_or_many)]
PlannedName = Annotated[Name, Refers(("task", "topic", "component"))]
ReasonName = Annotated[Name, Refers(("condition",))]
"""Why something is refused: the name of a condition, or a word of the engine."""
FocusName = Annotated[Text, Refers(("focus",))]
"""A focus by the name the vignette gives it; one that it gives none has that of its problem area."""
WayName = Annotated[Text, Refers(("way",))]
"""Something that can be said, with whom or what it is said of: ``enter.middle``, ``focus.grief``."""
WayNames = Annotated[tuple[WayName, ...], BeforeValidator(one_or_many)]
RecordedName = Annotated[Text, Refers(("recorded",))]
"""Something a happening says, by its keys: ``phq9``, ``tasks.link``, ``stage.dispute``."""
