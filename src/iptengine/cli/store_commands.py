"""The commands that work on a store: what each is called and takes; what it does lies beside it."""

from __future__ import annotations

from typing import Any

import click

from iptengine.cli.store_options import sealed, with_keys, writing


@click.command("verify")
@click.argument("store")
@click.option("--anchor", "anchor_file", metavar="FILE", help="An anchor of this store, kept elsewhere.")
@with_keys
def verify_command(store: str, anchor_file: str | None, key_file: str | None, keys: str | None) -> int:
    """Find every event of a store that was changed, taken out, put in or moved, and every row of the lists that was.

    What the rows say is compared with a replay of every course. STORE is sqlite:///clinic.db, the path of such a file,
    or postgresql://user@host/database.
    """
    from iptengine.cli.verifying import verify_store

    return verify_store(store, anchor_file, key_file, keys)


@click.command("anchor")
@click.argument("store")
@click.option("--out", metavar="FILE", help="Write it here, with the last event of each course.")
@sealed
def anchor_command(store: str, out: str | None, key_file: str | None) -> int:
    """Make an anchor of a store: what `verify` compares it with later. Keep it elsewhere.

    Without --out, one line is printed, short enough for paper.
    """
    from iptengine.cli.verifying import write_anchor

    return write_anchor(store, out, key_file)


@click.command("migrate")
@click.argument("store")
@click.argument("protocol")
@click.option("--dry-run", is_flag=True, help="Only look: who is unaffected, who would move, who is blocked by what.")
@click.option("--show", default="", metavar="COURSE", help="Only look: the agenda of this course before and after.")
@click.option("--undo", is_flag=True, help="Move courses back that were moved to this version.")
@click.option("--rules", default="", metavar="FILE", help="A .moves.yaml file: what is called otherwise or replaced.")
@click.option("--course", "courses", multiple=True, metavar="ID", help="Only this course. Repeatable.")
@click.option("--from", "of", multiple=True, metavar="NAME", help="Courses of this protocol, too. Repeatable.")
@click.option("--because", default="", metavar="TEXT", help="Why they move, or move back.")
@click.option("--anyway", default="", metavar="TEXT", help="Why those move that a clinician may move all the same.")
@click.option("--folder", "folders", multiple=True, metavar="DIR", help="Look up protocols here, too. Repeatable.")
@writing()
def migrate_command(store: str, protocol: str, dry_run: bool, show: str, undo: bool, **asked: Any) -> int:
    """Move the open courses of a store to another version of their protocol.

    STORE is sqlite:///clinic.db, the path of such a file, or postgresql://user@host/database; PROTOCOL is the version
    they go to: NAME@VERSION, a shipped name or a path. Each course moves by an event of its own and keeps everything
    that was recorded; what is in the way of one holds no other back. Exit codes: 0 all move, 1 something is in the
    way of one, 2 the protocol or the rules have mistakes.
    """
    from iptengine.cli.migrating import Migration
    from iptengine.cli.migrating import migrate as migrate_courses

    return migrate_courses(Migration(store, protocol, **asked), dry_run=dry_run, undo=undo, show=show)
