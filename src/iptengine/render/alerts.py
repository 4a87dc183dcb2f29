"""The open risk alerts in built-in words (law 5): no template, override or translation comes near them."""

from __future__ import annotations

from collections.abc import Collection

from iptengine.course.alert_words import number_among, what_alone
from iptengine.course.course import Alert, Course
from iptengine.course.wording import counted, weekday
from iptengine.protocol.protocol import Protocol

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
    return tuple(_line(protocol, alert, number_among(alert, standing)) for alert in standing)


def alert_name(alert: Alert, standing: Collection[Alert]) -> str:
    """What a field to fill in calls an alert: ``Alert 1``; among several, by the number that its line has."""
    return f"Alert #{alert.number}" if number_among(alert, standing) else "Alert 1"


def _line(protocol: Protocol, alert: Alert, which: str) -> str:
    day = f"{weekday(alert.raised)} {alert.raised.year}"
    own = f" {_sentence(alert.do)}" if alert.do.strip() else ""
    measure = protocol.measures.get(alert.measure)
    told, whole = what_alone(alert.text)
    if whole and (measure is None or alert.item not in measure.items):
        return f"{told}{which}. {NEEDS}{own}"
    return f"{_what(protocol, alert)}, on {day}{which}. {NEEDS}{own}"


def _what(protocol: Protocol, alert: Alert) -> str:
    measure = protocol.measures.get(alert.measure)
    item = measure.items.get(alert.item) if measure else None
    if measure is None or item is None:
        return alert.text.strip().rstrip(".") or "A risk alert"
    answer = "not answered" if alert.value is None else f"answered {alert.value}"
    number = f"item {item.number}" if item.number else "item"
    return f"{measure.label}, {number} ({item.title[:1].lower()}{item.title[1:]}): {answer}"


def _sentence(text: str) -> str:
    whole = " ".join(text.split())
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."


__all__ = ["NEEDS", "alert_heading", "alert_lines", "alert_name"]
