"""The commands that record in a course and read it: what each is called and takes; what it does lies beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from iptengine.cli.store_options import (
    PAGE_FORMATS,
    TEXT_OR_JSON,
    day_option,
    deviating,
    looking,
    met,
    named_course,
    named_store,
    planned,
    writing,
    written_as,
)
from iptengine.cli.telling_risks import TellsRisks
from iptengine.cli.whole_numbers import Whole

OCCASIONS = ["session", "missed", "last"]


@click.command("start", cls=TellsRisks)
@named_store
@click.argument("protocol")
@click.option("--course", metavar="ID", help="The id of the new course; one is made if not said.")
@click.option("--called", default="", metavar="NAME", help="How pages name the patient; initials are best.")
@click.option("--fact", "facts", multiple=True, metavar="FACT=VALUE", help="What the protocol asks at the start.")
@writing()
def start_command(
    store: str, protocol: str, course: str | None, called: str, facts: tuple[str, ...], **said: Any
) -> int:
    """Begin a course under a protocol, which it keeps. The store is made where there is none.

    PROTOCOL is a shipped name or the path of a file; no other command needs it.
    """
    from iptengine.cli.course_work import Writing, start_course

    return start_course(Writing(store, **said), protocol, course, called, facts)


@click.command("adopt")
@named_store
@click.argument("protocol")
@click.option("--phase", required=True, metavar="PHASE", help="The phase it is in.")
@click.option("--used", "sessions_used", required=True, type=Whole(), metavar="N", help="How many sessions were used.")
@click.option("--focus", multiple=True, metavar="AREA", help="A problem area that was agreed. Repeatable.")
@click.option("--course", metavar="ID", help="The id of the course here; one is made if not said.")
@click.option("--called", default="", metavar="NAME", help="How pages name the patient; initials are best.")
@writing()
def adopt_command(
    store: str, protocol: str, course: str | None, phase: str, sessions_used: int, focus: tuple[str, ...],
    called: str, **said: Any,
) -> int:  # fmt: skip
    """Take over a course that was under way before it came here. Its past is not invented.

    PROTOCOL is a shipped name or the path of a file. The store is made where there is none.
    """
    from iptengine.cli.course_work import Writing, adopt_course

    known = {"phase": phase, "sessions_used": sessions_used, "focus": focus, "called": called}
    return adopt_course(Writing(store, **said), protocol, course, **known)


@click.command("follow")
@named_course
@click.argument("protocol")
@click.option("--new", required=True, metavar="ID", help="The id of the course that follows.")
@click.option("--called", default="", metavar="NAME", help="How pages name the patient; as before if not said.")
@deviating
@writing()
def follow_command(
    store: str, course: str, protocol: str, new: str, called: str, because: str, **said: Any
) -> int:  # fmt: skip
    """Begin a course that follows COURSE, which has ended, and take over what PROTOCOL carries.

    Typed again with the same --new, it finishes what a crash left, and records nothing twice.
    """
    from iptengine.cli.course_work import Writing, follow_course

    return follow_course(Writing(store, **said), course, protocol, new, called, because)


@click.command("book")
@named_course
@click.option("--time", default="", metavar="TIME", help="When it begins: 15:00.")
@planned
@click.option(
    "--present", multiple=True, metavar="WHO", help="Who is asked to come; the patient if not said. Repeatable."
)
@click.option("--group", default="", metavar="ID", help="The group that meets.")
@deviating
@writing(once=True)
def book_command(store: str, course: str, present: tuple[str, ...], because: str, **said: Any) -> int:
    """Plan an appointment for the day --on."""
    from iptengine.cli.course_work import Writing, say

    fields = {name: said.pop(name) for name in ("time", "minutes", "mode", "group")}
    return say(Writing(store, **said), course, [("book", {**fields, "present": present})], because)


@click.command("session", cls=TellsRisks)
@named_course
@met
@click.option("--present", multiple=True, metavar="WHO", help="Who was there; the patient if not said. Repeatable.")
@click.option("--missed", default="", metavar="STATUS", help="It was not held: no_show, late_cancel, rescheduled, ...")
@click.option("--why", default="", metavar="TEXT", help="With --missed: why.")
@day_option("--moved-to", "With --missed: the day it was moved to.")
@click.option("--score", "scores", multiple=True, metavar="MEASURE=TOTAL", help="The total of a measure. Repeatable.")
@click.option("--item", "items", multiple=True, metavar="MEASURE.ITEM=N", help="One answer of a measure. Repeatable.")
@click.option(
    "--answers",
    multiple=True,
    metavar="MEASURE=N,N,...",
    help="All answers in order; nothing between commas: left out.",
)
@click.option(
    "--done", multiple=True, metavar="TASK[=TECHNIQUE,...]", help="A task that was done, and how. Repeatable."
)
@click.option("--deferred", multiple=True, metavar="TASK", help="A task that was put off. Repeatable.")
@click.option("--note", "notes", multiple=True, metavar="TEXT", help="A note of the therapist. Repeatable.")
@click.option("--try", "tries", multiple=True, metavar="TEXT", help="What the patient wants to try. Repeatable.")
@click.option("--again", is_flag=True, help="A session of that day is on record, and this was another one.")
@writing(once=True)
def session_command(store: str, course: str, again: bool, **said: Any) -> int:
    """Record a whole session of the day --on: that it was held or missed, scores, tasks, a note."""
    from iptengine.cli.course_work import Writing, hold_session
    from iptengine.cli.whole_sessions import WholeSession

    where = {name: said.pop(name) for name in ("by", "role", "on", "key", "key_file", "keys")}
    return hold_session(Writing(store, **where), course, WholeSession(**said), again=again)


@click.command("record", cls=TellsRisks)
@named_course
@click.argument("kind", metavar="COMMAND")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@deviating
@writing(once=True)
def record_command(store: str, course: str, kind: str, fields: tuple[str, ...], because: str, **said: Any) -> int:
    """Record anything else: `record clinic.db a agree_focus area=grief`.

    `course ways` lists every COMMAND that is open with its fields, and a line to type. Several values are written
    with commas between them, a part of a field with a point (answers.self_harm=0), an event by its number in
    `course history` (event=7). Nothing behind the sign says: asked, and left unanswered.
    """
    from iptengine.cli.course_work import Writing, record

    return record(Writing(store, **said), course, kind, fields, because)


@click.command("end")
@named_course
@click.argument("outcome")
@click.option("--reason", default="", metavar="REASON", help="Why, where the protocol lists reasons.")
@click.option("--note", default="", metavar="TEXT", help="A note about the ending.")
@deviating
@writing(once=True)
def end_command(
    store: str, course: str, outcome: str, reason: str, note: str, because: str, **said: Any
) -> int:  # fmt: skip
    """End a course in an OUTCOME of its protocol."""
    from iptengine.cli.course_work import Writing, say

    fields = {"outcome": outcome, "reason": reason, "note": note}
    return say(Writing(store, **said), course, [("end_course", fields)], because)


@click.command("ways")
@named_course
@written_as(TEXT_OR_JSON)
@looking
def ways_command(store: str, course: str, form: str, **said: Any) -> int:
    """List what can be recorded on a day, each with a line to type, and what is blocked and by what."""
    from iptengine.cli.course_looks import Looking, show_ways

    return show_ways(Looking(store, **said), course, form)


@click.command("agenda")
@named_course
@click.option(
    "--audience",
    type=click.Choice(["therapist", "patient"]),
    default="therapist",
    show_default=True,
    help="Who will read it.",
)
@written_as(PAGE_FORMATS)
@click.option(
    "--detail",
    type=click.Choice(["brief", "usual", "trainee"]),
    default="usual",
    show_default=True,
    help="How much it explains.",
)
@click.option(
    "--occasion", type=click.Choice(OCCASIONS), default="session", show_default=True, help="What the page is for."
)
@click.option("--contact", default="", metavar="NAME", help="The page of this contact of the protocol.")
@looking
def agenda_command(
    store: str, course: str, form: str, audience: str, detail: str, occasion: str, contact: str, **said: Any
) -> int:
    """Show what the next session should hold. It may hold patient text."""
    from iptengine.cli.course_looks import Looking, show_page

    return show_page(Looking(store, **said), course, form, audience, detail, occasion, contact)


@click.command("history")
@named_course
@written_as(TEXT_OR_JSON)
@looking
def history_command(store: str, course: str, form: str, on: date | None, **said: Any) -> int:
    """List every event of a course: its number, its day, who recorded it when, and what. It holds patient text."""
    from iptengine.cli.course_looks import Looking, show_history

    return show_history(Looking(store, **said), course, form)


COURSE_COMMANDS = (
    start_command, adopt_command, follow_command, book_command, session_command, record_command, end_command,
    ways_command, agenda_command, history_command,
)  # fmt: skip
