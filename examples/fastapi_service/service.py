"""A clinic as a web service: `uvicorn --factory service:from_environment`.

The library is synchronous: every endpoint runs it in a thread, so that others are answered meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

import course_paths
import group_paths
import iptengine as ipt
from access import DENIED, Access
from failures import answer_errors
from reading import names_of
from wire import KEEP_NOTHING, told

PROTOCOLS = ("ipt-adult",)


def from_environment() -> FastAPI:
    """The service as the environment says: CLINIC_DATABASE, CLINIC_TIME_ZONE, and more if wanted (see README)."""
    zone = ZoneInfo(_set("CLINIC_TIME_ZONE", "Europe/Vienna"))
    protocols = os.environ.get("CLINIC_PROTOCOLS", "").split() or PROTOCOLS
    folder = os.environ.get("CLINIC_KEYS")
    keys = ipt.FileKeys(folder) if folder else None
    url = _set("CLINIC_DATABASE", "sqlite:///clinic.db")
    return service(url, clock=lambda: datetime.now(zone), protocols=protocols, keys=keys)


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
    keys: ipt.CourseKeys | None = None,
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
    app.state.clinic = ipt.Clinic(store, loaded, clock=clock, policy=access.policy, keys=keys)
    app.state.names = names_of(loaded)
    app.state.clock = clock
    app.state.access = access
    app.middleware("http")(let_in)
    app.include_router(course_paths.router)
    app.include_router(group_paths.router)
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
