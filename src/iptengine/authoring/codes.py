"""The codes of what is told at run time: what is due, lines of a page, warnings, refusals; each with what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Codes(NamedTuple):
    """The codes of one kind.

    Attributes:
        heading: What they are.
        where: Where they are found.
        says: What the words beside a code tell.
        words: Each code with those words.
    """

    heading: str
    where: str
    says: str
    words: Mapping[str, str]


DUE = Codes(
    "What is due",
    "The kinds of `due` and of `Clinic.due`.",
    "what is due",
    {
        "alert": "a risk alert that nobody has assessed",
        "review": "a review to assess, or something that waits for an approval or a confirmation",
        "session": "the next session, or one that was due and is not booked",
        "unrecorded": "an appointment that was booked and of which nothing is on record",
        "measure": "a measure, at the next session or by the calendar",
        "words": "a problem that the patient has not put into words yet",
        "outreach": "a contact of the protocol, or a call after a missed appointment",
        "plan": "a plan that is not chosen",
        "group": "a course that is in no group yet",
        "calendar": "a course whose calendar has stopped, or that has no visit left before it stops",
        "count": "a course that goes on although its sessions are used and none is booked",
        "follow_on": "a course that may follow this one, which has ended",
    },
)

LINES = Codes(
    "Lines of a page",
    "The codes under `agenda.first` and in the JSON of an agenda.",
    "what the line says",
    {
        "risk_open": "risk alerts that need an assessment",
        "risk_none_open": "that none is open, and to ask again",
        "item_unknown": "a risk item not known from before the course was taken over",
        "measure_due": "a measure to take",
        "word_items": "a problem to put into the patient's words",
        "question": "a fact to ask: one with `first: true`, or one that a risk alert rests on and that is late",
        "fact_due": "another fact to record",
        "checklist": "a checklist to go through",
        "review": "a review alert to assess",
        "review_assessed": "a review that was assessed and is not closed",
        "reminder": "what the therapist asked to be reminded of",
        "unrecorded": "appointments that were booked and of which nothing is on record",
        "missed": "the appointment that was not kept",
        "paused": "that the course rests",
        "back_from_pause": "what is due again after a pause",
        "participant_needed": "somebody who has to be there and is not expected",
        "participant_invited": "somebody who may be invited",
        "participant_not_known": "somebody of whom it cannot be told whether they are needed or invited",
        "participant_out": "somebody who is booked although they stay out",
        "left_open": "tasks and contacts that a date which came (a birth) has left open",
        "stays_out": "somebody who stays out",
        "contact_due": "a contact beside the count",
        "contact_not_known": "a contact of which it cannot be told whether it is due",
        "message_waiting": "a message that was prepared and is not on record as sent",
        "calendar_stopped": "that the calendar has stopped",
        "date_passed": "an expected day that has passed",
        "plan_not_chosen": "that a plan has to be chosen, or what opens it",
        "no_group": "that the course is in no group",
        "approval_waits": "a request that waits for a role",
        "approval_to_confirm": "something done that is to be confirmed",
        "approval_declined": "a request that was not approved",
        "approval_not_confirmed": "something done that was not confirmed",
        "task_first": "a task with `first: true`",
        "task_first_done": "such a task, done already before somebody joins",
        "task_late": "a task that should have been done",
        "task_by_now": "a task that should be done today",
        "announce_soon": "that the ending may be named",
        "announce_now": "that the ending is to be named today",
        "announce_by": "by when the ending is named",
        "next_time": "what begins next time",
        "also_due": "a task that found no place in the plan",
        "topic_asked": "a topic to ask about",
        "topic_met": "a topic that is linked only, led away from or kept out",
        "session_title": "what the session holds, and what comes next",
        "session_unwritten": "that the session is not written in the running order",
        "held_back": "a task of the session whose conditions do not hold",
        "cannot_tell": "something that rests on what is not known",
        "facts_recorded": "facts that were recorded since the last session",
        "number_asked": "the last values of a number that is asked again and again",
        "count_used_up": "that every session is used",
        "end_possible": "whether the course can end now",
        "more_sessions": "whether more sessions can be agreed",
        "chart": "the state of a further chart",
        "erased": "that the patient text of the course was erased",
        "follows": "what the course follows, or what follows it",
        "voided_alert": "an alert whose record was voided",
        "withdrawn_alert": "an alert whose record was withdrawn",
        "assessment_taken_back": "an alert whose assessment was withdrawn or voided",
        "group": "on the page of a group: its members and who leads it",
        "group_last": "its last session",
        "group_missed": "a session since then that nobody came to",
        "group_small": "that it is too small",
        "group_large": "that it is too large",
        "group_facilitators": "that too few or too many lead it",
        "group_unopened": "that the course of a member cannot be opened, and why",
        "group_split": "that its members are under different versions of the protocol",
        "group_apart": "that its members are in different phases, or states of a further chart",
        "group_pages": "that what concerns one member stands on his or her own page",
    },
)

WARNINGS = Codes(
    "Warnings",
    "What is told with a record (`warnings`), or about where the course stands (`standing_warnings`).",
    "what it warns of",
    {
        "before_start": "a day before the course began",
        "after_end": "something after its end",
        "day_ahead": "a day that lies ahead of the day it was recorded; no appointment that is booked or called off",
        "after_stop": "a session after the calendar stopped",
        "same_day": "a second session on one day",
        "beyond_contract": "a session beyond the count",
        "not_recorded": "a part of a whole session that made no sense and was left out",
        "bad_answers": "answers that could not be used",
        "bad_value": "a fact with a value it does not take",
        "fixed_fact": "a fixed fact that is changed",
        "item_unknown": "a risk item not known from before",
        "not_worded": "a score of a problem nobody has put into words",
        "reworded": "a problem put into other words, which begins a new series",
        "date_ahead": "a real day that lies ahead",
        "date_before_start": "a named day before the course began",
        "not_expected": "an expected day of a date that is not expected first",
        "contact_before_day": "a contact that was held before its new day",
        "out_of_order": "a task before the one it comes after",
        "other_phase": "a task of another phase",
        "before_its_session": "a task before the session that holds it",
        "kept_out": "a topic that is kept out, or somebody who stays out",
        "not_there": "somebody needed who was not there",
        "other_reason": "an ending for a reason the protocol does not list",
        "ending_tasks_open": "an ending with tasks that are not on record",
        "risk_alert_open": "an ending with a risk alert that nobody has assessed",
        "order_not_recommended": "an order of components whose conditions do not hold",
        "not_in_plan": "work on a component the plan does not hold",
        "not_planned": "a component left out that was not planned that day",
        "out_of_turn": "a component before its turn",
        "component_finished": "work on a component that was finished",
        "beyond_most_dose": "more than the most dose",
        "group_small": "too few members",
        "group_large": "too many members",
        "group_facilitators": "too few or too many who lead",
        "other_group": "a session of a group the course was not in",
        "group_absent": "a task said of a group that met without this member",
        "store_behind": "a form drawn from a version of the course that this store does not have",
        "in_pause": "a session while the course rests",
        "miss_in_pause": "a miss in a pause that uses a session",
        "already_paused": "a pause while the course rests already",
        "window_closed": "a phase whose window has closed on open conditions",
        "ending_not_announced": "an ending that should have been named",
        "budget_short": "too few sessions left for what is required",
        "plan_short": "too few sessions left for the least doses",
        "unstaged": "a focus without a stage",
        "calendar_stopped": "a calendar that has stopped",
        "no_visit_left": "no visit before the calendar stops",
        "booking_after_stop": "an appointment after the stop",
        "booking_outside_phase": "an appointment outside the dates of its phase",
        "anomaly": "something in the history that this version cannot use",
    },
)

REFUSALS = Codes(
    "Refusals that can be overridden",
    "",
    "why not",
    {
        "contract_full": "every session is used or booked",
        "sessions_range": "more or fewer sessions than the protocol gives",
        "sessions_missing": "a contract without its number",
        "sessions_used": "fewer sessions than are used",
        "minutes_range": "more or fewer minutes than the protocol gives",
        "mode": "another mode",
        "no_way": "no way leads there",
        "person": "a focus that names nobody",
        "too_many_focuses": "more focuses than the protocol allows",
        "focus_closed": "the focus is closed",
        "calendar_stop": "an appointment after the stop",
        "below_least_dose": "a component finished below its least dose",
        "interrupts": "a component that only interrupts",
        "waits_for_approval": "what waits for a role",
        "group_size": "a group too small or too large",
        "group_facilitators": "too few or too many who lead",
    },
)

SENSELESS = Codes(
    "Refusals that cannot be overridden",
    "What was asked makes no sense: no deviation carries it out, and the text of the refusal says what to write.",
    "why not",
    {
        "unknown_alert": "an alert that the course does not have",
        "unknown_approval": "an approval that nothing waits for",
        "unknown_area": "a problem area that the protocol does not have",
        "unknown_chart": "a chart that the protocol does not have",
        "unknown_checklist": "a checklist that the protocol does not have",
        "unknown_command": "something that cannot be said to a course",
        "unknown_component": "a component that the protocol does not have",
        "unknown_contact": "a contact that the protocol does not have",
        "unknown_event": "a record that the course does not have, or that cannot be corrected or voided",
        "unknown_fact": "a fact that the protocol does not ask for",
        "unknown_focus": "a focus that the course does not have",
        "unknown_homework": "a step to try that is not on record",
        "unknown_how": "a task recorded in another way than done, partly, declined, not applicable or not done",
        "unknown_measure": "a measure that the protocol does not use",
        "unknown_order": "an order of components that the protocol does not have",
        "unknown_outcome": "an outcome that the protocol does not have",
        "unknown_participant": "somebody present whom the protocol does not know",
        "unknown_pause": "a pause that the protocol does not have",
        "unknown_phase": "a phase that the protocol does not have",
        "unknown_policy": "a policy for missed sessions that the protocol does not have",
        "unknown_question": "a question that the checklist does not have",
        "unknown_stage": "a stage that the problem area does not have",
        "unknown_state": "a state that the chart does not have",
        "unknown_status": "a session not held in a way that the protocol does not have",
        "unknown_task": "a task that the protocol does not have",
        "unknown_technique": "a technique that the protocol does not have",
        "already_agreed": "a contract, where one is agreed: amend it",
        "already_chosen": "a plan, where one is chosen: change it",
        "already_finished": "a component that is finished",
        "already_in_a_group": "a group for a course that is in one",
        "already_interrupted": "an interruption by the component that interrupts already",
        "already_started": "the start of a course that has begun",
        "already_there": "a move to where the course, the focus or the chart is",
        "no_reason": "a reason is missing: say why",
        "not_filled_in": "a request with the sign `…` still in it, where `ways` waits for words",
        "no_components": "a plan, where the protocol has no components",
        "no_contract": "an amendment before there is a contract",
        "no_correction": "a correction of what cannot be said again: a move is asked for anew",
        "no_date": "an expected day of a fact that is no date",
        "no_deviation": "a deviation by something that is no request: it is just recorded",
        "no_group": "a group, where the protocol is for one patient alone",
        "no_plan": "something about a plan before one is chosen",
        "no_report": "something taken over from another course that is no report",
        "no_text": "a message of a contact that has no text",
        "no_words": "a diagnosis, a formulation, a person, a life event, a goal or a problem without words",
        "not_in_plan": "a component that the plan does not hold",
        "not_in_the_group": "a group that the course is not in",
        "not_interrupted": "a plan resumed that is not interrupted",
        "not_paused": "the end of a pause while the course does not rest",
        "not_started": "something before the course has begun",
        "not_worded_by_patient": "the patient's words for a measure that takes none",
        "alert_state": "an alert that is not in a state for this",
        "approval_state": "an approval that was answered before, or is answered as its kind is not",
        "assessment": "an assessment without what was found and what was agreed",
        "component_twice": "a component that stands in the plan twice",
        "dose": "a dose that cannot be read",
        "empty_plan": "a plan without components",
        "ended": "a move in a course that has ended",
        "erased": "anything at all in a course whose patient text was erased",
        "not_ended": "the erasure of a course that has not ended",
        "risk_alert_open": "the erasure of a course with a risk alert that nobody has assessed",
        "focus_closed": "the end of a focus that is closed",
        "focus_exists": "a second focus of one id",
        "focus_id": "a focus id that is not one: small letters, digits, - and _",
        "frequency": "a frequency that cannot be read",
        "frequency_until": "an end of a frequency without the frequency that holds until then",
        "group_name": "a name that a group cannot have",
        "group_size": "a number of members that is no whole number from 1",
        "minutes": "minutes that are no whole number",
        "nothing_usable": "a reading without anything that can be used",
        "other_kind": "a correction by another kind of thing",
        "moved_by_clinic": "a move that does not come from `Clinic.move`",
        "not_its_protocol": "a move read by another protocol than that of the course",
        "nothing_to_undo": "a move to take back where none can be taken back",
        "other_protocol": "a group of courses that keep different protocols",
        "same_course": "a record of the wrong course that was meant for this one: correct it",
        "sessions": "sessions that are no whole number",
        "sessions_used": "sessions used before that are no whole number",
        "unreadable_request": "an approval of a request that can no longer be read",
        "which_plan": "a plan that names neither components nor an order",
        "wrong_role": "an answer by a role that may not give it",
    },
)

MOVES = Codes(
    "What is in the way of a move to another version",
    "The codes of `Move.reasons`, beside those of a contract above; the first ten nobody can pass over.",
    "what is in the way",
    {
        "phase_gone": "the phase of the course",
        "area_gone": "the problem area of a focus",
        "stage_gone": "the stage of a focus",
        "state_gone": "the state of a further chart",
        "component_gone": "a component of the plan that is not finished",
        "pause_gone": "the pause in which the course rests",
        "measure_changed": "readings of a measure that is scored otherwise",
        "question_gone": "readings of a measure that does not ask something any more, or the patient's words for it",
        "fact_changed": "a recorded value that the fact does not take any more",
        "name_taken": "something on record whose name means something else",
        "group_split": "a course in a group of which some do not go with it; what can be passed over for all is no bar",
        "alert_gone": "an alert that is not closed and is not raised any more; it stays",
        "approval_gone": "a request that waits for an approval nobody asks for any more",
        "contact_gone": "a message that is prepared and not sent, of a contact that is gone",
        "policy_gone": "the policy for missed sessions that was agreed",
        "participant_gone": "somebody booked who is not known any more",
        "group_gone": "a course in a group, and a treatment without one",
        "course_not_opened": "a course that cannot be opened: its key is lost, or it is damaged",
        "protocol_not_here": "a course whose own protocol is not here",
    },
)

KINDS = (DUE, LINES, WARNINGS, REFUSALS, SENSELESS, MOVES)

_HEAD = """\
# Codes a vignette names

A vignette names lines, warnings and refusals by their codes, and so does a program.
A refusal by a condition of the protocol has the condition's own name; the codes below are built in.
Diagnostics of a file have a page of their own: [errors](errors.md).
"""


def of_run_time(code: str) -> str:
    """What a code says, wherever it is told; empty when it is told nowhere.

    Example:
        >>> print(of_run_time("beyond_contract"))
        Told while a course runs, not of a file.
        <BLANKLINE>
        Warnings: a session beyond the count
    """
    told = [f"{kind.heading}: {kind.words[code]}" for kind in KINDS if code in kind.words]
    return "\n".join(["Told while a course runs, not of a file.", "", *told]) if told else ""


def codes_page() -> str:
    """Every code as one Markdown document, which is kept as ``docs/reference/codes.md``."""
    lines = [_HEAD]
    for kind in KINDS:
        lines += [f"## {kind.heading}", "", *([kind.where, ""] if kind.where else [])]
        lines += [f"| code | {kind.says} |", "|---|---|"]
        lines += [f"| `{code}` | {words} |" for code, words in kind.words.items()]
        lines.append("")
    return "\n".join(lines)
