"""What came of a command, in the order in which it has to be read: alerts, what was recorded, warnings, refusals.

It names what was recorded and repeats none of the words that were typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from iptengine.cli import screen
from iptengine.cli.event_words import event_words
from iptengine.cli.typed_lines import Lines
from iptengine.course.alert_words import NEEDED, as_it_stands, where_it_stands
from iptengine.course.commands import AssessAlert
from iptengine.course.course import Alert
from iptengine.course.events import AlertRaised, CourseWarning
from iptengine.course.refusal import Refused
from iptengine.course.wording import counted
from iptengine.engine.answers import Done

if TYPE_CHECKING:
    from iptengine.engine.clinic import Clinic


def tell_alerts(done: Done, lines: Lines) -> None:
    """Prints the alerts that a batch raised, each with the line that records its assessment."""
    for alert in done.alerts:
        screen.say_all(_alert_raised(alert, lines))


def tell_rest(done: Done, lines: Lines, *, again: bool = False) -> int:
    """Prints what came of a batch beside its alerts; 1 when something in it was refused.

    Args:
        again: It was recorded before, under the same key, and nothing was recorded now.
    """
    recorded = [event for event in done.events if not isinstance(event, AlertRaised)]
    if done.events:
        when = "recorded before" if again else "recorded"
        screen.say(f"{when} in course {done.course.id}, {counted(len(done.events), 'event')}:")
        told = (
            (f"{lines.numbers[event.id]}", event.on.isoformat(), event_words(event, lines.numbers, whole=False))
            for event in recorded
        )
        screen.say_all(screen.columns(told))
    else:
        screen.say(f"nothing was recorded in course {done.course.id}")
    if done.warnings:
        screen.say_all(_warned(done.warnings))
    for no in done.refused:
        tell_refused(no, lines)
    if done.refused and done.events:
        screen.say(screen.wrapped("What was recorded stands: say only what was refused again."))
    return 1 if done.refused else 0


def alert_head(alert: Alert) -> str:
    """How the line of an alert begins: in capitals while a risk waits for its assessment, and only then."""
    if alert.level != "risk":
        return "review alert"
    return "RISK ALERT" if alert.needs_assessment else "risk alert"


def alert_named(alert: Alert) -> str:
    """The same with its number, by which other commands name it: two alerts may read alike."""
    return f"{alert_head(alert)} #{alert.number}" if alert.number else alert_head(alert)


def alert_row(alert: Alert) -> tuple[str, str]:
    """The course of an alert, and what it says and where it stands."""
    told = f"{alert_named(alert)}, {alert.raised.isoformat()}, {where_it_stands(alert)}: {as_it_stands(alert)}"
    return alert.course, told


def say_open_risks(alerts: Iterable[Alert]) -> None:
    """Prints the risk alerts among open alerts, before all else that is told of a course; assessed ones last."""
    risks = sorted((alert for alert in alerts if alert.level == "risk"), key=lambda alert: not alert.needs_assessment)
    rows = [alert_row(alert) for alert in risks]
    if rows:
        screen.say_all(map(loud, screen.columns(rows, indent=0)))
        screen.say("")


def say_risks_of(clinic: Clinic, courses: Iterable[str]) -> None:
    """Prints the open risk alerts of courses that are about to move, or have just come in."""
    named = tuple(courses)  # none is not the same as all
    if named:
        say_open_risks(clinic.alerts(courses=named))


def loud(text: str) -> str:
    """The text, with what it begins with in colour: put there when it has its lines, which count signs."""
    return text.replace("RISK ALERT", screen.bad("RISK ALERT"), 1)


def complain_of_risk(told: str, course: str = "", *, perhaps: bool = False) -> None:
    """Prints that a risk answer was turned away, and what it is.

    Args:
        told: The answer, as in ``PHQ-9 item 9 is answered 2``.
        course: The member of a group it belongs to.
        perhaps: The store failed, and nobody knows whether it is on record.
    """
    head, what = "RISK ANSWER NOT RECORDED", "nothing of it is on record, and no list will show it"
    if perhaps:
        head = "RISK ANSWER PERHAPS NOT RECORDED"
        what = "nobody knows whether it is on record: look in `iptengine course history`"
    where = f" ({course})" if course else ""
    text = f"{head}{where}: {told} in this line; {what}.{NEEDED}"
    screen.complain(screen.wrapped(text, 0, 2).replace(head, screen.bad(head), 1))


def _alert_raised(alert: Alert, lines: Lines) -> Iterator[str]:
    yield loud(screen.wrapped(f"{alert_head(alert)}: {alert.text}", 0, 2))
    if alert.do:
        yield screen.wrapped(alert.do, 2)
    yield "  When it was assessed, record it:"
    yield f"    {lines.line(AssessAlert(alert.id, found='', plan=''), later=True)}"
    yield ""


def _warned(warnings: Iterable[CourseWarning]) -> Iterator[str]:
    return (screen.wrapped(f"warning: {one.text} [{one.code}]", 0, 2) for one in warnings)


def tell_refused(no: Refused, lines: Lines | None) -> int:
    """Prints why something was refused, and the line that goes on all the same, where a clinician may; 1."""
    screen.say(screen.bad(f"refused: {no.command.kind}"))
    for reason in no.reasons:
        screen.say(screen.wrapped(f"{reason.code}: {reason}", 2, 4))
    if no.overridable and lines is not None:
        screen.say("  To go on all the same, say why:")
        screen.say(f"    {lines.line(no.command, anyway=True)}")
    return 1


__all__ = [
    "alert_head",
    "alert_row",
    "complain_of_risk",
    "loud",
    "say_open_risks",
    "say_risks_of",
    "tell_alerts",
    "tell_refused",
    "tell_rest",
]
