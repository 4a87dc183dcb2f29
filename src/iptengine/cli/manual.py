"""A protocol as a person would read it: who it is for, what it asks, how it moves, how it ends."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.loader import load
from iptengine.cli import screen
from iptengine.cli.manual_words import heading, joined, said, wrapped
from iptengine.cli.manual_work import areas_told, charts_told, phase_told, plan_told, sessions_told, techniques_told
from iptengine.cli.names import protocol_source
from iptengine.cli.sources import told_of
from iptengine.course.due_tasks import task_label
from iptengine.course.wording import counted
from iptengine.protocol.model import Spec
from iptengine.protocol.protocol import Protocol

STATUS = {
    "draft": "Draft: no clinical reviewer has approved it yet.",
    "reviewed": "Reviewed by {by}.",
}


def show_manual(protocol: str) -> int:
    """Prints a readable overview of a protocol."""
    screen.say_all(manual(load(protocol_source(protocol))))
    return 0


def manual(protocol: Protocol) -> Iterator[str]:
    """The lines of the overview, in the order of the file."""
    spec = protocol.spec
    yield screen.strong(spec.title)
    yield f"{spec.ref}.  {STATUS[spec.status].format(by=spec.reviewed_by)}"
    yield wrapped(f"For: {spec.population}")
    if spec.about:
        yield ""
        yield wrapped(spec.about)
    yield from _contract(spec)
    yield from _measured(protocol)
    yield from _alerts(spec)
    yield from areas_told(spec)
    for name, phase in spec.phases.items():
        yield from phase_told(protocol, name, phase)
    yield from sessions_told(protocol)
    yield from plan_told(spec.plan)
    yield from charts_told(spec)
    yield from _approvals(spec)
    yield from techniques_told(spec)
    yield from _contacts(spec)
    yield from _pauses(protocol)
    yield from _endings(protocol)
    yield from _decisions(spec)
    yield from _sources(spec)


def _contract(spec: Spec) -> Iterator[str]:
    contract = spec.contract
    yield from heading("What is agreed")
    count = f"{contract.sessions} sessions" if contract.sessions else "As many sessions as it takes"
    mode = " or ".join(contract.mode)
    yield f"  {count}, {contract.frequency}, {contract.minutes} minutes each, {mode}"
    if spec.group is not None:
        led = f", led by {spec.group.facilitators}" if spec.group.facilitators else ""
        yield f"  In groups of {spec.group.size} members{led}"
    for name, case in contract.frequency_when.items():
        yield wrapped(f"{case.frequency} ({name}), when {joined(case.only_if)}", 2, 4)
    if spec.calendar:
        stops = [str(spec.calendar.stop)] if spec.calendar.stop else []
        stops += [f"when {joined(spec.calendar.stop_when)}"] if spec.calendar.stop_when else []
        yield wrapped(f"The calendar stops {', or '.join(stops)}", 2, 4)
    for name, policy in contract.missed.items():
        default = " (unless agreed otherwise)" if name == contract.missed_unless_agreed else ""
        yield wrapped(f"{policy.title}{default}", 2, 4)


def _measured(protocol: Protocol) -> Iterator[str]:
    spec = protocol.spec
    if spec.measures or spec.facts or spec.checklists:
        yield from heading("What is measured and recorded")
    yield from screen.columns(
        [(protocol.measures[name].short or protocol.measures[name].title, str(use.due)) for name, use in
         spec.measures.items()]
    )  # fmt: skip
    for fact in spec.facts.values():
        asked = f", {fact.ask}" if fact.ask else ""
        kinds = ", ".join(fact.one_of) or (f"a number {fact.number}" if fact.number else f"a {fact.type}")
        yield wrapped(f"{fact.title}: {kinds}{asked}", 2, 4)
    for checklist in spec.checklists.values():
        yield wrapped(f"{checklist.title}: {len(checklist.items)} questions, {checklist.ask}", 2, 4)


def _alerts(spec: Spec) -> Iterator[str]:
    yield from heading("What must reach the clinician")
    yield wrapped("The risk questions of every measure raise an alert of their own.", 2)
    for alert in spec.alerts.values():
        yield wrapped(f"{alert.kind.capitalize()}: {alert.title}", 2, 4)
        yield wrapped(f"when {said(alert.raise_if)}", 6, 8)
        yield wrapped(f"do: {alert.do}", 6, 8)


def _approvals(spec: Spec) -> Iterator[str]:
    if spec.approvals:
        yield from heading("What waits for somebody else")
    for approval in spec.approvals.values():
        only = f", only {', '.join(approval.only)}" if approval.only else ""
        does = "confirmed afterwards" if approval.afterwards else "approved"
        asked = f"{', '.join(approval.of)}{only}".replace("_", " ")
        yield wrapped(f"{approval.title} ({asked}): {does} by {' or '.join(approval.by)}", 2, 4)


def _contacts(spec: Spec) -> Iterator[str]:
    if spec.contacts:
        yield from heading("Meetings outside the count")
    for contact in spec.contacts.values():
        due = f", {contact.due}" if contact.due else ""
        yield wrapped(f"{contact.title}{due}", 2, 4)
        for text in contact.holds.values():
            yield wrapped(f"- {text}", 4, 6)


def _pauses(protocol: Protocol) -> Iterator[str]:
    """The stretches in which the course rests, and what each does to the count, the stop and the tasks."""
    pauses = protocol.spec.pauses
    if pauses:
        yield from heading("When the course rests")
    for name, pause in pauses.items():
        count = "missed sessions are used up as agreed" if pause.uses_session else "no session is used up"
        stop = ["the stop of the calendar moves with it"] if pause.moves_stop else []
        after = f"after more than {pause.longer_than}" if pause.longer_than else "afterwards"
        again = [f"{after}, due again: {', '.join(task_label(protocol, t) for t in pause.then)}"] if pause.then else []
        yield wrapped(f"{pause.title} ({name}): {'; '.join([count, *stop, *again])}", 2, 4)


def _endings(protocol: Protocol) -> Iterator[str]:
    spec = protocol.spec
    yield from heading("How it ends")
    if spec.termination.announce:
        yield f"  The ending is named by {spec.termination.announce.by}."
    if spec.termination.compressed:
        yield "  When it ends early"
    for task in spec.termination.compressed:
        yield wrapped(f"- {protocol.tasks[task].spec.do}", 4, 6)
    for name, outcome in spec.outcomes.items():
        where = f"; from {', '.join(outcome.from_)}" if outcome.from_ else ""
        yield wrapped(f"{outcome.title} ({name}{where})", 2, 4)


def _decisions(spec: Spec) -> Iterator[str]:
    if spec.decisions:
        yield from heading("Where sources differ")
    for decision in spec.decisions.values():
        yield wrapped(decision.reads, 2, 4)
        yield wrapped(f"because: {decision.because}", 6, 8)


def _sources(spec: Spec) -> Iterator[str]:
    if not spec.sources:
        return
    yield from heading("What it rests on")
    kinds = [source.kind for source in spec.sources.values()]
    counts = [("cite", "publication or page", "publications or pages"), ("decision", "decision", "decisions")]
    told = [counted(kinds.count(kind), one, many) for kind, one, many in counts if kind in kinds]
    told += [f"{kinds.count('unverified')} not verified"] if "unverified" in kinds else []
    yield f"  {', '.join(told)}"
    for source in spec.sources.values():
        yield wrapped(told_of(source), 2, 4)
