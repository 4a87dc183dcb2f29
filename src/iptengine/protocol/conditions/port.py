"""What a condition asks of a course. `None` says *not known*, and makes the condition unknown."""

from __future__ import annotations

from typing import Literal, Protocol

Window = Literal["before", "open", "closed"]
Moment = Literal["start", "last session", "contract", "phase", "end"]


class Facts(Protocol):
    """One course on one date, as the conditions of its protocol see it. Read only.

    Plain values are properties, what needs a name is a method. Each is asked at most a few times for one
    condition and may be computed when asked.
    """

    # Position
    @property
    def sessions_used(self) -> int:
        """Sessions that count as used up, held or not."""

    @property
    def sessions_held(self) -> int:
        """Sessions that took place."""

    @property
    def sessions_contracted(self) -> int | None:
        """The number agreed in the contract as amended; none before a contract."""

    @property
    def sessions_left(self) -> int | None:
        """Contracted sessions not yet used, today's included, never below 0; none before a contract."""

    @property
    def last_session(self) -> int | None:
        """The number of the last session that was held; none when there was none."""

    def window(self, phase: str) -> Window | None:
        """Where the course is with the phase's window; none when that cannot be told yet."""

    # Phase, focus, stage
    @property
    def phase(self) -> str:
        """The phase the course is in."""

    @property
    def sessions_in_phase(self) -> int:
        """Sessions used since this phase was entered."""

    def state(self, chart: str) -> str:
        """The state of a further chart."""

    @property
    def focuses(self) -> tuple[str, ...]:
        """The problem area of every focus agreed and not ended, one entry a focus."""

    def stages(self, area: str) -> tuple[str | None, ...]:
        """The stage of every focus of that area; none for one whose stage is not set yet."""

    @property
    def stage(self) -> str | None:
        """The stage of the focus at hand; none when it is not set yet."""

    @property
    def sessions_in_stage(self) -> int | None:
        """Sessions used since the focus at hand entered its stage; none when it has no stage yet."""

    @property
    def days_in_stage(self) -> int | None:
        """Days since the focus at hand entered its stage; none when it has no stage yet."""

    # Tasks and techniques
    @property
    def open_must_tasks(self) -> tuple[str, ...]:
        """The must tasks, of the phase the course is in, that are not on record as done (nor left out)."""

    def task_count(self, task: str) -> int:
        """How often the task is on record as done."""

    def task_sessions(self, task: str) -> tuple[int, ...]:
        """The numbers of the sessions in which it was done, in order."""

    def technique_count(self, technique: str) -> int:
        """How often the technique is on record as used."""

    # Running order and topics
    def session_done(self, session: str) -> bool:
        """Every task that the session of the running order names without conditions is on record or was left out."""

    def talked_about(self, topic: str) -> bool:
        """The topic was talked about since the course entered its phase."""

    # Plan
    @property
    def plan_chosen(self) -> bool:
        """A plan is on record as chosen."""

    @property
    def plan_done(self) -> bool:
        """A plan is chosen and every component of it is finished."""

    @property
    def plan_components(self) -> tuple[str, ...] | None:
        """The components of the plan in their order; none before one is chosen."""

    @property
    def plan_interrupted(self) -> bool:
        """A component for safety interrupts the plan."""

    @property
    def current_component(self) -> str:
        """The component that is worked on now; empty when there is none."""

    def component_finished(self, component: str) -> bool:
        """The component had its most dose, or was finished by a clinician."""

    def component_dose(self, component: str) -> float:
        """The dose of the component on record, in sessions; a whole number where it is one."""

    # Readings
    def total(self, measure: str) -> float | None:
        """The total of the last reading; none without a reading, or when that reading has no total."""

    def first_total(self, measure: str) -> float | None:
        """The total of the first reading; none in the same cases."""

    def totals(self, measure: str) -> tuple[float | None, ...]:
        """The total of every reading in order; none for a reading without one."""

    def item(self, measure: str, item: str) -> int | None:
        """The answer to one item in the last reading; none without a reading, or when not answered."""

    def worded(self, measure: str, item: str) -> bool:
        """Whether the patient has put an item into words."""

    def entries_since_last_session(self, measure: str) -> int:
        """Days with a reading from the last session that was held, its day included; from the start before one."""

    def taken_in_last_session(self, measure: str) -> bool | None:
        """Whether a reading belongs to the last session that was held; none when there was none."""

    def shows(self, measure: str, rule: str) -> bool | None:
        """Whether a change rule of the measure holds from the first to the last reading."""

    def band(self, measure: str) -> str | None:
        """The band of the last reading's total; none when there is no total."""

    # Facts, checklists, diagnosis
    def fact(self, fact: str) -> object | None:
        """The value of a one_of, number or text fact last recorded; none when it was never recorded."""

    def recorded(self, fact: str) -> bool:
        """Whether a value is recorded (of a date that is expected first: the date it really was)."""

    def hidden(self, fact: str) -> bool:
        """Whether there is an answer that is kept from the role for which the conditions are read."""

    def days_since_fact(self, fact: str) -> int | None:
        """Days from a date fact to today, negative while it lies ahead; none while it is only expected."""

    def days_until_fact(self, fact: str) -> int | None:
        """Days to a date fact, also when only expected; negative when that day has passed."""

    def checked(self, checklist: str, question: str) -> bool | None:
        """The answer to a question of a checklist; none when it is not answered."""

    @property
    def diagnosis_recorded(self) -> bool:
        """A diagnosis is on record."""

    @property
    def diagnosis_waived(self) -> bool:
        """Someone recorded that this course goes without a diagnosis."""

    # Appointments, contacts, participants, alerts
    @property
    def misses_in_a_row(self) -> int:
        """Appointments missed since the last one that was kept."""

    @property
    def appointments_missed(self) -> int:
        """Appointments missed in all."""

    @property
    def last_appointment(self) -> str | None:
        """What the last appointment became; none when there was none."""

    def contact_count(self, contact: str) -> int:
        """How often the contact was held."""

    def days_since_contact(self, contact: str) -> int | None:
        """Days since it was last held; none when it never was."""

    def expected(self, participant: str) -> bool | None:
        """Whether the participant is expected at the next session; with nothing booked, the patient alone is."""

    def present_in_last_session(self, participant: str) -> bool | None:
        """Whether the participant was there; none when no session was held or nobody noted who came."""

    def sessions_with(self, participant: str) -> int | None:
        """The sessions the participant is on record as there; none where sessions before have no such record."""

    @property
    def risk_alert_open(self) -> bool:
        """Some risk alert waits for an assessment."""

    def alert_open(self, alert: str) -> bool:
        """The alert waits for a clinician."""

    def alert_raised(self, alert: str) -> bool:
        """The alert was raised at least once in this course."""

    @property
    def in_group(self) -> bool:
        """Whether the course is in a group now."""

    @property
    def group_sessions(self) -> int:
        """Sessions of a group that the patient was there for."""

    def approval(self, approval: str) -> Literal["waiting", "approved", "declined"] | None:
        """What became of what was asked for last under this approval; none when nothing was, or it was dropped."""

    # Contract and ending
    @property
    def contract_agreed(self) -> bool:
        """A contract is on record."""

    @property
    def amendments(self) -> int:
        """Changes made to the contract."""

    @property
    def formulation_agreed(self) -> bool:
        """A formulation is on record as agreed with the patient."""

    @property
    def people_in_inventory(self) -> int:
        """People in the interpersonal inventory."""

    @property
    def goals_agreed(self) -> int:
        """Goals on record as agreed."""

    @property
    def ending_announced(self) -> bool:
        """The ending was announced to the patient."""

    @property
    def homework_open(self) -> bool:
        """Something agreed to be tried at home has not been reviewed."""

    @property
    def outcome(self) -> str | None:
        """How the course ended; none while it goes on."""

    # Pauses
    @property
    def paused(self) -> bool:
        """The course rests today."""

    def pause_lasts(self, pause: str) -> bool:
        """The course rests today, and this is the pause."""

    @property
    def days_paused(self) -> int:
        """Days of all pauses together, until today."""

    @property
    def days_since_pause(self) -> int | None:
        """Days since the course went on after its last pause; none while no pause has ended."""

    # Dates
    @property
    def calendar_stopped(self) -> bool | None:
        """Whether the calendar of the course has stopped; none while that cannot be told."""

    @property
    def calendar_gap(self) -> str:
        """The day of the stop and what is not on record of its conditions, while it cannot be told whether it has."""

    def days_since(self, moment: Moment) -> int | None:
        """Whole days from that moment to today; none when it has not come."""

    def months_since(self, moment: Moment) -> int | None:
        """Whole calendar months from that moment to today; none when it has not come."""
