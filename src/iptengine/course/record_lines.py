"""Lines about what is on record and still holds: plans of assessed review alerts, numbers asked for again and again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iptengine.course.course import Alert, Course
from iptengine.course.lines import Line
from iptengine.course.wording import dated

if TYPE_CHECKING:
    from iptengine.course.standing import Standing

REVIEW_ASSESSED = "review_assessed"
LAST_VALUES = 3
NOT_ANSWERED = "not answered"


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
        again = fact.number is not None and fact.ask is not None and (fact.ask.recurs or fact.ask.interval is not None)
        if not again or not asked or fact.kept_from_therapist or any(f.hidden for f in asked):
            continue
        values = ", ".join(NOT_ANSWERED if f.value is None else str(f.value) for f in asked)
        title = fact.title if fact.title.endswith("?") else f"{fact.title.rstrip('.')}:"
        when = f"{'on' if len(asked) == 1 else 'last'} {dated(asked[-1].on, scene.on)}"
        yield Line("number_asked", f"{title} {values}, {when}.", f"facts.{name}", {"fact": name})
