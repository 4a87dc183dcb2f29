"""The commands that work on a store: what each is called and takes; what it does lies beside it."""

from __future__ import annotations

import click

_key = click.option(
    "--key-file", metavar="FILE", help="The bytes the events were sealed with, where the clinic has a key."
)


@click.command("verify")
@click.argument("store")
@click.option("--anchor", "anchor_file", metavar="FILE", help="An anchor of this store, kept elsewhere.")
@_key
def verify_command(store: str, anchor_file: str | None, key_file: str | None) -> int:
    """Find every event of a store that was changed, taken out, put in or moved.

    STORE is sqlite:///clinic.db, the path of such a file, or postgresql://user@host/database.
    """
    from iptengine.cli.verifying import verify_store

    return verify_store(store, anchor_file, key_file)


@click.command("anchor")
@click.argument("store")
@click.option("--out", metavar="FILE", help="Write it here, with the last event of each course.")
@_key
def anchor_command(store: str, out: str | None, key_file: str | None) -> int:
    """Make an anchor of a store: what `verify` compares it with later. Keep it elsewhere.

    Without --out, one line is printed, short enough for paper.
    """
    from iptengine.cli.verifying import write_anchor

    return write_anchor(store, out, key_file)
