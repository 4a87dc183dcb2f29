"""One hostile input given to the library, as the examiner's contract asks: taken (0), refused (2), nothing else.

Run as `python adapter.py KIND FILE`; prints one JSON object. The three honest expressions of the corpus are said in
our own condition language; every other text goes in as it stands.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import iptengine as ipt
from iptengine import commands as c
from iptengine.authoring.loader import check_text
from iptengine.course.codec import BadInput, decode, encode
from iptengine.course.events import NoteWritten, ReadingTaken
from iptengine.course.facts import CourseFacts
from iptengine.diagnostics import IptengineError, ProtocolError
from iptengine.protocol.moments import day, moment
from iptengine.protocol.protocol import Protocol

ANNA = ipt.Actor("u17", role="therapist")
MONDAY = date(2026, 3, 2)
BASE = """\
iptengine: 1
protocol: {name}
version: 1.0.0
status: draft
title: A protocol around one hostile text
population: Nobody
contract: {{sessions: 6..8, frequency: 1 a week, minutes: 50}}
measures: {{phq9: {{use: phq9@1, due: every session}}}}
{alerts}
start: only
phases:
  only:
    title: Only
    aim: Talk
    must:
      talk: {{do: Talk}}
    ask:
      words: {words}
    next:
      ended: {{}}
outcomes:
  ended: {{title: Ended, kind: completed}}
"""
ALERT = """\
alerts:
  told:
    title: The condition holds
    kind: review
    raise_if: {condition}
    do: Look at it
"""
HONEST = {
    "total >= 10": '"phq9 >= 10"',
    "not (total >= 10)": '\n      not:\n        high: "phq9 >= 10"',
    "total == 0": '"phq9 = 0"',
}


def quoted(text: str) -> str:
    """`text` between double quotes; what JSON escapes is escaped alike in YAML."""
    return json.dumps(text, ensure_ascii=False)


def protocol(name: str = "hostile", words: str = '"How was your week?"', condition: str = "") -> Protocol:
    alerts = ALERT.format(condition=condition) if condition else ""
    text = BASE.format(name=name, words=words, alerts=alerts).encode("utf-8", "surrogatepass")
    made, wrong = check_text(text, "hostile.protocol.yaml")
    if made is None:
        raise ProtocolError(wrong)
    return made


def begun(protocol: Protocol, course: str = "a", called: str = "A. R.") -> tuple[ipt.Clinic, str]:
    clinic = ipt.Clinic(ipt.MemoryStore(), [protocol])
    return clinic, clinic.start(protocol.id, by=ANNA, on=MONDAY, course=course, called=called).course.id


def as_yaml(raw: bytes) -> dict[str, Any]:
    made, wrong = check_text(raw, "hostile.protocol.yaml")
    if made is None:
        raise ProtocolError(wrong)
    return {}


def as_template(raw: bytes) -> dict[str, Any]:
    said = "Say: " + raw.decode("utf-8", "surrogatepass")  # a prompt is never empty, a template may be
    clinic, course = begun(protocol(words=quoted(said)))
    return {"out": clinic.agenda(course, on=MONDAY).text}


def as_expression(raw: bytes) -> dict[str, Any]:
    said = raw.decode("utf-8", "surrogatepass")
    made = protocol(condition=HONEST.get(said.strip(), quoted(said)))
    clinic, course = begun(made)
    (guard,) = made.at("alerts", "told", "raise_if")
    answer = guard.answer(CourseFacts(made, clinic.course(course), MONDAY)).value
    return {"value": {"yes": True, "no": False}.get(answer)}


def as_text(raw: bytes) -> dict[str, Any]:
    said = raw.decode("utf-8", "surrogatepass")
    log = io.StringIO()
    logging.basicConfig(stream=log, level=logging.DEBUG, force=True)
    made = protocol()
    clinic, course = begun(made, called=said)
    clinic.do(course, c.HoldSession(on=MONDAY, minutes=50), c.WriteNote(said), by=ANNA, on=MONDAY)
    events = [decode(encode(event)) for event in clinic.events(course)]
    reopened = ipt.replay(made, events)
    stored = {reopened.called, *(event.text for event in events if isinstance(event, NoteWritten))}
    if stored != {said}:
        return {"stored": " | ".join(sorted(stored))}
    page = ipt.agenda(made, reopened, on=date(2026, 3, 9))
    return {"stored": said, "html": page.page, "markdown": page.markdown, "log": log.getvalue()}


def as_path(raw: bytes) -> dict[str, Any]:
    said = raw.decode("utf-8", "surrogatepass")
    made = protocol(name=quoted(said))
    begun(made, course=said)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{made.id}.protocol.yaml").write_text(BASE.format(name=said, words="Hello", alerts=""))
        ipt.load(said, folders=[folder])
    return {}


def as_answer(raw: bytes) -> dict[str, Any]:
    clinic, course = begun(protocol())
    done = clinic.do(course, c.Read("phq9", answers={"low_mood": json.loads(raw)}, on=MONDAY), by=ANNA)
    if done.refused:
        raise done.refused[0]
    reading = next(event for event in done.events if isinstance(event, ReadingTaken))
    return {"complete": not reading.missing and not reading.bad, "total": reading.total}


def as_time(raw: bytes) -> dict[str, Any]:
    said = raw.decode("utf-8", "surrogatepass")
    at = moment(said) if "T" in said else None
    on = at.date() if at else day(said)
    clinic, course = begun(protocol())
    held = clinic.do(course, c.HoldSession(on=on, minutes=50), by=ANNA)
    if held.refused:
        raise held.refused[0]
    return {"iso": at.isoformat() if at else on.isoformat()}


KINDS: dict[str, Callable[[bytes], dict[str, Any]]] = {
    "yaml": as_yaml, "template": as_template, "expression": as_expression, "text": as_text,
    "path": as_path, "answer": as_answer, "time": as_time,
}  # fmt: skip


def warm() -> None:
    """Loads what the cases need, for a process from which they are forked."""
    as_text(b"benign")
    as_expression(b"total >= 10")
    as_answer(b"1")


def main(kind: str, path: str) -> int:
    try:
        taken = KINDS[kind](Path(path).read_bytes())
    except IptengineError as refusal:
        where = str(refusal.diagnostics[0].span) if isinstance(refusal, ProtocolError) else ""
        where = refusal.field if isinstance(refusal, BadInput) else where
        print(json.dumps({"error": str(refusal)[:2000], "where": where}))
        return 2
    print(json.dumps(taken))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
