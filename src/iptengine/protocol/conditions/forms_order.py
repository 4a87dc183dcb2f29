"""Forms about what each session holds, and about topics."""

from __future__ import annotations

from iptengine.protocol.conditions.comparing import holds
from iptengine.protocol.conditions.condition import Meaning
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names


def _session_done(names: Names, session: str) -> Meaning:
    return holds(
        f"everything of {session} is done",
        lambda facts: facts.session_done(session),
        yes=f"everything of {session} is done",
        no=f"not everything of {session} is done",
    )


def _talked_about(names: Names, topic: str) -> Meaning:
    return holds(
        f"{topic} was talked about",
        lambda facts: facts.talked_about(topic),
        yes=f"{topic} was talked about in this phase",
        no=f"{topic} was not talked about in this phase",
    )


ORDER = (
    Shape(
        "everything of SESSION is done",
        "Every task that this session of the running order names is on record or was left out. Conditional tasks, and"
        " those of a topic that the phase keeps out, are not asked about.",
        _session_done,
    ),
    Shape(
        "TOPIC was talked about",
        "A task of the topic was done, or the topic itself was logged, since the course entered its phase.",
        _talked_about,
    ),
)
