"""What every endpoint is given: whose desk it is, the day, the version a form was drawn from, the key of a form."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.exceptions import HTTPException

from access import SIGN_IN
from bodies import Problem, Shut
from desk import Desk
from reading import ReadOnce


def desk_of(request: Request) -> Desk:
    state, actor = request.app.state, request.state.actor
    return Desk(state.clinic, state.store, actor, state.access.courses_of(actor))


def day(request: Request, on: Annotated[date | None, Query(description="Left out: today.")] = None) -> date:
    return on or request.app.state.clock().date()


def drawn_from(
    if_match: Annotated[str | None, Header(description="The ETag of what the form was drawn from.")] = None,
) -> int | None:
    """The version a form was drawn from."""
    if if_match is None:
        return None
    if not re.fullmatch(r'"[0-9]{1,9}"', if_match):
        raise HTTPException(422, 'If-Match is the ETag of a course, in quotes: "12"')
    return int(if_match.strip('"'))


At = Annotated[Desk, Depends(desk_of)]
Day = Annotated[date, Depends(day)]
Version = Annotated[int | None, Depends(drawn_from)]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$",
        max_length=64,
        description="A name for this form, new for each one. Posted again under it, nothing is recorded twice.",
    ),
]
USUAL: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Not signed in"},
    404: {"model": Problem, "description": "No such course, or not yours"},
    422: {"model": Problem, "description": "Something was not of the right sort; nothing was recorded"},
    503: {
        "model": Shut,
        "description": "The store failed: try again, with the same key. Or the course does not open: show its alerts",
    },
}


def paths() -> APIRouter:
    """A router whose endpoints say in the document that one signs in, and read a body with every name in it once."""
    return APIRouter(dependencies=[Depends(SIGN_IN)], responses=USUAL, route_class=ReadOnce)
