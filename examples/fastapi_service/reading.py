"""A body as it is read: no name may stand twice in one object of it.

JSON takes the last of two, in silence: an answer to a risk item could be lost so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi import HTTPException, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

import iptengine as ipt
from iptengine import commands as c

_OF_COMMANDS = frozenset(name for made in c.COMMANDS.values() for name in ("kind", "on", *c.inputs(made)))


class ReadOnce(APIRoute):
    """An endpoint whose body is refused when a name stands twice in it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def read(request: Request) -> Response:
            return await answer(_Once(request.scope, request.receive))

        return read


class _Once(Request):
    async def json(self) -> Any:
        body = await self.body()
        return json.loads(body, object_pairs_hook=self._once)

    def _once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for n, name in enumerate(names) if name in names[:n])
            raise HTTPException(422, self._told(twice))
        return found

    def _told(self, twice: str) -> str:
        """Which one it is. A name that is not known came from outside, and is not repeated."""
        known = twice in _OF_COMMANDS or twice in self.app.state.names
        name = f"'{twice}'" if known else "a name that is not known"
        return f"{name} stands twice in one object of the body; nothing was recorded"


def names_of(protocols: Iterable[ipt.Protocol]) -> frozenset[str]:
    """Every name in the protocols: of their measures, items, facts, tasks, and all the rest."""
    return frozenset(name for one in protocols for name in re.findall(r'"([a-z0-9_-]+)"', one.content))
