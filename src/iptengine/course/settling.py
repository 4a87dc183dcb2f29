"""What becomes of a course that moves to another protocol: where everything stands then, or why it cannot move.

A part that is there no more is in the way only where the course stands in it, or waits for it. What is on record of
it stays on record.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from iptengine.course.contacts import ready_message
from iptengine.course.course import Course, Focus, Moved
from iptengine.course.events import Placed, PlanInterrupted, Terms
from iptengine.course.group_stays import present_stay
from iptengine.course.meant_otherwise import meant_otherwise
from iptengine.course.passage import Passage
from iptengine.course.plan_state import component_state
from iptengine.course.requests import uses_session
from iptengine.course.rests import resting
from iptengine.course.wording import listed, long_day
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Protocol, Reason

OVERRIDABLE = frozenset({
    "approval_gone", "contact_gone", "alert_gone", "policy_gone", "participant_gone", "group_gone",
    "sessions_range", "minutes_range", "mode", "too_many_focuses",
})  # fmt: skip
"""What a clinician may pass over. For the rest nobody could say where the course stands then, or what a record says."""


@dataclass(slots=True)
class Settling:
    """A course on its way: what is placed, and what is in its way, is collected."""

    passage: Passage
    course: Course
    on: date
    back: Moved | None = None
    """The move that this one takes back."""
    together: str = ""
    """The group whose members all go on with it."""
    reasons: list[Reason] = field(default_factory=list)
    placed: Placed = field(default_factory=Placed)

    def settle(self) -> None:
        """Look at everything that could be in the way."""
        self.phase()
        for focus in self.course.open_focuses:
            self.focus(focus)
        self.charts()
        self.plan()
        self.pause()
        self.waiting()
        self.agreed()
        self.people()
        for code, text, sentence, path in meant_otherwise(self.passage, self.course):
            self.no(code, text, sentence, *path)

    @property
    def ref(self) -> str:
        """The protocol it goes on under."""
        return self.passage.new.ref

    def no(self, code: str, text: str, sentence: str, *path: str) -> None:
        """Something that is in the way."""
        saw = {"sentence": sentence} if sentence else {}
        self.reasons.append(Reason(code, text, "no", saw, ".".join(path), self.passage.old.span(path)))

    def put(self, kind: str, name: str, of: str = "") -> str | None:
        """Where something that stands in a part goes on: empty when it stays, none when nobody says where."""
        if self.passage.there(kind, name, of):
            return ""
        return self.passage.place_for(kind, name, of) or None

    # Where it stands

    def phase(self) -> None:
        """The phase."""
        if self.back and self.back.stood.phase and self.course.phases[-1].event == self.back.event:
            self.placed = replace(self.placed, phase=self.back.stood.phase)
            return
        phase = self.put("phase", self.course.phase)
        if phase is None:
            title = self.passage.title("phase", self.course.phase)
            text = f"the course is in the phase '{title}', which {self.ref} does not have"
            self.no("phase_gone", text, "", "phases", self.course.phase)
        elif phase:
            self.placed = replace(self.placed, phase=phase)

    def focus(self, focus: Focus) -> None:
        """A focus that is worked on."""
        was = self.back.stood if self.back else Placed()
        if focus.id in was.focuses and self.back and self.back.placed.focuses.get(focus.id) == focus.area:
            self._focus_to(focus, was.focuses[focus.id], was.stages.get(focus.id, focus.stage))
            return
        area = self.put("area", focus.area)
        if area is None:
            text = f"the work is on '{self.passage.title('area', focus.area)}', and {self.ref} has no such problem area"
            self.no("area_gone", text, "", "problem_areas", focus.area)
        elif area:
            self._focus_to(focus, area, self._first_stage(focus, area))
        else:
            self.stage(focus)

    def _first_stage(self, focus: Focus, area: str) -> str:
        """The stage of a focus in the area that takes the place of its own: one that is named, or unstaged."""
        named = self.passage.place_for("stage", focus.stage, focus.area)
        staged = self.passage.new.spec.problem_areas[area].stages
        return (named or UNSTAGED) if staged else ""

    def _focus_to(self, focus: Focus, area: str, stage: str) -> None:
        focuses = {**self.placed.focuses, focus.id: area}
        stages = {**self.placed.stages, focus.id: stage} if stage != focus.stage else self.placed.stages
        self.placed = replace(self.placed, focuses=focuses, stages=stages)

    def stage(self, focus: Focus) -> None:
        """The stage of a focus whose area stays."""
        now = self.passage.new.spec.problem_areas[self.passage.called("area", focus.area)]
        if not now.stages or not focus.stage:
            stage = UNSTAGED if now.stages else ""
        elif self.back and focus.history and focus.history[-1].event == self.back.event:
            stage = self.back.stood.stages.get(focus.id, focus.stage)
        else:
            found = self.put("stage", focus.stage, focus.area)
            if found is None:
                area, title = (
                    self.passage.title("area", focus.area),
                    self.passage.title("stage", focus.stage, focus.area),
                )
                text = f"'{area}' stands in '{title}', a stage that {self.ref} does not have"
                self.no("stage_gone", text, "", "problem_areas", focus.area, "stages", focus.stage)
                return
            stage = found or self.passage.called("stage", focus.stage, focus.area)
        if stage != self.passage.called("stage", focus.stage, focus.area):
            self.placed = replace(self.placed, stages={**self.placed.stages, focus.id: stage})

    def charts(self) -> None:
        """The further charts that were moved."""
        for name in dict.fromkeys(entry.chart for entry in self.course.chart_moves):
            entry = self.course.chart_moved(name)
            if entry is None or not self.passage.there("chart", name):
                continue
            now = self.passage.called("chart", name)
            state = self.put("state", entry.state, name)
            if self.back and entry.event == self.back.event:
                state = self.back.stood.charts.get(now, self.back.stood.charts.get(name, ""))
            if state is None:
                chart, title = self.passage.title("chart", name), self.passage.title("state", entry.state, name)
                text = f"'{chart}' stands in '{title}', which {self.ref} does not have"
                self.no("state_gone", text, "", "charts", name, "states", entry.state)
            elif state:
                self.placed = replace(self.placed, charts={**self.placed.charts, now: state})

    def plan(self) -> None:
        """The components that are still to come, and the one that interrupts."""
        last = self.course.plans[-1] if self.course.plans else None
        former = self.back.stood.components if self.back and last and last.id == self.back.plan else {}
        for name in last.components if last else ():
            found = former.get(name) or self.put("component", name)
            if found:
                self.placed = replace(self.placed, components={**self.placed.components, name: found})
            elif found is None and not self._finished(name):
                self._component_gone(name)
        last_one = self.course.interruptions[-1] if self.course.interruptions else None
        if isinstance(last_one, PlanInterrupted) and not self.passage.there("component", last_one.component):
            self._component_gone(last_one.component)

    def _finished(self, name: str) -> bool:
        plan = self.passage.old.spec.plan
        known = plan is not None and name in plan.components
        return known and component_state(self.passage.old, self.course, name).finished

    def _component_gone(self, name: str) -> None:
        text = f"the plan holds '{self.passage.title('component', name)}', which {self.ref} does not have"
        self.no("component_gone", text, "", "plan", "components", name)

    def pause(self) -> None:
        """The pause that lasts."""
        lasting = resting(self.course, self.on)
        if lasting is None:
            return
        was = self.back.stood.pause if self.back and self.back.placed.pause == lasting.pause else ""
        pause = was or self.put("pause", lasting.pause)
        if pause is None:
            title = self.passage.title("pause", lasting.pause)
            text = f"the course rests ('{title}'), and {self.ref} knows no such pause"
            self.no("pause_gone", text, f"since {long_day(lasting.began)}", "pauses", lasting.pause)
        elif pause:
            self.placed = replace(self.placed, pause=pause)

    # What somebody waits for

    def waiting(self) -> None:
        """Requests that wait for an approval, messages that wait to be sent, alerts that wait for a clinician."""
        self._approvals()
        for part in self.passage.gone("contact"):
            ready = ready_message(self.course, part.name)
            if ready is not None:
                text = f"a message is prepared and not sent ('{part.title}'), and {self.ref} has no such contact"
                self.no("contact_gone", text, f"prepared on {long_day(ready.on)}", "contacts", part.name)
        self._alerts()

    def _approvals(self) -> None:
        was = self.back.stood.approvals if self.back else {}
        for one in self.course.approvals:
            if not one.open:
                continue
            found = was.get(one.id) or self.put("approval", one.approval)
            if found is None:
                title = self.passage.title("approval", one.approval)
                text = f"a request waits for an approval ('{title}') that {self.ref} does not ask for"
                self.no("approval_gone", text, f"asked on {long_day(one.asked)}", "approvals", one.approval)
            elif found:
                self.placed = replace(self.placed, approvals={**self.placed.approvals, one.id: found})

    def _alerts(self) -> None:
        was = self.back.stood.alerts if self.back else {}
        known = self.passage.old.spec.alerts
        for one in self.course.alerts:
            if one.code not in known or not (one.needs_assessment or one.state == "monitoring"):
                continue
            found = was.get(one.id) or self.put("alert", one.code)
            if found is None:
                text = f"an alert is not closed ('{known[one.code].title}'), and {self.ref} does not raise it"
                self.no("alert_gone", text, f"raised on {long_day(one.raised)}; it stays as it is", "alerts", one.code)
            elif found:
                self.placed = replace(self.placed, alerts={**self.placed.alerts, one.id: found})

    # What was agreed

    def agreed(self) -> None:
        """The contract, and how many focuses there are."""
        self._contract()
        focus, before = self.passage.new.spec.focus, self.passage.old.spec.focus
        have = len(self.course.open_focuses)
        if focus is not None and have > focus.at_most and (before is None or focus.at_most < before.at_most):
            sentence = f"{have} agreed; {self.ref} allows {focus.at_most}"
            self.no("too_many_focuses", f"at most {focus.at_most} focuses", sentence, "focus", "at_most")

    def _contract(self) -> None:
        contract, spec = self.course.contract, self.passage.new.spec.contract
        if contract is None or not agreed_terms(self.course):
            return
        if contract.sessions is not None and spec.sessions is not None and contract.sessions not in spec.sessions:
            sentence = f"{contract.sessions} sessions are agreed; {self.ref} gives {spec.sessions}"
            self.no("sessions_range", f"{spec.sessions} sessions", sentence, "contract", "sessions")
        if contract.minutes is not None and contract.minutes not in spec.minutes:
            sentence = f"{contract.minutes} minutes are agreed; {self.ref} gives {spec.minutes}"
            self.no("minutes_range", f"{spec.minutes} minutes", sentence, "contract", "minutes")
        if contract.mode and contract.mode not in spec.mode:
            self.no("mode", listed(spec.mode), "the sessions were agreed to be held otherwise", "contract", "mode")
        self._policy(contract.missed)

    def _policy(self, missed: str) -> None:
        was = self.back.stood.missed if self.back and self.back.placed.missed == missed else ""
        found = was or (self.put("policy", missed) if missed else "")
        if found is None:
            title = self.passage.title("policy", missed)
            text = f"the contract agreed what a missed session means ('{title}'), and {self.ref} has no such policy"
            self.no("policy_gone", text, "", "contract", "missed", missed)
        elif found:
            self.placed = replace(self.placed, missed=found)

    def people(self) -> None:
        """Who is booked, and the group."""
        booked = (
            who for a in self.course.appointments if a.status == "planned" for who in a.present if who != "patient"
        )
        for name in dict.fromkeys(booked):
            if not self.passage.there("participant", name):
                title = self.passage.title("participant", name)
                text = f"'{title}' is booked for an appointment, and {self.ref} does not know who that is"
                self.no("participant_gone", text, "", "participants", name)
        self._group()

    def _group(self) -> None:
        """The group it is in: it stands under one protocol, so its members go on together."""
        stay = present_stay(self.course)
        if stay is None:
            return
        if stay.group != self.together:
            text = (
                f"the course is in the group '{stay.group}', and a group stands under one protocol: move all its "
                "members together, or let the course leave it first"
            )
            self.no("group_split", text, "", "group")
        if self.passage.new.spec.group is None:
            self.no("group_gone", f"the course is in a group, and {self.ref} is given without one", "", "group")


def agreed_terms(course: Course) -> bool:
    """Whether somebody agreed on a contract in this course, so that what the protocol gives holds no more."""
    return (course.contract is not None and course.contract.agreed_on is not None) or bool(course.amendments)


def terms_of(protocol: Protocol) -> Terms:
    """What holds of a contract until one is agreed."""
    spec = protocol.spec.contract
    missed = spec.missed_unless_agreed or ""
    return Terms(
        spec.sessions.fixed if spec.sessions else None, str(spec.frequency), spec.minutes.high, missed,
        uses_session(protocol, missed),
    )  # fmt: skip
