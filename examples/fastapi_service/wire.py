"""Answers as bytes: JSON in ASCII, so that any text a store can hold can be sent, and HTML for who asks for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

KEEP_NOTHING = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer: it is about a patient, and nothing on its way keeps it."""


def told(
    body: Any, status: int = 200, *, version: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """A body as JSON; with the version of a course as its ETag, which comes back as `If-Match`."""
    text = json.dumps(body, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Response(text, status, {**(headers or {}), **_tag(version)}, media_type="application/json")


def html(fragment: str, *, version: int | None = None) -> Response:
    """A fragment of a page; half a character, which UTF-8 has no form for, becomes a question mark."""
    headers = {"Vary": "Accept", **_tag(version)}
    return Response(fragment.encode("utf-8", "replace"), headers=headers, media_type="text/html")


def _tag(version: int | None) -> dict[str, str]:
    return {} if version is None else {"ETag": f'"{version}"'}


def wants_html(accept: str) -> bool:
    """Whether an `Accept` puts HTML before JSON; who asks for nothing in particular gets JSON."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        sort, _, weight = part.replace(" ", "").partition(";q=")
        weights[sort] = float(weight) if weight.replace(".", "", 1).isdecimal() else 1.0
    rest = weights.get("*/*", 0.0)
    return weights.get("text/html", 0.0) > weights.get("application/json", rest)
