"""For tests of protocols and of what is built on them: vignettes played, and given/when/then for Python.

A name is loaded when it is first used: the pytest plugin lies in here and must cost other suites nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iptengine.front_door import opened

if TYPE_CHECKING:
    from iptengine.authoring.vignette import Vignette as Vignette
    from iptengine.authoring.vignette import check_vignette as check_vignette
    from iptengine.authoring.vignette import protocol_of as protocol_of
    from iptengine.authoring.vignette import read_vignette as read_vignette
    from iptengine.authoring.vignette import read_vignette_text as read_vignette_text
    from iptengine.testing.coverage import Coverage as Coverage
    from iptengine.testing.coverage import covered as covered
    from iptengine.testing.expecting import StoreContractBroken as StoreContractBroken
    from iptengine.testing.given_when import Given as Given
    from iptengine.testing.given_when import Happened as Happened
    from iptengine.testing.given_when import When as When
    from iptengine.testing.given_when import given as given
    from iptengine.testing.given_when import happened as happened
    from iptengine.testing.given_when import recorded as recorded
    from iptengine.testing.key_store import check_keys as check_keys
    from iptengine.testing.marks import Mark as Mark
    from iptengine.testing.player import Played as Played
    from iptengine.testing.player import Step as Step
    from iptengine.testing.player import play as play
    from iptengine.testing.report import Difference as Difference
    from iptengine.testing.store import StoreWithoutLists as StoreWithoutLists
    from iptengine.testing.store import check_store as check_store
    from iptengine.testing.trials import Trial as Trial
    from iptengine.testing.trials import try_vignette as try_vignette

_HOMES = {
    "authoring.vignette": ("Vignette", "check_vignette", "protocol_of", "read_vignette", "read_vignette_text"),
    "testing.coverage": ("Coverage", "covered"),
    "testing.given_when": ("Given", "Happened", "When", "given", "happened", "recorded"),
    "testing.key_store": ("check_keys",),
    "testing.marks": ("Mark",),
    "testing.player": ("Played", "Step", "play"),
    "testing.report": ("Difference",),
    "testing.expecting": ("StoreContractBroken",),
    "testing.store": ("StoreWithoutLists", "check_store"),
    "testing.trials": ("Trial", "try_vignette"),
}
_named = opened(__name__, _HOMES, globals())

__all__ = [
    "Coverage",
    "Difference",
    "Given",
    "Happened",
    "Mark",
    "Played",
    "Step",
    "StoreContractBroken",
    "StoreWithoutLists",
    "Trial",
    "Vignette",
    "When",
    "check_keys",
    "check_store",
    "check_vignette",
    "covered",
    "given",
    "happened",
    "play",
    "protocol_of",
    "read_vignette",
    "read_vignette_text",
    "recorded",
    "try_vignette",
]


def __getattr__(name: str) -> object:
    return _named(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
