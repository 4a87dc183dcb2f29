"""Approvals of a protocol file: requests that wait for somebody in a named role."""

from __future__ import annotations

from pydantic import Field

from iptengine.protocol.fields import Text
from iptengine.protocol.parts import Sourced
from iptengine.protocol.references import RequestNames, RoleNames, SpokenNames


class ApprovalSpec(Sourced):
    """Requests that need somebody in a named role, such as the supervisor, before or after they are carried out.

    Assessments of alerts never wait for an approval, and a clinician can always go on by a deviation.
    """

    title: Text = Field(description="What is approved, as a sentence about it begins: The start of the work")
    of: RequestNames = Field(
        description="The requests it is about: enter_phase, end_course, book, agree_contract, amend_contract, "
        "agree_focus, close_focus, change_focus, restage, move_chart, choose_plan, change_plan, interrupt, resume, "
        "finish_component, prepare_message"
    )
    only: SpokenNames = Field(
        (),
        description="Only requests that speak of these: names of phases, outcomes, problem areas, stages, charts, "
        "their states, components, orders or contacts; all of them when left out",
    )
    by: RoleNames = Field(description="The roles that may approve, as they are recorded: supervisor")
    afterwards: bool = Field(
        False, description="The request is carried out at once, and stays to be confirmed until one of these roles does"
    )
