"""Whether a store still says what was recorded: every seal, every number and every kept protocol is looked at.

What the seals can prove, and what only an anchor outside the store can, is said in ``docs/explanation/seals.md``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from iptengine.course.codec import UNREADABLE, decode
from iptengine.course.events import Unreadable
from iptengine.store.chain import checked_key, opened, seal
from iptengine.store.ciphers import opened as left_of
from iptengine.store.port import Store, StoreError, UnknownDigest
from iptengine.store.rows import Asked, Lists, keeps_lists

ANCHOR_SCHEMA = "iptengine.anchor/1"
MOST_PROBLEMS = 100
"""How many problems are told one by one."""


State = Literal["intact", "not anchored", "not all read", "damaged"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a store that is not as it was recorded.

    Attributes:
        course: The course; ``""`` for the store as a whole.
        number: The event's number in the course, from 1; 0 for the course or the store as a whole.
        text: What is wrong. It quotes nothing that is stored.
        unread: Whether it is as it was recorded, and only this version of the library cannot read it.
    """

    course: str
    number: int
    text: str
    unread: bool = False

    def __str__(self) -> str:
        where = f"course {self.course}" if self.course else "the store"
        return f"{where}, event {self.number}: {self.text}" if self.number else f"{where}: {self.text}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of looking at a whole store.

    Attributes:
        state: damaged; not all read: its seals fit, but this version of the library cannot read every event; intact
            (compared with an anchor); or not anchored: what is there fits together, but a tail cut off, or everything
            written anew by somebody who can make the seals, would not show. None of them speaks of what the rows of
            the lists say: that is asked of `Clinic.out_of_step`.
        courses: How many courses were looked at.
        events: How many events.
        since_anchor: How many events were recorded after the anchor was made; nothing but their seals speaks for them.
        problems: What is wrong; last, what cannot be read.
    """

    state: State
    courses: int
    events: int
    since_anchor: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a store held at one time, to be kept elsewhere: in another system, signed, or printed.

    Attributes:
        at: When it was made.
        position: The last position of the feed; 0 for an empty store.
        digest: Over every position, course and seal up to it: 64 hexadecimal digits.
        heads: The number and the seal of the last event of each course. A printed anchor may leave them out: what is
            damaged is found all the same, but not told by course.
    """

    at: datetime
    position: int
    digest: str
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)

    def json(self, key: bytes | None = None) -> str:
        """The anchor as JSON; with a key it is signed (HMAC-SHA-256)."""
        told = self._told()
        return json.dumps({**told, "signature": _signature(told, key)} if key else told, indent=1)

    def _told(self) -> dict[str, Any]:
        return {
            "schema": ANCHOR_SCHEMA,
            "at": self.at.isoformat(),
            "position": self.position,
            "digest": self.digest,
            "heads": {course: list(head) for course, head in sorted(self.heads.items())},
        }


def anchor(store: Store, *, at: datetime) -> Anchor:
    """What the store holds now."""
    looked = _Look()
    for entry in store.feed():
        looked.take(*entry)
    return Anchor(at, looked.position, looked.digest.hexdigest(), looked.heads())


def anchor_from_json(text: str, key: bytes | None = None) -> Anchor:
    """The anchor that `Anchor.json` wrote; with a key, only one that was signed with it.

    Raises:
        StoreError: It is no anchor, or was not signed with this key.
    """
    try:
        told = json.loads(text)
        given = str(told.pop("signature", "")).encode("utf-8", "surrogatepass")
        heads = {course: (int(number), str(found)) for course, (number, found) in told["heads"].items()}
        made = Anchor(datetime.fromisoformat(told["at"]), int(told["position"]), str(told["digest"]), heads)
        known = told["schema"] == ANCHOR_SCHEMA
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError("this is not an anchor: make one with 'iptengine anchor'") from None
    if not known:
        raise StoreError(f"this is not an anchor written as '{ANCHOR_SCHEMA}'")
    if key and not hmac.compare_digest(given, _signature(made._told(), key).encode()):
        raise StoreError("the anchor was not signed with this key, or was changed since")
    return made


