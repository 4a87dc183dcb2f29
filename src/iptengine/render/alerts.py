"""The open risk alerts in built-in words (law 5): no template, override or translation comes near them."""

from __future__ import annotations

from iptengine.course.alert_words import number_among, what_alone
from iptengine.course.course import Alert, Course
from iptengine.course.wording import counted, weekday
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.scoring import risks_of

NEEDS = "Needs your assessment today."


def alert_heading(count: int) -> str:
    """What stands over the open alerts: ``2 RISK ALERTS``."""
    return "RISK ALERT" if count == 1 else counted(count, "RISK ALERT", "RISK ALERTS")


def alert_lines(protocol: Protocol, course: Course) -> tuple[str, ...]:
    """One line for every open risk alert, oldest first: measure, item, value, date, and what it needs.

    Where several are open each has its number on record, by which it is assessed. Empty when none is open. Words for
    people, not escaped: escape them for the page they go to.
    """
    standing = course.open_risk_alerts
    return tuple(_line(protocol, course, alert, number_among(alert, standing)) for alert in standing)


def alert_name(alert: Alert) -> str:
    """What a field to fill in calls an alert: ``Alert #4``, by the number under which its assessment is recorded."""
    return f"Alert #{alert.number}" if alert.number else "Alert"


def _line(protocol: Protocol, course: Course, alert: Alert, which: str) -> str:
    day = f"{weekday(alert.raised)} {alert.raised.year}"
    own = f" {_sentence(alert.do)}" if alert.do.strip() else ""
    measure = protocol.measures.get(alert.measure)
    told, whole = what_alone(alert.text)
    if whole and (measure is None or alert.item not in measure.items):
        return f"{told}{which}. {NEEDS}{own}"
    return f"{_what(protocol, alert)}, on {day}{_since(protocol, course, alert)}{which}. {NEEDS}{own}"


def _what(protocol: Protocol, alert: Alert) -> str:
    measure = protocol.measures.get(alert.measure)
    item = measure.items.get(alert.item) if measure else None
    if measure is None or item is None:
        return alert.text.strip().rstrip(".") or "A risk alert"
    number = f"item {item.number}" if item.number else "item"
    return f"{measure.label}, {number} ({item.title[:1].lower()}{item.title[1:]}): {_answered(alert.value)}"


def _answered(value: int | None) -> str:
    """An answer, or that there is none; why there is none, the text of the alert says in the lists."""
    return "no answer on record" if value is None else f"answered {value}"


def _since(protocol: Protocol, course: Course, alert: Alert) -> str:
    """What the answer was put right to after the alert was raised: the table of scores shows that one."""
    put_right = {one.event: one.by_event for one in course.corrections}
    standing = alert.cause
    while standing in put_right:
        standing = put_right[standing]
    reading = next((one for one in course.readings if one.id == standing), None)
    measure = protocol.measures.get(alert.measure)
    if reading is None or measure is None:
        return ""
    now = next((risk.value for risk in risks_of(measure, reading.answers) if risk.item == alert.item), alert.value)
    return "" if now == alert.value else f"; put right since: {_answered(now)}"


def _sentence(text: str) -> str:
    whole = " ".join(text.split())
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."


__all__ = ["NEEDS", "alert_heading", "alert_lines", "alert_name"]
