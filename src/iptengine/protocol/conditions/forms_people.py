"""Forms about who came and what happened around the sessions: appointments, contacts, participants, alerts."""

from __future__ import annotations

from iptengine.protocol.conditions.comparing import Scale, comparison, counted, holds, named, stated
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names, Number


def _last_appointment(names: Names, status: str) -> Meaning:
    return named(
        "the last appointment",
        lambda facts: facts.last_appointment,
        status,
        why_unknown="there was none yet",
        verb="was",
    )


APPOINTMENTS = (
    Shape(
        "misses in a row OP NUMBER",
        "Appointments missed since the last one that was kept.",
        counted("misses in a row", lambda facts: facts.misses_in_a_row),
    ),
    Shape(
        "appointments missed OP NUMBER",
        "Appointments missed in all.",
        counted("appointments missed", lambda facts: facts.appointments_missed),
        ">= 3",
    ),
    Shape(
        "the last appointment was STATUS",
        "What the last appointment became. Unknown before the first.",
        _last_appointment,
    ),
)


def _held(names: Names, contact: str) -> Meaning:
    return holds(
        f"{contact} was held",
        lambda facts: facts.contact_count(contact) >= 1,
        yes=f"{contact} is on record as held",
        no=f"{contact} is not on record as held",
    )


def _held_times(names: Names, contact: str, op: str, number: Number, times: str) -> Meaning | Problem:
    return comparison(f"times {contact} was held", lambda facts: facts.contact_count(contact), op, number, Scale())


def _days_since(names: Names, contact: str, op: str, number: Number) -> Meaning | Problem:
    return comparison(
        f"days since {contact}",
        lambda facts: facts.days_since_contact(contact),
        op,
        number,
        Scale(),
        f"{contact} is not on record as held",
    )


CONTACTS = (
    Shape("CONTACT was held", "The contact is on record as held.", _held),
    Shape("CONTACT was held OP NUMBER times|time", "How often it is on record as held.", _held_times),
    Shape(
        "days since CONTACT OP NUMBER",
        "Days since it was last held. Unknown while it is not on record.",
        _days_since,
        ">= 14",
    ),
)


def _expected(names: Names, participant: str) -> Meaning:
    return holds(
        f"{participant} is expected",
        lambda facts: facts.expected(participant),
        yes=f"{participant} is expected at the next session",
        no=f"{participant} is not expected at the next session",
        unknown=f"whether {participant} is expected at the next session is not known",
    )


def _present(names: Names, participant: str) -> Meaning:
    return holds(
        f"{participant} was present in the last session",
        lambda facts: facts.present_in_last_session(participant),
        yes=f"{participant} was present in the last session",
        no=f"{participant} was not present in the last session",
        unknown=f"whether {participant} was present in the last session is not known",
    )


def _came(names: Names, participant: str, op: str, number: Number, sessions: str) -> Meaning | Problem:
    return comparison(
        f"sessions {participant} was present in",
        lambda facts: facts.sessions_with(participant),
        op,
        number,
        Scale(),
        "who came to the sessions before the course was taken over is not known",
    )


PARTICIPANTS = (
    Shape(
        "PARTICIPANT is expected",
        "The participant is expected at the next session. Unknown when nobody said.",
        _expected,
    ),
    Shape(
        "PARTICIPANT was present in the last session",
        "The participant was there. Unknown before the first session, or when nobody noted who came.",
        _present,
    ),
    Shape(
        "PARTICIPANT was present in OP NUMBER sessions|session",
        "In how many sessions the participant is on record as there. Unknown in a course that was taken over.",
        _came,
        ">= 1",
    ),
)


def _alert_open(names: Names, alert: str) -> Meaning:
    return holds(
        f"{alert} is open",
        lambda facts: facts.alert_open(alert),
        yes=f"{alert} is open",
        no=f"{alert} is not open",
    )


def _alert_raised(names: Names, alert: str) -> Meaning:
    return holds(
        f"{alert} was raised",
        lambda facts: facts.alert_raised(alert),
        yes=f"{alert} was raised",
        no=f"{alert} was not raised",
    )


ALERTS = (
    Shape(
        "a risk alert is open",
        "Some risk alert waits for an assessment. That none is open says nothing about risk.",
        stated("a risk alert is open", lambda facts: facts.risk_alert_open, "no risk alert is open"),
    ),
    Shape("ALERT is open", "This alert waits for a clinician.", _alert_open),
    Shape("ALERT was raised", "This alert was raised at least once in the course.", _alert_raised),
)
