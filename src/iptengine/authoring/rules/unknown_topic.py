"""A topic is named that is not there.

The `topics` of a phase, and the `topic` of a task or of words, name topics that the file declares under
`topics`.

Why it matters: a phase that forbids a topic nobody declared forbids nothing.

Wrong:

    topics:
      eating: Eating, shape and weight
    phases:
      middle:
        topics:
          eting: forbidden

Right:

    topics:
      eating: Eating, shape and weight
    phases:
      middle:
        topics:
          eating: forbidden
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, Path, did_you_mean
from iptengine.protocol.topics import PhraseSpec


def check(view: View) -> Iterator[Finding]:
    """Names of topics that are not declared."""
    for path, topic, on_key in _named(view):
        if topic not in view.spec.topics:
            hint = did_you_mean(topic, view.spec.topics) or f"write it under topics: {topic}: what it is about"
            yield Finding(path, f"'{topic}' is not a topic of this protocol", hint, on_key=on_key)


def _named(view: View) -> Iterator[tuple[Path, str, bool]]:
    for name, phase in view.spec.phases.items():
        for topic in phase.topics:
            yield ("phases", name, "topics", topic), topic, True
    for home in view.homes:
        if home.spec.topic is not None:
            yield (*home.path, "topic"), home.spec.topic, False
    for placed in view.parts:
        if isinstance(placed.part, PhraseSpec) and placed.part.topic is not None:
            yield (*placed.path, "topic"), placed.part.topic, False
