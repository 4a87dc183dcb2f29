"""For tests of protocols and of what is built on them: vignettes played, and given/when/then for Python."""

from iptengine.authoring.vignette import Vignette, check_vignette, protocol_of, read_vignette, read_vignette_text
from iptengine.testing.given import Given, Happened, When, given, happened, recorded
from iptengine.testing.player import Played, Step, play
from iptengine.testing.report import Difference

__all__ = [
    "Difference",
    "Given",
    "Happened",
    "Played",
    "Step",
    "Vignette",
    "When",
    "check_vignette",
    "given",
    "happened",
    "play",
    "protocol_of",
    "read_vignette",
    "read_vignette_text",
    "recorded",
]
