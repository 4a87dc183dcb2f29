"""Appointments that were booked and of which nothing is on record: nobody who was booked falls out of sight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from iptengine.course.course import Appointment
from iptengine.course.wording import dated, listed_up_to

MOST_TOLD = 3
"""Appointments that one line names by their days; of more, how many there are."""


def unrecorded_told(booked: Sequence[Appointment], on: date) -> str:
    """What is to be recorded of some appointments, at least one: one with its time, several by their days."""
    if len(booked) == 1:
        time = " ".join(booked[0].time.split())
        when = f"{dated(booked[0].on, on)}{f', {time}' if time else ''}"
        return f"{when} was booked; nothing is on record of it: held or missed?"
    days = listed_up_to([dated(one.on, on) for one in booked], MOST_TOLD)
    return f"{days} were booked; nothing is on record of them: held or missed?"
