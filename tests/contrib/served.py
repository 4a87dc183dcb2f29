"""Serves the FastAPI service to tests: `python served.py ADDRESS [open KEYS]`, in the folder of the service.

Prints its address, and serves until its input ends. With `open`, a token is a name, and the keys of courses lie in
the folder KEYS; without it, the service is as it comes out of the box.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn

sys.path.insert(0, os.getcwd())

from fastapi import Request

import iptengine as ipt
from access import Access
from service import from_environment, service

EXAMPLES = Path(__file__).parents[2] / "examples"
PROTOCOLS = ("ipt-adult", *(str(EXAMPLES / f"{name}.protocol.yaml") for name in ("open-table", "steady-months")))
PEOPLE = {
    "Bearer anna": ipt.Actor("u17", role="therapist"),
    "Bearer ben": ipt.Actor("u18", role="therapist"),
    "Bearer ines": ipt.Actor("u31", role="assessor"),
    "Bearer carl": ipt.Actor("u40", role="cook"),
    "Bearer rosa": ipt.Actor("u50", role="keeper"),
}


def who(request: Request) -> ipt.Actor | None:
    return PEOPLE.get(request.headers.get("authorization", ""))


def courses_of(actor: ipt.Actor) -> tuple[str, ...] | None:
    """Ben sees one course, and everybody else all of them."""
    return ("bens",) if actor.id == "u18" else None


def clock() -> datetime:
    return datetime(2026, 3, 10, 23, 30, tzinfo=ZoneInfo("Europe/Vienna"))


def main() -> None:
    if "open" in sys.argv:
        access = Access(who=who, courses_of=courses_of)
        app = service(sys.argv[1], clock=clock, access=access, protocols=PROTOCOLS, keys=ipt.FileKeys(sys.argv[3]))
    else:
        os.environ.update(CLINIC_DATABASE=sys.argv[1], CLINIC_TIME_ZONE="Europe/Vienna")
        app = from_environment()
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", ws="none"))

    def until_the_input_ends() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=until_the_input_ends, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
