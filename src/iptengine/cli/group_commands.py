"""The commands that speak to a group and look at it: what each is called and takes; what it does lies beside it."""

from __future__ import annotations

from typing import Any

import click

from iptengine.cli.store_options import (
    PAGE_FORMATS,
    TEXT_OR_JSON,
    deviating,
    looking,
    met,
    named_group,
    planned,
    writing,
    written_as,
)
from iptengine.cli.telling_risks import TellsRisks

_LED = click.option("--led-by", multiple=True, metavar="ID", help="Who leads it, by ids of the clinic. Repeatable.")


@click.group("group")
def group_group() -> None:
    """Speak to a group: several courses that meet together.

    What is said to GROUP is recorded in the course of every member. STORE, --by and --role are as for `course`. A
    crash half way loses nothing: the same line typed again records what is missing, and nothing twice. Exit codes are
    those of `course`.
    """


@group_group.command("form")
@named_group
@click.argument("courses", nargs=-1, required=True, metavar="COURSE...")
@_LED
@deviating
@writing()
def form_command(
    store: str, group: str, courses: tuple[str, ...], led_by: tuple[str, ...], because: str, **said: Any
) -> int:  # fmt: skip
    """Form a group of courses that have begun under one protocol: all of them, or none."""
    from iptengine.cli.course_work import Writing
    from iptengine.cli.group_work import form

    return form(Writing(store, **said), group, courses, led_by, because)


@group_group.command("join")
@named_group
@click.argument("course")
@deviating
@writing()
def join_command(store: str, group: str, course: str, because: str, **said: Any) -> int:
    """Let one more course join, from the day --on."""
    from iptengine.cli.course_work import Writing
    from iptengine.cli.group_work import join

    return join(Writing(store, **said), group, course, because)


@group_group.command("leave")
@named_group
@click.argument("course")
@click.option("--because", required=True, metavar="TEXT", help="Why. It is kept in that course alone.")
@writing()
def leave_command(store: str, group: str, course: str, because: str, **said: Any) -> int:
    """A course has left, on the day --on. It goes on as a course."""
    from iptengine.cli.course_work import Writing
    from iptengine.cli.group_work import leave

    return leave(Writing(store, **said), group, course, because)


@group_group.command("book")
@named_group
@click.option("--time", default="", metavar="TIME", help="When it begins: 18:00.")
@planned
@writing(once=True)
def book_command(store: str, group: str, time: str, minutes: int | None, mode: str | None, **said: Any) -> int:
    """Plan a session of the group for the day --on."""
    from iptengine.cli.course_work import Writing
    from iptengine.cli.group_work import book

    return book(Writing(store, **said), group, time=time, minutes=minutes, mode=mode)


@group_group.command("session", cls=TellsRisks)
@named_group
@met
@click.option(
    "--missed", "missed", multiple=True, metavar="COURSE=STATUS", help="Who was not there: bob=no_show. Repeatable."
)
@click.option("--done", multiple=True, metavar="TASK", help="A task that was done with all who were there. Repeatable.")
@click.option(
    "--score",
    "scores",
    multiple=True,
    metavar="COURSE:MEASURE=TOTAL",
    help="The total of one member: bob:phq9=17. Repeatable.",
)
@click.option(
    "--item", "items", multiple=True, metavar="COURSE:MEASURE.ITEM=N", help="One answer of one member. Repeatable."
)
@click.option(
    "--answers",
    multiple=True,
    metavar="COURSE:MEASURE=N,N,...",
    help="All answers of one member in order; nothing between commas: left out.",
)
@_LED
@writing(once=True)
def session_command(
    store: str, group: str, minutes: int | None, mode: str | None, missed: tuple[str, ...], done: tuple[str, ...],
    scores: tuple[str, ...], items: tuple[str, ...], answers: tuple[str, ...], led_by: tuple[str, ...], **said: Any,
) -> int:  # fmt: skip
    """Record a whole session of the group, of the day --on: held for each who was there, missed for the others.

    A score reaches the course it names alone. Notes are one member's own, too: `iptengine course record`.
    """
    from iptengine.cli.course_work import Writing
    from iptengine.cli.group_scores import Scores
    from iptengine.cli.group_work import hold

    own = Scores(scores, items, answers)
    return hold(Writing(store, **said), group, missed, led_by, minutes=minutes, mode=mode, done=done, scores=own)


@group_group.command("record", cls=TellsRisks)
@named_group
@click.argument("kind", metavar="COMMAND")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@writing(once=True)
def record_command(store: str, group: str, kind: str, fields: tuple[str, ...], **said: Any) -> int:
    """Say the same to every member: `group record clinic.db tuesday enter_phase phase=working`.

    What one course refuses holds back no other, and is told. Nothing that could be the words of one patient can be
    said to all.
    """
    from iptengine.cli.course_work import Writing
    from iptengine.cli.group_work import record

    return record(Writing(store, **said), group, kind, fields)


@group_group.command("agenda")
@named_group
@written_as(PAGE_FORMATS)
@looking
def agenda_command(store: str, group: str, form: str, **said: Any) -> int:
    """Show what the next session should hold, for those who lead it. It names every member's course."""
    from iptengine.cli.course_looks import Looking
    from iptengine.cli.group_looks import show_page

    return show_page(Looking(store, **said), group, form)


@group_group.command("members")
@named_group
@written_as(TEXT_OR_JSON)
@looking
def members_command(store: str, group: str, form: str, **said: Any) -> int:
    """List who is and was in it, who leads it, and when it has met; first whose risk alert waits."""
    from iptengine.cli.course_looks import Looking
    from iptengine.cli.group_looks import show_members

    return show_members(Looking(store, **said), group, form)
