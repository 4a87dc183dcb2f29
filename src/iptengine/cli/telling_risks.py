"""A command whose line may hold scores: where it is turned away, the risk answers in it are told first."""

from __future__ import annotations

import click

from iptengine.diagnostics import IptengineError

TYPED = "iptengine.typed"
"""Where click keeps the words of the line at hand, as they were typed."""


class TellsRisks(click.Command):
    """Such a command; `tell_turned_away` says what its line held."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keeps the words as they were typed, also where they cannot be read as options."""
        ctx.meta[TYPED] = tuple(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:
            _tell(perhaps=False)
            raise

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except (click.UsageError, IptengineError, OSError) as wrong:
            from iptengine.store.port import StoreError

            _tell(perhaps=isinstance(wrong, OSError) or type(wrong) is StoreError)
            raise


def _tell(*, perhaps: bool) -> None:
    from iptengine.cli.turned_away import tell_turned_away  # opening a store is only for a line that failed

    tell_turned_away(perhaps=perhaps)
