"""Components wait for each other.

`after` and `never_before` say which components come earlier. Here they form a circle; or a component should
come after one that is `last`.

Why it matters: no plan could hold these components together.

Wrong:

    plan:
      components:
        sleep: {title: Sleep, dose: 1, after: activity}
        activity: {title: Activity, dose: 1..3, after: sleep}

Right:

    plan:
      components:
        sleep: {title: Sleep, dose: 1}
        activity: {title: Activity, dose: 1..3, after: sleep}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding
from iptengine.protocol.plan_spec import PlanSpec


def check(view: View) -> Iterator[Finding]:
    """Components after one that is last; and the first circle there is."""
    plan = view.spec.plan
    if plan is None:
        return
    after_last = tuple(_after_last(plan))
    yield from after_last
    earlier = {name: _earlier(plan, name) for name in plan.components}
    circle = () if after_last else _circle(earlier)
    if circle:
        told = " after ".join(f"'{name}'" for name in (*circle[:8], circle[0]))
        key = "after" if circle[1 % len(circle)] in plan.components[circle[0]].after else "never_before"
        path = ("plan", "components", circle[0], key)
        yield Finding(path, f"these components wait for each other: {told}", "leave out one of them", on_key=False)


def _after_last(plan: PlanSpec) -> Iterator[Finding]:
    for name, spec in plan.components.items():
        for key in ("after", "never_before"):
            for other in getattr(spec, key):
                if other in plan.components and plan.components[other].last and other != name:
                    message = f"'{name}' should come after '{other}', after which nothing comes"
                    hint = f"leave out 'last' of '{other}', or '{key}' here"
                    yield Finding(("plan", "components", name, key), message, hint, on_key=False)


def _earlier(plan: PlanSpec, name: str) -> tuple[str, ...]:
    spec = plan.components[name]
    found = (*spec.after, *spec.never_before)
    return tuple(other for other in found if other in plan.components and other != name)


def _circle(earlier: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """One circle, from the component that stands first in the file; empty when there is none."""
    waiting = {name: set(others) for name, others in earlier.items()}
    while free := [name for name, others in waiting.items() if not others & waiting.keys()]:
        for name in free:
            del waiting[name]
    if not waiting:
        return ()
    walked: dict[str, None] = {}
    name = next(iter(waiting))
    while name not in walked:
        walked[name] = None
        name = next(other for other in earlier[name] if other in waiting)
    names = list(walked)
    circle = names[names.index(name) :]
    first = circle.index(next(one for one in earlier if one in circle))
    return (*circle[first:], *circle[:first])
