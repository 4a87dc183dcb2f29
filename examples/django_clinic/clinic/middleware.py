"""What every answer carries, and what is shown when the library cannot do what it was asked."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

import iptengine as ipt

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Headers:
    """No script runs, no style counts but the clinic's own file, and no page stays behind in a cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Content-Security-Policy"] = POLICY
        response.setdefault("Cache-Control", "no-store")
        return response


class ToldErrors(Headers):
    """An error of the library has words for people and no patient text, so it is shown; open alerts with it."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, ipt.IptengineError):
            return None
        alerts = getattr(error, "alerts", ())
        return render(request, "clinic/error.html", {"error": str(error), "alerts": alerts}, status=503)
