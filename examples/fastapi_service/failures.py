"""Every error as an answer: a status, and a sentence in which no word of a patient stands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

import iptengine as ipt
from bodies import AlertBody, alert_body, kept_body, reason_body
from wire import told


def unknown_course(_: Request, error: ipt.UnknownCourse) -> Response:
    return told({"problem": str(error)}, 404)


def course_exists(request: Request, error: ipt.CourseExists) -> Response:
    """What stands in that course is told to whom it belongs: a post sent again would not hear of its alerts."""
    course = error.done.course
    mine = request.app.state.access.courses_of(request.state.actor)
    if mine is not None and course.id not in mine:
        return told({"problem": str(error)}, 409)
    alerts = [alert_body(alert) for alert in course.alerts if alert.needs_assessment]
    since = [kept_body(event) for event in error.since]
    body = {"problem": str(error), "alerts": alerts, "since": since, "course": course.id, "version": course.version}
    return told(body, 409, version=course.version)


def unknown_group(_: Request, error: ipt.UnknownGroup) -> Response:
    return told({"problem": str(error)}, 404)


def group_exists(_: Request, error: ipt.GroupExists) -> Response:
    return told({"problem": str(error)}, 409)


def cannot_erase(_: Request, error: ipt.CannotErase) -> Response:
    """No failure of the store: sending it again would change nothing."""
    return told({"problem": str(error)}, 409)


def refused(_: Request, error: ipt.Refused) -> Response:
    """What was to begin, to be formed or to be prepared; in a batch, what is refused stands beside what was kept."""
    return told({"problem": str(error), "reasons": [reason_body(reason) for reason in error.reasons]}, 409)


def not_allowed(_: Request, error: ipt.NotAllowed) -> Response:
    return told({"problem": str(error), "because": [no.because for no in error.denied]}, 403)


def bad_input(_: Request, error: ipt.BadInput) -> Response:
    return told({"problem": str(error), "field": error.field}, 422)


def unknown_protocol(request: Request, error: ipt.UnknownProtocol) -> Response:
    """A name that is not known; or the protocol of a course is lost, whose alerts are then all that can be told."""
    course = request.path_params.get("course")
    if course is None:
        return told({"problem": str(error)}, 422)
    return told({"problem": str(error), "alerts": _alerts_of([course], request)}, 503)


def store_failed(request: Request, error: ipt.StoreError) -> Response:
    """A course that does not open is told with its alerts, to whom it belongs; the store itself has none to tell."""
    mine = request.app.state.access.courses_of(request.state.actor)
    courses = {alert.course for alert in error.alerts if mine is None or alert.course in mine}
    if not courses:
        return told({"problem": str(error)}, 503)
    return told({"problem": str(error), "alerts": _alerts_of(courses, request)}, 503)


def _alerts_of(courses: Collection[str], request: Request) -> list[AlertBody]:
    """The alerts of courses that are not closed, as this person may see them."""
    return [alert_body(alert) for alert in request.app.state.clinic.reader(request.state.actor).alerts(courses=courses)]


def any_other(_: Request, error: ipt.IptengineError) -> Response:
    return told({"problem": str(error)}, 500)


def not_usable(_: Request, error: RequestValidationError) -> Response:
    """FastAPI's own answer would send back what was posted."""
    return told({"problem": "; ".join(dict.fromkeys(_wrong(one) for one in error.errors()))}, 422)


def _wrong(found: dict[str, Any]) -> str:
    """A place and a sentence. The name of a field that is not known came from outside, and is not repeated."""
    if found["type"] == "json_invalid":
        return "the body is not JSON"
    known = found["loc"][:-1] if found["type"] == "extra_forbidden" else found["loc"][:2]
    place = " ".join(str(part) for part in known)
    sort = {"missing": "is missing", "extra_forbidden": "has a field that is not known"}
    return f"{place} {sort.get(found['type'], 'is not of the right sort')}"


def http_error(_: Request, error: HTTPException) -> Response:
    return told({"problem": error.detail}, error.status_code, headers=error.headers)


ANSWERS: dict[type[Exception], Any] = {
    ipt.UnknownCourse: unknown_course,
    ipt.CourseExists: course_exists,
    ipt.UnknownGroup: unknown_group,
    ipt.GroupExists: group_exists,
    ipt.CannotErase: cannot_erase,
    ipt.Refused: refused,
    ipt.NotAllowed: not_allowed,
    ipt.BadInput: bad_input,
    ipt.UnknownProtocol: unknown_protocol,
    ipt.StoreError: store_failed,
    ipt.IptengineError: any_other,
    RequestValidationError: not_usable,
    HTTPException: http_error,
}


def answer_errors(app: FastAPI) -> None:
    for error, answered in ANSWERS.items():
        app.add_exception_handler(error, answered)
