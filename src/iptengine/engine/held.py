"""The protocols a clinic holds: those it was given, and those its store keeps for the courses in it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from iptengine.course.course import Course
from iptengine.course.hiding import THERAPIST
from iptengine.course.stamp import Actor
from iptengine.diagnostics import BadInput, ProtocolError, did_you_mean
from iptengine.engine.answers import UnknownProtocol
from iptengine.engine.records import Records
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.roles import spelt_otherwise
from iptengine.store.port import UnknownDigest


class Held:
    """The protocols of a clinic.

    A course goes on under the protocol it keeps: the one given with that digest, else the text of it in the store.
    A course begins under one that was given.

    Args:
        given: Loaded protocols.
        records: Where the texts of protocols are kept.
    """

    def __init__(self, given: Iterable[Protocol], records: Records) -> None:
        self._given = {protocol.digest: protocol for protocol in given}
        self._opened: dict[str, Protocol] = {}
        self._records = records

    def __repr__(self) -> str:
        return f"<Held {len(self._given)} protocols>"

    def named(self, name: str) -> Protocol:
        """The protocol that was given under an id, or an id and a version.

        Raises:
            UnknownProtocol: None was, or several.
        """
        found = [p for p in self._given.values() if name in (p.id, p.ref)]
        if len(found) == 1:
            return found[0]
        refs = sorted(p.ref for p in found or self._given.values())
        if found:
            text = f"there are several protocols of that name here: {', '.join(refs)}; name one version, with one text"
        else:
            known = [*refs, *(p.id for p in self._given.values())]
            text = f"this clinic does not hold that protocol; {did_you_mean(name, known) or 'it holds none'}"
        raise UnknownProtocol(name, "", text)

    def pinned(self, course: Course) -> Protocol:
        """The protocol that a course keeps.

        Raises:
            UnknownProtocol: It was not given, and the store keeps no text of it that can be used; has the alerts of
                the course. Or the text of the course itself does not open.
        """
        if course.unopened:
            raise _unknown(course, course.unopened)
        found = self._given.get(course.digest) or self._opened.get(course.digest)
        if found is None:
            found = self._opened[course.digest] = self._kept(course)
        return found

    def check_actor(self, actor: object, field: str) -> None:
        """Refuse what is nobody, and a role that is spelt otherwise than a protocol given here spells it.

        Spelt otherwise, it could not approve what it may, and its program means another than it says.

        Raises:
            BadInput: Names the spelling that is right.
        """
        if not isinstance(actor, Actor):
            raise BadInput(field, f"'{field}' must be an Actor: who it is, and in which role")
        right = spelt_otherwise(actor.role, self._roles)
        if right:
            names = " or ".join(f"'{name}'" for name in right)
            raise BadInput(field, f"the role is spelt otherwise than the protocols spell it: write {names}")

    @cached_property
    def _roles(self) -> frozenset[str]:
        """The roles that the protocols given name, and the one that every page is for."""
        specs = [protocol.spec for protocol in self._given.values()]
        hidden = (role for spec in specs for fact in spec.facts.values() for role in fact.hide_from)
        approving = (role for spec in specs for one in spec.approvals.values() for role in one.by)
        return frozenset((THERAPIST, *hidden, *approving))

    def known(self, course: Course) -> Protocol | None:
        """The protocol that a course keeps; ``None`` when it is neither here nor in the store."""
        try:
            return self.pinned(course)
        except UnknownProtocol:
            return None

    @property
    def digests(self) -> frozenset[str]:
        """The digests of the protocols that are open here."""
        return frozenset((*self._given, *self._opened))

    def open(self, digest: str) -> Protocol:
        """A protocol that is open here, by its digest; `LookupError` when it is not."""
        return self._given.get(digest) or self._opened[digest]

    def opens(self, digest: str) -> bool:
        """Whether the protocol of that digest is open here, or can be opened from what the store keeps of it."""
        from iptengine.authoring.kept import open_kept

        if digest not in self.digests:
            try:
                self._opened[digest] = open_kept(digest, self._records.protocol(digest))
            except (UnknownDigest, ProtocolError):
                return False
        return True

    def _kept(self, course: Course) -> Protocol:
        from iptengine.authoring.kept import open_kept

        if course.started is None:
            raise _unknown(course, "the beginning of this course cannot be read, so its protocol is not known")
        keeps = f"this course keeps the protocol {course.protocol} it began with, and"
        digest = f"(digest {course.digest[:12]})"
        try:
            return open_kept(course.digest, self._records.protocol(course.digest))
        except UnknownDigest:
            told = f"{keeps} neither this clinic nor its store holds that text of it {digest}; give it to the clinic"
            raise _unknown(course, told) from None
        except ProtocolError as error:
            first = error.diagnostics[0]
            told = f"{keeps} the text of it in the store {digest} cannot be used: {first.message} [{first.code}]"
            raise _unknown(course, f"{told}; {_ELSEWHERE}") from error


_ELSEWHERE = "give the protocol to the clinic, or use the version of the library that kept it"


def _unknown(course: Course, text: str) -> UnknownProtocol:
    return UnknownProtocol(course.protocol, course.digest, text, course.open_risk_alerts)
