"""The FastAPI service as tests speak to it: in a process of its own, over real HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "examples" / "fastapi_service"
JSON = {"Content-Type": "application/json"}


@contextmanager
def served(url: str, *words: str) -> Iterator[str]:
    """The service in a process of its own, which takes every warning for an error."""
    program = [sys.executable, "-W", "error", str(Path(__file__).with_name("served.py")), url, *words]
    service = subprocess.Popen(
        program, cwd=SERVICE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with service:
        assert service.stdin is not None
        assert service.stdout is not None
        assert service.stderr is not None
        yield service.stdout.readline().strip()
        service.stdin.close()
        service.wait(timeout=30)
        assert service.stderr.read() == ""


@contextmanager
def signed_in(address: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {name}"}, timeout=30) as client:
        yield client


def begin(client: httpx.Client, **more: Any) -> str:
    answer = client.post("/courses", json={"protocol": "ipt-adult", "on": "2026-03-03", "called": "A. R.", **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/courses/{answer.json()['course']}"
    return str(answer.json()["course"])


def say(client: httpx.Client, course: str, *commands: dict[str, Any], key: str = "", seen: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key or uuid4().hex, **({"If-Match": seen} if seen else {})}
    body = json.dumps({"commands": commands})  # in ASCII: also half a character can be posted so
    return client.post(f"/courses/{course}/commands", content=body, headers={**headers, **JSON})


def formed(client: httpx.Client, many: int = 4, **more: Any) -> tuple[str, str]:
    """The first member and the name of a group under a protocol that has groups."""
    courses = [begin(client, protocol="open-table") for _ in range(many)]
    group = f"g{uuid4().hex}"
    answer = post(
        client, "/groups", group=group, courses=courses, facilitators=["maria", "jon"], on="2026-03-04", **more
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/groups/{group}"
    return courses[0], group


def post(client: httpx.Client, path: str, *, key: str = "", **body: Any) -> httpx.Response:
    return client.post(path, json=body, headers={"Idempotency-Key": key or uuid4().hex})


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["kind"] for event in events]