def verify(store: Store, *, key: bytes | None = None, against: Anchor | None = None) -> Verdict:
    """Look at everything recorded in a store: no event was changed, taken out, put in, moved or cut off.

    Of the rows that a clinic's lists are answered from it looks at the versions alone. What they say only a replay can
    tell: ask `Clinic.out_of_step`, too, as ``iptengine verify`` does.

    Args:
        store: The store; nothing is written to it, and others may write to it meanwhile: what is recorded after
            its feed was read is not looked at.
        key: The key the events were sealed with, if there was one.
        against: An anchor made of this store earlier.

    Raises:
        StoreError: The store cannot be read. That is told as a problem where a course alone cannot be read.
    """
    checked_key(key)
    looked = _Look(against.position if against is not None else 0)
    for entry in store.feed():
        looked.take(*entry)
    problems = [
        *(found for course in looked.courses for found in _course_problems(store, course, looked, key)),
        *_protocol_problems(store, looked),
        *(_anchor_problems(looked, against) if against is not None else ()),
    ]
    problems += _row_problems(store, looked, {problem.course for problem in problems})
    unread = _unread(looked, {(problem.course, problem.number) for problem in problems})
    return Verdict(
        state=_state(bool(problems), bool(unread), anchored=against is not None),
        courses=len(looked.courses),
        events=sum(len(texts) for texts in looked.courses.values()),
        since_anchor=looked.beyond if against is not None else 0,
        problems=(*_first(problems, unread=False), *_first(unread, unread=True)),
    )


def _state(damaged: bool, unread: bool, *, anchored: bool) -> State:
    if damaged:
        return "damaged"
    if unread:
        return "not all read"
    return "intact" if anchored else "not anchored"


def _first(problems: Sequence[Problem], *, unread: bool) -> Iterator[Problem]:
    """As many as are told one by one, and how many there are beside them."""
    yield from problems[:MOST_PROBLEMS]
    if len(problems) > MOST_PROBLEMS:
        yield Problem("", 0, f"{len(problems) - MOST_PROBLEMS} problems more", unread)


# -- looking -----------------------------------------------------------------------------------------------------


class _Look:
    """The whole feed, seen once."""

    def __init__(self, anchored: int = 0) -> None:
        self.courses: defaultdict[str, list[str]] = defaultdict(list)
        self.position = 0
        self.digest = hashlib.sha256()
        self.at_anchor = self.digest.hexdigest()
        self.beyond = 0
        self.unordered = False
        self._anchored = anchored

    def take(self, position: int, course: str, text: str) -> None:
        self.unordered = self.unordered or position <= self.position
        self.position = position
        self.courses[course].append(text)
        self.digest.update(f"{position}\n{len(course)} {course}\n{opened(text)[1]}\n".encode("utf-8", "surrogatepass"))
        if position <= self._anchored:
            self.at_anchor = self.digest.hexdigest()
        else:
            self.beyond += 1

    def heads(self) -> dict[str, tuple[int, str]]:
        return {course: (len(texts), opened(texts[-1])[1]) for course, texts in self.courses.items()}


def _course_problems(store: Store, course: str, looked: _Look, key: bytes | None) -> Iterator[Problem]:
    texts = looked.courses[course]
    try:
        read = tuple(store.read(course))
    except StoreError as error:
        yield Problem(course, 0, f"it cannot be read: {error}")
        return
    if read != tuple(texts) and not _went_on(store, course, read, looked):
        yield Problem(course, 0, "read by itself it is not what the feed of the store holds of it")
    yield from _seal_problems(course, texts, key)


def _went_on(store: Store, course: str, read: tuple[str, ...], looked: _Look) -> bool:
    """Whether a course is what the feed held of it and what was recorded since: a clinic may be at work meanwhile."""
    seen = looked.courses[course]
    since = [text for _, one, text in store.feed(looked.position) if one == course]
    return len(read) >= len(seen) and read == (*seen, *since)[: len(read)]


def _seal_problems(course: str, texts: Iterable[str], key: bytes | None) -> Iterator[Problem]:
    before = ""
    for number, text in enumerate(texts, 1):
        body, found = opened(text)
        if not found:
            yield Problem(course, number, "it has no seal")
        elif not hmac.compare_digest(found, seal(body, course=course, number=number, before=before, key=key)):
            yield Problem(course, number, "it was changed, or does not follow the event before it")
        before = found


def _unread(looked: _Look, told: Collection[tuple[str, int]]) -> list[Problem]:
    """The events that this version of the library cannot read, though their seals fit. It asks for no course key."""
    return [
        Problem(course, number, f"{CANNOT_READ}: {event.why.removeprefix(UNREADABLE)}", unread=True)
        for course, texts in looked.courses.items()
        for number, text in enumerate(texts, 1)
        if isinstance(event := decode(left_of(text, None, course=course, number=number)), Unreadable)
        and (course, number) not in told
    ]


