"""Vignettes read and played for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from iptengine.authoring.vignette import Vignette, protocol_of, read_vignette
from iptengine.cli.names import vignette_path
from iptengine.cli.screen import Unclear
from iptengine.course.course import Course
from iptengine.diagnostics import did_you_mean
from iptengine.protocol.protocol import Protocol
from iptengine.testing.player import Played, Step, play
from iptengine.testing.trials import shown_path


@dataclass(frozen=True, slots=True)
class Story:
    """A vignette, its protocol, and how it went."""

    vignette: Vignette
    protocol: Protocol
    played: Played

    def before(self, session: int) -> tuple[Course, date]:
        """The course before a session, and the day of the session.

        Raises:
            Unclear: The vignette has no such session.
        """
        try:
            return self.played.before(session)
        except LookupError as none:
            raise Unclear(str(none.args[0])) from none

    def at(self, happening: str, *, after: bool = False) -> tuple[Course, date]:
        """The course before a happening, or after it, and the day of the happening.

        Raises:
            Unclear: The vignette has no such happening.
        """
        names = tuple(self.vignette.spec.happenings)
        if happening not in names:
            raise Unclear(f"this vignette has no happening '{happening}'; {did_you_mean(happening, names)}")
        told = names[: names.index(happening) + after]
        steps = self.played.steps
        past = [step for step in steps if step.name.partition(", ")[0] in told]
        course = past[-1].after if past else steps[0].before if steps else self.played.course
        return course, self.vignette.spec.day(happening)

    def of_members(self) -> Iterator[Story]:
        """The story of each member, in a vignette with members."""
        for member in self.played.courses:
            yield Story(self.vignette, self.protocol, self.played.of(member))

    def sessions(self) -> Iterator[tuple[int, Step]]:
        """The happenings in which a session was held or used up, each with its number."""
        for step in self.played.steps:
            if step.session is not None:
                yield step.session, step


def tell(word: str, member: str = "") -> Story:
    """The story of a vignette: a path, or the name of a shipped example; with `member`, of that one's course.

    Raises:
        Unclear: There is no such file, or no such member.
        ProtocolError: The vignette or its protocol has mistakes.
    """
    vignette = read_vignette(shown_path(vignette_path(word)))
    protocol = protocol_of(vignette)
    played = play(vignette, protocol)
    if not member:
        return Story(vignette, protocol, played)
    try:
        return Story(vignette, protocol, played.of(member))
    except LookupError as none:
        raise Unclear(str(none.args[0])) from none


def tell_one(word: str, member: str) -> Story:
    """The story of one course: that of the vignette, or of one of its members.

    Raises:
        Unclear: As `tell`; or the vignette has members, and none is named.
    """
    story = tell(word, member)
    if story.played.courses:
        first, *_ = story.played.courses
        known = ", ".join(story.played.courses)
        raise Unclear(f"this vignette tells several courses ({known}); say whose: --member {first}")
    return story
