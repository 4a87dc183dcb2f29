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
from iptengine.protocol.references import SPOKEN_OF


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
    plan = spec.plan
    names = {
        "phase": tuple(spec.phases),
        "outcome": tuple(spec.outcomes),
        "area": tuple(spec.problem_areas),
        "stage": tuple(stage for area in spec.problem_areas.values() for stage in area.stages),
        "chart": tuple(spec.charts),
        "state": tuple(state for chart in spec.charts.values() for state in chart.states),
        "order": tuple(plan.orders) if plan else (),
        "component": tuple(plan.components) if plan else (),
        "contact": tuple(spec.contacts),
    }
    found = tuple(name for kind in SPOKEN_OF.get(request, ()) for name in names[kind])
    return (
        tuple(name for name in found if plan and plan.components[name].interrupts) if request == "interrupt" else found
    )
