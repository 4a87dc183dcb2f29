"""Lines about what is on record and still holds: plans of assessed reviews, numbers asked again, facts since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from iptengine.course.course import Alert, Appointment, Course
from iptengine.course.events import FactRecorded
from iptengine.course.first_lines import answer_told
from iptengine.course.lines import Line
from iptengine.course.wording import dated, shortened
from iptengine.protocol.parts import FactSpec

if TYPE_CHECKING:
    from iptengine.course.standing import Standing

REVIEW_ASSESSED = "review_assessed"
LAST_VALUES = 3
NOT_ANSWERED = "not answered"
ANSWER = 60
"""Signs of an answer in free words, where several stand in one line."""


def standing_reviews(course: Course) -> tuple[Alert, ...]:
    """The review alerts that were assessed and are not closed, the last first."""
    assessed = [a for a in course.alerts if a.level == "review" and a.state in ("assessed", "monitoring")]
    return tuple(sorted(assessed, key=lambda a: a.assessed or a.raised, reverse=True))


def review_lines(scene: Standing) -> Iterator[Line]:
    """What was found and agreed of each review alert that stands assessed."""
    for alert in standing_reviews(scene.course):
        yield Line(REVIEW_ASSESSED, _assessed(scene, alert), f"alerts.{alert.code}", {"alert": alert.id})


def _assessed(scene: Standing, alert: Alert) -> str:
    when = f" ({dated(alert.assessed, scene.on)})" if alert.assessed else ""
    told = [alert.text.rstrip("."), f"found: {alert.found.strip()}", f"plan: {alert.plan.strip()}"]
    whole = "; ".join(part for part in told if not part.endswith(": "))
    return f"Review{when}: {whole}{'' if whole.endswith(('.', '?', '!')) else '.'}"


def number_lines(scene: Standing) -> Iterator[Line]:
    """The last values of each number that is asked for again and again, and the day of the last."""
    for name, fact in scene.protocol.spec.facts.items():
        asked = sorted((f for f in scene.course.facts if f.fact == name), key=lambda f: f.on)[-LAST_VALUES:]
        if not _number_again(fact) or not asked or fact.kept_from_therapist or any(f.hidden for f in asked):
            continue
        values = ", ".join(NOT_ANSWERED if f.value is None else str(f.value) for f in asked)
        title = _title(fact)
        when = f"{'on' if len(asked) == 1 else 'last'} {dated(asked[-1].on, scene.on)}"
        yield Line("number_asked", f"{title} {values}, {when}.", f"facts.{name}", {"fact": name})


def fact_lines(scene: Standing) -> Iterator[Line]:
    """The facts recorded since the last session, that day included, in one line; of each the last answer."""
    last, known = scene.course.last_held, scene.protocol.spec.facts
    since = (f for f in scene.course.facts if last is None or f.on >= last.on)
    found = {f.fact: f for f in since if f.fact in known and not _told_elsewhere(known[f.fact])}
    if found:
        told = "; ".join(_recorded(scene, known[name], fact) for name, fact in found.items())
        where = f" since {_session(last, scene.on)}" if last is not None else ""
        yield Line("facts_recorded", f"Recorded{where}: {told}.", "facts", {"facts": list(found)})


def _session(last: Appointment, on: date) -> str:
    return dated(last.on, on) if last.number is None else f"session {last.number}"


def _told_elsewhere(fact: FactSpec) -> bool:
    """Whether its answer stands among the first lines, the dates or the numbers, or is kept from this page."""
    return fact.first or fact.type == "date" or fact.kept_from_therapist or _number_again(fact)


def _number_again(fact: FactSpec) -> bool:
    return fact.number is not None and fact.ask is not None and (fact.ask.recurs or fact.ask.interval is not None)


def _recorded(scene: Standing, fact: FactSpec, record: FactRecorded) -> str:
    last = scene.course.last_held
    answer = shortened(" ".join(answer_told(fact, record).split()), ANSWER).rstrip(".") or NOT_ANSWERED
    day = f" ({dated(record.on, scene.on)})" if last is None or record.on > last.on else ""
    return f"{_title(fact)} {answer}{day}"


def _title(fact: FactSpec) -> str:
    return fact.title if fact.title.endswith("?") else f"{fact.title.rstrip('.')}:"
