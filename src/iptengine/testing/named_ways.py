"""The ways of a course under the names by which a vignette speaks of them, like the keys of a happening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from iptengine.course import commands as c
from iptengine.course.course import Course
from iptengine.course.ways import Way, ways
from iptengine.protocol.protocol import Protocol


def seen_ways(protocol: Protocol, course: Course, on: date) -> Mapping[str, Way]:
    """What can be said to `course` on the day `on`: ``enter.middle``, ``focus.grief``, ``stage.dispute.impasse``."""
    return {way_name(way.command, course): way for way in ways(protocol, course, on=on, role=None)}


def way_name(command: c.Command, course: Course) -> str:
    """How a vignette names what a command asks for or reports."""
    match command:
        case c.EnterPhase(phase=name):
            return f"enter.{name}"
        case c.EndCourse(outcome=name):
            return f"end.{name}"
        case c.AgreeFocus(area=name):
            return f"focus.{name}"
        case c.ChangeFocus(focus=name, to=area):
            return f"change_focus.{name}.{area}"
        case c.CloseFocus(focus=name):
            return f"close_focus.{name}"
        case c.Restage(focus=name, to=stage):
            return f"stage.{name}.{stage}"
        case c.MoveChart(chart=name, to=state):
            return f"chart.{name}.{state}"
        case c.ChoosePlan(order=name):
            return f"plan.{name}" if name else "plan"
        case c.Interrupt(component=name) | c.DeliverComponent(component=name) | c.FinishComponent(component=name):
            return f"{_PLAIN[command.kind]}.{name}"
        case c.RecordFact(fact=name):
            return f"facts.{name}"
        case c.FillChecklist(checklist=name):
            return f"checklist.{name}"
        case c.RecordContact(contact=name):
            return f"contact.{name}"
        case c.PrepareMessage(contact=name):
            return f"prepare.{name}"
        case c.Read(measure=name):
            return name
        case c.AcknowledgeAlert(alert=id) | c.AssessAlert(alert=id) | c.MonitorAlert(alert=id) | c.CloseAlert(alert=id):
            alert = course.alert(id)
            return f"{_PLAIN[command.kind]}.{alert.code if alert else id}"
        case c.Approve(approval=id) | c.Decline(approval=id) | c.Confirm(approval=id):
            found = course.approval(id)
            return f"{command.kind}.{found.approval if found else id}"
        case _:
            return _PLAIN.get(command.kind, command.kind)


_PLAIN = {
    "hold_session": "status.attended",
    "miss_session": "status.missed",
    "agree_contract": "contract",
    "amend_contract": "amend",
    "announce_ending": "announce",
    "join_group": "join",
    "leave_group": "leave",
    "acknowledge_alert": "acknowledge",
    "assess_alert": "assess",
    "monitor_alert": "monitor",
    "close_alert": "close",
    "interrupt": "interrupt",
    "deliver_component": "deliver",
    "finish_component": "finish",
}

__all__ = ["seen_ways", "way_name"]
