"""The vignettes of a protocol: which there are, and drafts for what none of them reached."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from iptengine.authoring import shelves
from iptengine.authoring.loader import load
from iptengine.authoring.vignette import read_vignette
from iptengine.cli import screen
from iptengine.cli.names import ENDINGS, existing_folders, files_under, protocol_source, walk
from iptengine.cli.writing import write_new
from iptengine.course.wording import counted
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.protocol import Protocol
from iptengine.testing.coverage import Coverage, covered
from iptengine.testing.drafting.drafts import Undone
from iptengine.testing.drafting.files import DraftFile, draft_files
from iptengine.testing.trials import shown_path, try_vignette


def show_vignettes(word: str, beside: Iterable[str], folders: Iterable[str], missing: bool, out: str) -> int:
    """Lists the vignettes of a protocol, or drafts more; 0 also when some cannot be drafted."""
    places = existing_folders(folders)
    source = protocol_source(word, places)
    protocol = load(source, folders=places)
    own = _own(source, protocol, beside)
    if not missing:
        return _list(protocol, own)
    trials = (try_vignette(path, folders=places) for path in own)
    plays = {trial.path: trial.played for trial in trials if trial.played is not None}
    return _draft(covered(protocol, plays), source, out)


# -- the vignettes there are -------------------------------------------------------------------------------------


def _own(source: str, protocol: Protocol, beside: Iterable[str]) -> list[str]:
    """The vignettes that name a protocol: those that are named, those beside its file, of a shipped one the shipped."""
    shipped = not source.endswith(ENDINGS["protocol"])
    ours = (shelves.shipped_folder(), shelves.examples_folder())
    homes = ours if shipped else (os.path.dirname(source) or os.curdir,)
    near = [path for home in homes for _, path in walk(home, ("vignette",))]
    told = [path for _, path in files_under(beside, ("vignette",))]
    found = dict.fromkeys(os.path.abspath(path) for path in (*told, *near))
    return [path for path in found if _names(path, source, protocol)]


def _names(path: str, source: str, protocol: Protocol) -> bool:
    try:
        named = read_vignette(path).spec.protocol
    except ProtocolError:
        return False
    if named.endswith(ENDINGS["protocol"]):
        home = os.path.join(os.path.dirname(path), named)
        return os.path.realpath(home) == os.path.realpath(source)
    return named.partition("@")[0] == protocol.id


def _list(protocol: Protocol, paths: Sequence[str]) -> int:
    screen.say(f"{protocol.ref} has {counted(len(paths), 'vignette')}")
    for path in paths:
        screen.say(f"  {shown_path(path)}: {read_vignette(path).title}")
    return 0


# -- the ones that are missing -----------------------------------------------------------------------------------


def _draft(found: Coverage, source: str, out: str) -> int:
    open_marks = found.missing
    screen.say(f"{found.protocol.ref}: {len(open_marks)} of {len(found.marks)} places were reached by no vignette")
    undone: list[Undone] = []
    for one in draft_files(found.protocol, open_marks, _named(found.protocol, source, out)):
        if isinstance(one, Undone):
            undone.append(one)
        else:
            _keep(one, out)
    _tell_undone(found, undone)
    if not out and open_marks:
        screen.say("--out DIR writes the drafts to a folder")
    return 0


def _named(protocol: Protocol, source: str, out: str) -> str:
    """How a draft names the protocol: a shipped one by name and version, another by the path from the draft to it."""
    if not source.endswith(ENDINGS["protocol"]):
        return protocol.ref
    return os.path.relpath(source, out or os.curdir).replace(os.sep, "/")


def _keep(one: DraftFile, out: str) -> None:
    path = os.path.join(out, one.name)
    there = bool(out) and os.path.lexists(path)
    if out and not there:
        write_new(path, one.text)
    # What is there already stays, because somebody may have worked on it.
    kept = ": was there already and stays as it is" if there else ""
    screen.say(f"{screen.good('drafted')}  {path}{kept}")
    screen.say_all(f"    {mark.where}: {mark.how}" for mark in one.marks)


def _tell_undone(found: Coverage, undone: Sequence[Undone]) -> None:
    for why, many in Counter(one.why for one in undone).items():
        screen.say(f"{screen.bad('not drafted')}  {many}: {why}")
        screen.say_all(_places(found, (one for one in undone if one.why == why)))


def _places(found: Coverage, undone: Iterable[Undone]) -> Iterator[str]:
    for one in undone:
        yield f"    {found.place(one.mark)}: {one.mark.where}: {one.mark.how}"
