"""An approval is limited to something its requests do not speak of.

`only` names what the requests under `of` speak of: a phase for `enter_phase`, an outcome for `end_course`,
a problem area for a focus, a stage or its area for `restage`, a chart or its state for `move_chart`, a
component or an order for a plan, a component that interrupts for `interrupt`, a contact for `prepare_message`.

Why it matters: the request would be carried out without anybody asking the supervisor.

Wrong:

    approvals:
      early_end: {title: The supervisor agrees, of: end_course, only: earlyy, by: supervisor}

Right:

    approvals:
      early_end: {title: The supervisor agrees, of: end_course, only: early, by: supervisor}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.rules.unknown_request import REQUESTS
from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean
from iptengine.protocol.model import Spec


def check(view: View) -> Iterator[Finding]:
    """Names under `only` that no request of the approval can speak of."""
    for name, approval in view.spec.approvals.items():
        if any(request not in REQUESTS for request in approval.of):
            continue  # told by itself
        known = list(dict.fromkeys(one for request in approval.of for one in spoken_of(view.spec, request)))
        for target in approval.only:
            if target not in known:
                requests = " and ".join(f"'{request}'" for request in approval.of)
                message = f"{requests} cannot speak of '{target}'"
                hint = did_you_mean(target, known) if known else "leave out only"
                yield Finding(("approvals", name, "only"), message, hint, on_key=False)


def spoken_of(spec: Spec, request: str) -> tuple[str, ...]:
    """Everything in this protocol that a request may speak of."""
    areas = spec.problem_areas
    stages = (stage for area in areas.values() for stage in area.stages)
    states = (state for chart in spec.charts.values() for state in chart.states)
    components = tuple(spec.plan.components) if spec.plan else ()
    orders = tuple(spec.plan.orders) if spec.plan else ()
    return {
        "enter_phase": tuple(spec.phases),
        "end_course": tuple(spec.outcomes),
        "agree_focus": tuple(areas),
        "close_focus": tuple(areas),
        "change_focus": tuple(areas),
        "restage": (*stages, *areas),
        "move_chart": (*spec.charts, *states),
        "choose_plan": (*orders, *components),
        "change_plan": components,
        "interrupt": tuple(name for name in components if spec.plan and spec.plan.components[name].interrupts),
        "finish_component": components,
        "prepare_message": tuple(spec.contacts),
    }.get(request, ())
