"""Options that take a whole number: written in digits from 0 to 9, as everywhere else in a line."""

from __future__ import annotations

from typing import Any

import click


class Whole(click.types.IntParamType):
    """Any whole number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number that is written."""
        _check_digits(self, value, param, ctx)
        return super().convert(value, param, ctx)


class WholeBetween(click.IntRange):
    """One between two others."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number that is written."""
        _check_digits(self, value, param, ctx)
        return super().convert(value, param, ctx)


def _check_digits(
    sort: Whole | WholeBetween, value: object, param: click.Parameter | None, ctx: click.Context | None
) -> None:
    """Refuses what Python would take for a number and no person means by one: ``5_0``, digits of another script."""
    from iptengine.cli.given_fields import whole  # its rooms are loaded only where something is asked

    if isinstance(value, str) and whole(value) is None:
        sort.fail("a whole number is written in digits, as 50", param, ctx)


__all__ = ["Whole", "WholeBetween"]
