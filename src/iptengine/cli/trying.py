"""Vignettes played and compared with what they expect."""

from __future__ import annotations

from collections.abc import Iterable

from iptengine.cli import screen
from iptengine.cli.names import files_under
from iptengine.cli.stories import tell
from iptengine.diagnostics import ProtocolError


def test_vignettes(words: Iterable[str]) -> int:
    """Plays every vignette that `words` name; 1 when one of them went otherwise than expected."""
    results = [_try(path) for _, path in files_under(words, ("vignette",))]
    failed = results.count(False)
    line = f"{results.count(True)} passed, {failed} failed"
    screen.say(screen.bad(line) if failed else screen.good(line))
    return 1 if failed else 0


def _try(path: str) -> bool:
    try:
        story = tell(path)
    except ProtocolError as wrong:
        screen.say(f"{screen.bad('failed')}  {path}")
        screen.say(_indented(str(wrong)))
        return False
    if story.played.differences:
        screen.say(f"{screen.bad('failed')}  {path}: {story.vignette.title}")
        screen.say(_indented(story.played.report))
        return False
    screen.say(f"{screen.good('passed')}  {path}: {story.vignette.title}")
    return True


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
