"""A clinic as a web service: `uvicorn --factory service:from_environment`.

The library is synchronous: every endpoint runs it in a thread, so that others are answered meanwhile.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

import iptengine as ipt
from access import DENIED, SIGN_IN, Access
from bodies import (
    AlertBody,
    Answer,
    Batch,
    Begin,
    CourseBody,
    DueBody,
    FeedBody,
    Problem,
    StuckBody,
    WayBody,
)
from desk import Desk
from failures import answer_errors
from wire import KEEP_NOTHING, html, told, wants_html

PROTOCOLS = ("ipt-adult",)


def from_environment() -> FastAPI:
    """The service over the database in CLINIC_DATABASE, in the time zone in CLINIC_TIME_ZONE."""
    zone = ZoneInfo(_set("CLINIC_TIME_ZONE", "Europe/Vienna"))
    return service(_set("CLINIC_DATABASE", "sqlite:///clinic.db"), clock=lambda: datetime.now(zone))


def _set(name: str, such_as: str) -> str:
    if not os.environ.get(name):
        raise SystemExit(f"set {name}, such as {such_as}")
    return os.environ[name]


def service(
    url: str,
    *,
    clock: Callable[[], datetime],
    access: Access = DENIED,
    protocols: Sequence[str] = PROTOCOLS,
) -> FastAPI:
    """The service. A mistake in a protocol or an address that cannot be opened stops it here, before it listens."""
    loaded = [ipt.load(source) for source in protocols]
    store = ipt.open_store(url)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    # No pages that try the service out: they load scripts from elsewhere. The document itself is at /openapi.json.
    app = FastAPI(title="Courses of psychotherapy", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.store = store
    app.state.clinic = ipt.Clinic(store, loaded, clock=clock, policy=access.policy)
    app.state.clock = clock
    app.state.access = access
    app.middleware("http")(let_in)
    app.include_router(router)
    answer_errors(app)
    return app


async def let_in(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    """Who is not known is let in nowhere: an endpoint cannot forget to ask."""
    request.state.actor = await run_in_threadpool(request.app.state.access.who, request)
    if request.state.actor is None:
        response = told({"problem": "sign in first"}, 401, headers={"WWW-Authenticate": "Bearer"})
    else:
        response = await go_on(request)
    response.headers.update(KEEP_NOTHING)
    return response


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
    503: {"model": Problem, "description": "The store failed; try again, with the same key"},
}
router = APIRouter(dependencies=[Depends(SIGN_IN)], responses=USUAL)


# -- one course --------------------------------------------------------------------------------------------------


@router.post(
    "/courses",
    status_code=201,
    response_model=Answer,
    responses={403: {"model": Problem}, 409: {"model": Problem, "description": "It has begun already, or cannot"}},
)
async def begin(said: Begin, desk: At) -> Response:
    """Begin a course."""
    body = await run_in_threadpool(desk.begin, said)
    return told(body, 201, version=body["version"], headers={"Location": f"/courses/{body['course']}"})


@router.post(
    "/courses/{course}/commands",
    response_model=Answer,
    responses={
        403: {"model": Answer, "description": "Some of it is not for this person to say; the rest was recorded"},
        409: {"model": Answer, "description": "The course has moved on: reports were recorded, requests were not"},
    },
)
async def say(course: str, batch: Batch, desk: At, key: Key, expected: Version) -> Response:
    """Say what happened and what is asked for. Reports are kept; a refused request stands beside them, with 200."""
    status, body = await run_in_threadpool(desk.say, course, batch, key=key, expected=expected)
    return told(body, status, version=body["version"])


@router.get("/courses/{course}", response_model=CourseBody)
async def where(course: str, desk: At) -> Response:
    """Where a course stands."""
    version, body = await run_in_threadpool(desk.where, course)
    return told(body, version=version)


@router.get("/courses/{course}/ways", response_model=list[WayBody])
async def ways(course: str, desk: At, on: Day) -> Response:
    """What can be said to a course on a day: draw a form from it, and send its ETag back as If-Match."""
    version, body = await run_in_threadpool(desk.ways, course, on)
    return told(body, version=version)


@router.get(
    "/courses/{course}/agenda",
    response_model=dict[str, Any],
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
async def agenda(
    course: str, request: Request, desk: At, on: Day, audience: Literal["therapist", "patient"] = "therapist"
) -> Response:
    """The page before a session, or the one that goes home: as JSON, or for Accept: text/html as a fragment."""
    if wants_html(request.headers.get("accept", "")):
        version, fragment = await run_in_threadpool(desk.fragment, course, on, audience)
        return html(fragment, version=version)
    version, body = await run_in_threadpool(desk.agenda, course, on, audience)
    return told(body, version=version, headers={"Vary": "Accept"})


@router.get("/courses/{course}/history", response_model=list[dict[str, Any]])
async def history(course: str, desk: At) -> Response:
    """Everything recorded in a course, in order, words included."""
    version, body = await run_in_threadpool(desk.history, course)
    return told(body, version=version)


# -- all my courses ----------------------------------------------------------------------------------------------


@router.get("/due", response_model=list[DueBody])
async def due(desk: At, on: Day) -> Response:
    """What is due in my courses on a day: alerts first, then by day."""
    return told(await run_in_threadpool(desk.due, on))


@router.get("/alerts", response_model=list[AlertBody])
async def alerts(desk: At) -> Response:
    """The alerts of my courses that are not closed: what needs an assessment first."""
    return told(await run_in_threadpool(desk.alerts))


@router.get("/stuck", response_model=list[StuckBody])
async def stuck(desk: At, on: Day) -> Response:
    """My courses whose time to go on has come, with every way shut, and what shuts it."""
    return told(await run_in_threadpool(desk.stuck, on))


@router.get("/feed", response_model=FeedBody)
async def feed(desk: At, after: Annotated[int, Query(ge=0, le=2**62)] = 0) -> Response:
    """For a job that sends what is to be sent: what was recorded after a position. The library contacts nobody."""
    return told(await run_in_threadpool(desk.feed, after))
