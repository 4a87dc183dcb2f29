"""The commands that work on one course in a store, and those that hand it to another: what each is called and takes."""

from __future__ import annotations

from typing import Any

import click

from iptengine.cli.courses import COURSE_COMMANDS
from iptengine.cli.store_options import looking_as, named_course, named_store, sealed


@click.group("course")
def course_group() -> None:
    """Work on one course in a store.

    STORE is sqlite:///clinic.db, the path of such a file, or postgresql://user@host/database. COURSE is the id of a
    course in it. Who writes is said by --by and --role, or once by IPTENGINE_BY and IPTENGINE_ROLE in the
    environment. Exit codes: 0 all was recorded, 1 something was refused or went wrong, 2 the command was not
    understood and nothing was recorded. An alert changes no exit code: it stands first in what is printed.
    """


@course_group.command("export")
@named_course
@click.option("--out", metavar="FILE", help="Write it to this new file, which only you can read.")
@click.option("--whole", is_flag=True, help="The whole record, to hand the course over; for who holds the store.")
@looking_as
def export_command(store: str, course: str, out: str | None, whole: bool, role: str, **keys: Any) -> int:
    """Write one course as JSON Lines. It holds patient text.

    Without a role it is the whole record with the protocols it keeps, what is hidden from roles included, and can be
    imported. With one it is what that role may read, and cannot.
    """
    from iptengine.cli.course_files import write_course, write_record
    from iptengine.cli.course_looks import Looking

    if whole or not role:
        return write_course(store, course, out)
    return write_record(Looking(store, role, **keys), course, out)


@course_group.command("import")
@named_store
@click.argument("file")
@sealed
@click.option(
    "--sealed-with", metavar="FILE", help="The bytes they were sealed with where they come from; else as above."
)
def import_command(store: str, file: str, key_file: str | None, sealed_with: str | None) -> int:
    """Take a course that was exported into a store: all of it, or nothing."""
    from iptengine.cli.course_files import read_course

    return read_course(store, file, key_file, sealed_with)


for _command in COURSE_COMMANDS:
    course_group.add_command(_command)
