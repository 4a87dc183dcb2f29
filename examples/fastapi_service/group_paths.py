"""The endpoints of groups: said once, recorded in each member's own course. The library runs in a thread."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from asked import At, Day, Key, paths
from bodies import No, Problem
from group_bodies import Form, GroupAnswer, GroupBody, Join, Leave, Met, Plan, ToAll
from group_desk import GroupDesk
from wire import html, told, wants_html

router = paths()


def groups_of(desk: At) -> GroupDesk:
    return GroupDesk(desk)


Groups = Annotated[GroupDesk, Depends(groups_of)]
SOME: dict[int | str, dict[str, Any]] = {
    403: {"model": GroupAnswer, "description": "In some courses not for this person to say; the rest was recorded"},
    503: {
        "model": GroupAnswer,
        "description": "A course does not open; the rest was recorded. Post it again, same key",
    },
}
NOT_NOW: dict[int | str, dict[str, Any]] = {
    403: {"model": Problem},
    409: {"model": No, "description": "Not possible now, and why; nothing was recorded"},
}


@router.post("/groups", status_code=201, response_model=GroupAnswer, responses=NOT_NOW)
async def form(said: Form, groups: Groups, key: Key) -> Response:
    """Form a group of courses that have begun: all of them, or none."""
    status, body = await run_in_threadpool(groups.form, said, key)
    return told(body, status, headers={"Location": f"/groups/{said.group}"})


@router.post("/groups/{group}/members", response_model=GroupAnswer, responses=NOT_NOW)
async def join(group: str, said: Join, groups: Groups, key: Key) -> Response:
    """Let one more course join."""
    status, body = await run_in_threadpool(groups.join, group, said, key)
    return told(body, status)


@router.post("/groups/{group}/leaving", response_model=GroupAnswer, responses=NOT_NOW)
async def leave(group: str, said: Leave, groups: Groups, key: Key) -> Response:
    """A course has left the group; it goes on as a course."""
    status, body = await run_in_threadpool(groups.leave, group, said, key)
    return told(body, status)


@router.post("/groups/{group}/bookings", response_model=GroupAnswer, responses=SOME)
async def plan(group: str, said: Plan, groups: Groups, key: Key) -> Response:
    """Plan a session of the group. What one course refuses stands in `refused` and holds back no other."""
    status, body = await run_in_threadpool(groups.plan, group, said, key)
    return told(body, status)


@router.post("/groups/{group}/sessions", response_model=GroupAnswer, responses=SOME)
async def met(group: str, said: Met, groups: Groups, key: Key) -> Response:
    """The group has met: a session for each who was there, a miss for each who was not. Scores go to each course."""
    status, body = await run_in_threadpool(groups.met, group, said, key)
    return told(body, status)


@router.post("/groups/{group}/commands", response_model=GroupAnswer, responses=SOME)
async def tell(group: str, said: ToAll, groups: Groups, key: Key) -> Response:
    """Say the same to every member. What one course refuses stands in `refused` and holds back no other."""
    status, body = await run_in_threadpool(groups.tell, group, said, key)
    return told(body, status)


@router.get("/groups/{group}", response_model=GroupBody)
async def where(group: str, groups: Groups) -> Response:
    """Who is in a group, who leads it, when it has met."""
    return told(await run_in_threadpool(groups.where, group))


@router.get(
    "/groups/{group}/agenda",
    response_model=dict[str, Any],
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
async def agenda(group: str, request: Request, groups: Groups, on: Day) -> Response:
    """The page for those who lead the group, alerts first: as JSON, or for Accept: text/html as a fragment."""
    if wants_html(request.headers.get("accept", "")):
        return html(await run_in_threadpool(groups.fragment, group, on))
    return told(await run_in_threadpool(groups.agenda, group, on), headers={"Vary": "Accept"})
