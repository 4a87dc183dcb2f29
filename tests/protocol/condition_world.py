"""A protocol's names and a course that answers, for the tests of the condition language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from iptengine.protocol.conditions import FactNames, MeasureNames, Names
from iptengine.protocol.conditions.port import Moment, Window

PHQ9 = MeasureNames(
    low=0,
    high=27,
    items={"interest": (0, 3), "self_harm": (0, 3)},
    rules=("response", "reliable_improvement"),
    bands=("minimal", "mild", "moderate", "moderately_severe", "severe"),
)

PROBLEMS = MeasureNames(low=0, high=10, items={"problem": (0, 10), "help": (0, 5)}, worded=("problem",))

ADULT = Names(
    phases=("initial", "middle", "termination"),
    areas={
        "grief": (),
        "role_dispute": ("renegotiation", "impasse", "dissolution"),
        "role_transition": (),
    },
    charts={"group_stage": ("engagement", "differentiation", "work")},
    tasks=("diagnose", "inventory", "formulate", "review_gains"),
    measures={"phq9": PHQ9, "mood_mean": MeasureNames(low=1, high=10, whole=False), "problems": PROBLEMS},
    facts={
        "room": FactNames("one_of", values=("chair", "private room", "phone")),
        "afraid_at_home": FactNames("one_of", values=("no", "yes")),
        "children": FactNames("number", low=0, high=20),
        "birth": FactNames("date"),
        "remark": FactNames("text"),
    },
    checklists={"suitability": ("recent_event", "psychosis")},
    contacts=("parent_meeting", "booster"),
    participants=("patient", "partner"),
    alerts=("fear_reported", "worse"),
    approvals=("early_end", "plan_choice"),
    outcomes=("completed", "early"),
    statuses=("attended", "no_show", "late_cancel"),
    techniques=("role_play", "communication_analysis"),
    components=("activity", "sleep_well"),
    sessions=("noticing", "keeping"),
    topics=("eating", "work"),
    pauses=("hospital", "journey"),
    sessions_max=20,
    calendar=True,
)

DISPUTE = Names(
    **{name: getattr(ADULT, name) for name in ADULT.__slots__ if name not in ("scope", "scope_area")},
    scope="focus",
    scope_area="role_dispute",
)


@dataclass
class FakeCourse:
    """A course at the beginning: nothing agreed, nothing recorded; a test says what differs."""

    sessions_used: int = 0
    sessions_held: int = 0
    sessions_contracted: int | None = None
    sessions_left: int | None = None
    calendar_stopped: bool | None = None
    calendar_gap: str = ""
    last_session: int | None = None
    phase: str = "initial"
    sessions_in_phase: int = 0
    focuses: tuple[str, ...] = ()
    stage: str | None = None
    sessions_in_stage: int | None = None
    days_in_stage: int | None = None
    open_must_tasks: tuple[str, ...] = ("diagnose", "inventory")
    diagnosis_recorded: bool = False
    diagnosis_waived: bool = False
    misses_in_a_row: int = 0
    appointments_missed: int = 0
    last_appointment: str | None = None
    risk_alert_open: bool = False
    contract_agreed: bool = False
    amendments: int = 0
    formulation_agreed: bool = False
    people_in_inventory: int = 0
    goals_agreed: int = 0
    ending_announced: bool = False
    homework_open: bool = False
    outcome: str | None = None
    plan_chosen: bool = False
    plan_done: bool = False
    plan_components: tuple[str, ...] | None = None
    plan_interrupted: bool = False
    current_component: str = ""
    finished: tuple[str, ...] = ()
    doses: Mapping[str, float] = field(default_factory=dict)
    held_whole: tuple[str, ...] = ()
    talked: tuple[str, ...] = ()
    kept_back: frozenset[str] = frozenset()
    paused: bool = False
    lasting_pause: str = ""
    days_paused: int = 0
    days_since_pause: int | None = None
    windows: Mapping[str, Window] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    stages_by_area: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    done: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)
    readings: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
    items: Mapping[str, int] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    entries: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[str, bool] = field(default_factory=dict)
    rules: Mapping[str, bool] = field(default_factory=dict)
    bands: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    since_fact: Mapping[str, int] = field(default_factory=dict)
    until_fact: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[str, bool] = field(default_factory=dict)
    contacts: Mapping[str, int] = field(default_factory=dict)
    since_contact: Mapping[str, int] = field(default_factory=dict)
    expecting: Mapping[str, bool] = field(default_factory=dict)
    present: Mapping[str, bool] = field(default_factory=dict)
    sessions_present: Mapping[str, int] = field(default_factory=dict)
    open_alerts: tuple[str, ...] = ()
    raised_alerts: tuple[str, ...] = ()
    approvals: Mapping[str, Literal["waiting", "approved", "declined"]] = field(default_factory=dict)
    in_group: bool = False
    group_sessions: int = 0
    days: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)

    def window(self, phase: str) -> Window | None:
        return self.windows.get(phase)

    def state(self, chart: str) -> str:
        return self.states.get(chart, "engagement")

    def stages(self, area: str) -> tuple[str | None, ...]:
        return self.stages_by_area.get(area, ())

    def task_count(self, task: str) -> int:
        return len(self.done.get(task, ()))

    def task_sessions(self, task: str) -> tuple[int, ...]:
        return self.done.get(task, ())

    def technique_count(self, technique: str) -> int:
        return self.used.get(technique, 0)

    def session_done(self, session: str) -> bool:
        return session in self.held_whole

    def talked_about(self, topic: str) -> bool:
        return topic in self.talked

    def component_finished(self, component: str) -> bool:
        return component in self.finished

    def component_dose(self, component: str) -> float:
        return self.doses.get(component, 0)

    def total(self, measure: str) -> float | None:
        return (self.readings.get(measure) or (None,))[-1]

    def first_total(self, measure: str) -> float | None:
        return (self.readings.get(measure) or (None,))[0]

    def totals(self, measure: str) -> tuple[float | None, ...]:
        return self.readings.get(measure, ())

    def item(self, measure: str, item: str) -> int | None:
        return self.items.get(f"{measure}.{item}")

    def worded(self, measure: str, item: str) -> bool:
        return f"{measure}.{item}" in self.words

    def entries_since_last_session(self, measure: str) -> int:
        return self.entries.get(measure, 0)

    def taken_in_last_session(self, measure: str) -> bool | None:
        return self.taken.get(measure)

    def shows(self, measure: str, rule: str) -> bool | None:
        return self.rules.get(f"{measure}.{rule}")

    def band(self, measure: str) -> str | None:
        return self.bands.get(measure)

    def hidden(self, fact: str) -> bool:
        return fact in self.kept_back

    def fact(self, fact: str) -> object | None:
        return self.facts.get(fact)

    def recorded(self, fact: str) -> bool:
        return fact in self.facts

    def days_since_fact(self, fact: str) -> int | None:
        return self.since_fact.get(fact)

    def days_until_fact(self, fact: str) -> int | None:
        return self.until_fact.get(fact)

    def checked(self, checklist: str, question: str) -> bool | None:
        return self.answers.get(f"{checklist}.{question}")

    def contact_count(self, contact: str) -> int:
        return self.contacts.get(contact, 0)

    def days_since_contact(self, contact: str) -> int | None:
        return self.since_contact.get(contact)

    def expected(self, participant: str) -> bool | None:
        return self.expecting.get(participant)

    def sessions_with(self, participant: str) -> int | None:
        return self.sessions_present.get(participant)

    def present_in_last_session(self, participant: str) -> bool | None:
        return self.present.get(participant)

    def alert_open(self, alert: str) -> bool:
        return alert in self.open_alerts

    def alert_raised(self, alert: str) -> bool:
        return alert in self.raised_alerts

    def approval(self, approval: str) -> Literal["waiting", "approved", "declined"] | None:
        return self.approvals.get(approval)

    def pause_lasts(self, pause: str) -> bool:
        return pause == self.lasting_pause

    def days_since(self, moment: Moment) -> int | None:
        return self.days.get(moment)

    def months_since(self, moment: Moment) -> int | None:
        return self.months.get(moment)
