"""The endpoints of one course, and the lists over all my courses. The library runs in a thread."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from asked import At, Day, Key, Version, paths
from bodies import (
    AlertBody,
    Answer,
    Batch,
    Begin,
    CourseBody,
    DueBody,
    ErasedBody,
    Exists,
    FeedBody,
    Forget,
    GoOn,
    MessageBody,
    Mistaken,
    No,
    Problem,
    StuckBody,
    TakeOver,
    VoidAnswer,
    WayBody,
)
from wire import html, told, wants_html

router = paths()
OR_NOT_BEGUN: dict[int | str, dict[str, Any]] = {
    403: {"model": Problem},
    409: {
        "model": Exists,
        "description": "It has begun already, or cannot. What came since stands here when the course is yours",
    },
}


# -- one course --------------------------------------------------------------------------------------------------


@router.post("/courses", status_code=201, response_model=Answer, responses=OR_NOT_BEGUN)
async def begin(said: Begin, desk: At) -> Response:
    """Begin a course."""
    return _begun(await run_in_threadpool(desk.begin, said))


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


@router.post("/courses/adopted", status_code=201, response_model=Answer, responses=OR_NOT_BEGUN)
async def take_over(said: TakeOver, desk: At) -> Response:
    """Take over a course that was under way before it came here, without inventing its past."""
    return _begun(await run_in_threadpool(desk.take_over, said))


@router.post("/courses/{course}/following", status_code=201, response_model=Answer, responses=OR_NOT_BEGUN)
async def go_on(course: str, said: GoOn, desk: At) -> Response:
    """Begin a course that follows this one, which has ended."""
    return _begun(await run_in_threadpool(desk.go_on, course, said))


def _begun(body: Answer) -> Response:
    return told(body, 201, version=body["version"], headers={"Location": f"/courses/{body['course']}"})


@router.post(
    "/courses/{course}/voided",
    response_model=VoidAnswer,
    responses={403: {"model": Problem}, 409: {"model": No, "description": "It cannot be voided"}},
)
async def void(course: str, said: Mistaken, desk: At) -> Response:
    """Void what was recorded on the wrong course, and record it in the right one. It stays in both histories."""
    return told(await run_in_threadpool(desk.void, course, said))


@router.post(
    "/courses/{course}/erasure",
    response_model=ErasedBody,
    responses={403: {"model": Problem}, 409: {"model": No, "description": "Not now, or never: its text has no key"}},
)
async def forget(course: str, said: Forget, desk: At) -> Response:
    """Erase what the patient said, for good. The course has to have ended, with every risk alert assessed."""
    version, body = await run_in_threadpool(desk.forget, course, said)
    return told(body, version=version)


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


@router.get(
    "/courses/{course}/messages/{contact}",
    response_model=MessageBody,
    responses={409: {"model": No, "description": "Somebody it is for stays out, or it is not known"}},
)
async def message(course: str, contact: str, desk: At, on: Day) -> Response:
    """The message of a contact, prepared. Nothing is sent from here."""
    version, body = await run_in_threadpool(desk.message, course, contact, on)
    return told(body, version=version)


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