def _protocol_problems(store: Store, looked: _Look) -> Iterator[Problem]:
    """The protocol a course keeps is there, whole. A moved course keeps several."""
    seen: dict[str, str] = {}
    for course, texts in looked.courses.items():
        for digest in dict.fromkeys(digests_named(texts)):
            if digest not in seen:
                seen[digest] = _protocol_problem(store, digest)
            if seen[digest]:
                yield Problem(course, 0, seen[digest])


CANNOT_READ = "this version of the library cannot read it, and it may be a risk alert"
ROW_GONE = "it has no row in the lists, as if somebody had taken it out"
ROW_BEHIND = "its row in the lists is of an earlier version of the course, as if somebody had put it back"
ROW_AHEAD = "its row in the lists counts more events than there are: its last ones are missing, or the row was changed"
ROW_OF_NONE = "the lists have a row of it, and nothing is recorded of such a course"
MAKE_ROWS = "make the rows again: 'iptengine clinic refresh --anew', or Clinic.refresh(on=..., anew=True)"
ASK_FOR_EVENTS = "its events may be lost: restore a backup, or ask who keeps the database"
LOOK_FIRST = "look at the last backup first; where the events are whole,"


def _row_problems(store: Store, looked: _Look, told: Collection[str]) -> Iterator[Problem]:
    """The lists have one row for each course, at its version. What a row says, only a replay can tell.

    Of a course whose events are damaged that alone is told: its row follows from them. What seems wrong is read once
    more, since a course may have begun or gone on after the feed was read.
    """
    if not keeps_lists(store):
        return
    versions = {course: len(texts) for course, texts in looked.courses.items()}
    rows = {row.course: row.version for row in store.rows(Asked(frozenset()))}
    differing = [course for course, version in versions.items() if rows.get(course) != version]
    for course in (*differing, *sorted(rows.keys() - versions.keys())):
        problem = "" if course in told else _row_problem(store, course)
        if problem:
            yield Problem(course, 0, problem)


def _row_problem(store: Lists, course: str) -> str:
    """What is wrong with the row of a course and what to do, read between two looks at the course; else ``""``."""
    try:
        before = len(store.read(course))
        row = next(iter(store.rows(Asked(frozenset(), courses=frozenset({course})))), None)
        after = len(store.read(course))
    except StoreError as error:
        return f"it cannot be read: {error}"
    if row is None:
        return f"{ROW_GONE}; {MAKE_ROWS}" if before else ""
    if not after:
        return f"{ROW_OF_NONE}; {ASK_FOR_EVENTS}"
    if row.version > after:
        return f"{ROW_AHEAD}; {LOOK_FIRST} {MAKE_ROWS}"
    return f"{ROW_BEHIND}; {MAKE_ROWS}" if row.version < before else ""


def digests_named(texts: Iterable[str]) -> Iterator[str]:
    """The digest of every protocol that the events of a course name as its own."""
    for text in texts:
        if '"digest"' in text:
            digest = record_in(text).get("digest")
            if isinstance(digest, str):
                yield digest


def record_in(text: str) -> dict[str, Any]:
    """What a stored text says; nothing when it is no object of JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _protocol_problem(store: Store, digest: str) -> str:
    try:
        text = store.protocol(digest)
    except UnknownDigest:
        return f"the protocol it keeps (digest {digest[:12]}) is not in the store"
    kept = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return "" if kept == digest else f"the text of the protocol it keeps (digest {digest[:12]}) was changed"


def _anchor_problems(looked: _Look, against: Anchor) -> Iterator[Problem]:
    heads = tuple(_head_problems(looked, against))
    yield from heads
    if looked.unordered:
        yield Problem("", 0, "the positions of its feed do not grow")
    elif looked.at_anchor != against.digest and not heads:
        yield Problem("", 0, f"up to position {against.position} it is not what was anchored")


def _head_problems(looked: _Look, against: Anchor) -> Iterator[Problem]:
    for course, (number, found) in against.heads.items():
        texts = looked.courses.get(course, [])
        if len(texts) < number:
            yield Problem(course, 0, f"it had {number} events when it was anchored, and has {len(texts)}")
        elif opened(texts[number - 1])[1] != found:
            yield Problem(course, number, "it is not the event that was anchored")


def _signature(told: dict[str, Any], key: bytes) -> str:
    return hmac.digest(key, json.dumps(told, sort_keys=True).encode(), "sha256").hex()
