"""Every rule, one module each; the name of the module is the code, its docstring the page that explains it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

from iptengine.authoring.rules import (
    approval_before_safety,
    approval_by_nobody,
    approval_target,
    bad_name,
    bad_value,
    circular_approval,
    circular_condition,
    contract_range,
    dates_backwards,
    dead_end,
    deadline_does_not_fit,
    empty_phase,
    empty_session,
    final_stage_leads_on,
    flow_text,
    focus_without_areas,
    group_size,
    group_unled,
    measure_without_version,
    minutes_do_not_fit,
    missed_policy,
    missing_key,
    missing_unstaged,
    name_used_twice,
    never_ends,
    order_against_after,
    order_circle,
    outcome_from,
    pause_without_tasks,
    repeated_task,
    review_needs_reviewer,
    risk_alert_without_fact,
    sessions_do_not_fit,
    stop_is_no_day,
    template_not_here,
    text_too_long,
    too_many_mistakes,
    too_many_parts,
    topic_never_due,
    two_running_orders,
    unknown_date,
    unknown_key,
    unknown_measure,
    unknown_participant,
    unknown_phase,
    unknown_policy,
    unknown_protocol,
    unknown_request,
    unknown_source,
    unknown_stage,
    unknown_state,
    unknown_step,
    unknown_target,
    unknown_task,
    unknown_technique,
    unknown_topic,
    unreachable_phase,
    unreachable_stage,
    unreachable_state,
    window_does_not_fit,
)
from iptengine.authoring.view import View
from iptengine.diagnostics import Finding

Rule = Callable[[View], Iterator[Finding]]

_CHECKED: tuple[ModuleType, ...] = (
    approval_before_safety,
    approval_by_nobody,
    approval_target,
    circular_approval,
    circular_condition,
    contract_range,
    dates_backwards,
    dead_end,
    deadline_does_not_fit,
    empty_phase,
    empty_session,
    final_stage_leads_on,
    focus_without_areas,
    group_size,
    group_unled,
    minutes_do_not_fit,
    missed_policy,
    missing_unstaged,
    name_used_twice,
    order_against_after,
    never_ends,
    order_circle,
    outcome_from,
    pause_without_tasks,
    repeated_task,
    review_needs_reviewer,
    risk_alert_without_fact,
    sessions_do_not_fit,
    topic_never_due,
    two_running_orders,
    stop_is_no_day,
    unknown_date,
    unknown_participant,
    unknown_phase,
    unknown_policy,
    unknown_request,
    unknown_source,
    unknown_stage,
    unknown_state,
    unknown_step,
    unknown_target,
    unknown_task,
    unknown_technique,
    unknown_topic,
    unreachable_phase,
    unreachable_stage,
    unreachable_state,
    window_does_not_fit,
)
_FOUND_BEFORE: tuple[ModuleType, ...] = (
    bad_name,
    bad_value,
    flow_text,
    measure_without_version,
    missing_key,
    template_not_here,
    text_too_long,
    too_many_mistakes,
    too_many_parts,
    unknown_key,
    unknown_measure,
    unknown_protocol,
)


def code_of(module: ModuleType) -> str:
    """The code of a rule: ``unknown-target`` for the module `unknown_target`."""
    return module.__name__.rpartition(".")[2].replace("_", "-")


RULES: dict[str, Rule] = {code_of(module): module.check for module in _CHECKED}
"""What looks at a protocol whose shape is right, by code."""

PAGES: dict[str, str] = {code_of(module): str(module.__doc__) for module in (*_CHECKED, *_FOUND_BEFORE)}
"""The page of each of these modules, by code."""
