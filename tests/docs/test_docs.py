"""What the pages show is what happens: every example in README.md and docs/ that can run is run.

Conventions, for who writes a page. A page is worked through from top to bottom in a folder of its own, which holds
the project's `protocols/` and `examples/` and, as `my.protocol.yaml`, a small protocol of the reader's own.

- A ```yaml block whose first line is ``iptengine: 1`` and that comes as far as ``phases``, ``items``, ``happenings``
  or ``changes`` is a whole file and has no mistakes; a vignette goes as it expects. It is named after its protocol or
  measure, or by a comment above it: ``<!-- file: widow.vignette.yaml -->``.
- ``<!-- edit FILE: OLD -> NEW -->`` changes the one line OLD of a file written before, as the text says in words.
  With ``(the next block)`` for NEW, the lines of the next block stand in its place.
- A ```console block holds commands; those that begin with ``iptengine`` are run and end well. With ``$`` before its
  commands, what follows each is all it prints, errors too; ``...`` stands for any lines or for the rest of one, and
  how it ends is not asked. ``export NAME=VALUE`` holds for the rest of the page.
- A ```python block is run; one with ``>>>`` is compared with what it shows. The blocks of a page share their names.
- ``<!-- from PATH -->`` says that the next block stands, word for word, in that file of the project, which has tests of
  its own; it is not run here.
- Decisions (docs/adr) tell what was once considered, and are not run; the page of mistakes (docs/reference/errors.md)
  is made from the rules, which have tests of their own.
"""

from __future__ import annotations

import doctest
import os
import re
import runpy
import shlex
import shutil
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from iptengine.authoring.loader import check
from iptengine.authoring.measure_files import read_measure
from iptengine.authoring.vignette import check_vignette, protocol_of, read_vignette
from iptengine.cli.main import run_command
from iptengine.testing.player import play

ROOT = Path(__file__).parents[2]
NOT_RUN = {"adr", "errors.md", "differences"}
PAGES = sorted([ROOT / "README.md", *(p for p in (ROOT / "docs").rglob("*.md") if not NOT_RUN & set(p.parts))])
PART = re.compile(
    r"^```(?P<language>\w+)[^\n]*\n(?P<body>.*?)^```$|^<!-- (?P<verb>file|edit|from) ?(?P<said>[^\n]*?) -->$",
    re.MULTILINE | re.DOTALL,
)
WHOLE_FILE = re.compile(r"iptengine: 1\n(?=.*^(?:phases|items|happenings|changes):$)", re.MULTILINE | re.DOTALL)
NEXT_BLOCK = "(the next block)"


@dataclass(frozen=True)
class Part:
    """A block of a page, or a comment that says something about one."""

    line: int
    kind: str
    text: str


def parts_of(page: Path) -> Iterator[Part]:
    text = page.read_text(encoding="utf-8")
    for found in PART.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if found["verb"]:
            yield Part(line, found["verb"], found["said"].removeprefix(":").strip())
        else:
            yield Part(line, found["language"], found["body"])


@dataclass
class Desk:
    """A page being worked through."""

    page: str
    folder: Path
    read: Callable[[], tuple[str, str]]
    names: dict[str, object] = field(default_factory=dict)
    next_file: str = ""
    awaited: tuple[Path, str] | None = None
    quoted: str = ""
    done: int = 0
    said: MutableMapping[str, str] = field(default_factory=dict)

    def work(self, part: Part) -> None:
        place = f"{self.page}:{part.line}"
        if self.quoted:
            self.quote(part.text, place)
            return
        step = {
            "from": self.source,
            "file": self.file, "edit": self.edit, "yaml": self.yaml, "console": self.console, "python": self.python,
        }.get(part.kind)  # fmt: skip
        if step is not None:
            step(part.text, place)

    def source(self, said: str, place: str) -> None:
        self.quoted = said

    def quote(self, text: str, place: str) -> None:
        assert text in (ROOT / self.quoted).read_text(encoding="utf-8"), f"{place}: not so in {self.quoted}"
        self.quoted = ""
        self.done += 1

    def file(self, said: str, place: str) -> None:
        self.next_file = said

    def edit(self, said: str, place: str) -> None:
        name, _, change = said.partition(": ")
        old, _, new = change.partition(" -> ")
        path = self.folder / name
        if new == NEXT_BLOCK:
            self.awaited = (path, old)
        else:
            replace_line(path, old, new, place)

    def yaml(self, text: str, place: str) -> None:
        if self.awaited is not None:
            path, old = self.awaited
            self.awaited = None
            replace_line(path, old, text.rstrip("\n"), place)
        elif WHOLE_FILE.match(text):
            name, self.next_file = self.next_file or named(text), ""
            path = self.folder / name
            path.write_text(text, encoding="utf-8")
            assert mistakes(path) == [], place
        else:
            return
        self.done += 1

    def console(self, text: str, place: str) -> None:
        for command, expected in commands(text):
            words = shlex.split(command, comments=True)
            if words[:1] == ["export"]:
                self.said.update(word.split("=", 1) for word in words[1:])
            if words[:1] != ["iptengine"]:
                continue
            code = run_command(words[1:])
            out, err = self.read()
            self.done += 1
            if expected is None:
                assert code == 0, f"{place}: {command}\n{out}{err}"
            else:
                assert shown(out + err, expected), f"{place}: {command}\n{out}{err}"

    def python(self, text: str, place: str) -> None:
        self.done += 1
        if ">>>" in text:
            told: list[str] = []
            test = doctest.DocTestParser().get_doctest(text, self.names, place, self.page, 0)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
            result = runner.run(test, out=told.append, clear_globs=False)
            self.names = dict(test.globs)
            assert result.failed == 0, "".join(told)
            return
        block = self.folder / f"block_{self.done}.py"
        block.write_text(text, encoding="utf-8")
        self.names = runpy.run_path(str(block), init_globals=self.names)
        self.read()


def replace_line(path: Path, old: str, new: str, place: str) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    at = [number for number, line in enumerate(lines) if line.strip() == old.strip()]
    assert len(at) == 1, f"{place}: {path.name} has {len(at)} lines '{old}'"
    indent = "" if "\n" in new or new.startswith(" ") else lines[at[0]][: -len(lines[at[0]].lstrip())]
    lines[at[0]] = indent + new
    path.write_text("\n".join(lines), encoding="utf-8")


def named(text: str) -> str:
    if re.search(r"^vignette: ", text, re.MULTILINE):
        return "told.vignette.yaml"
    found = re.search(r"^(protocol|measure): (\S+)$", text, re.MULTILINE)
    assert found is not None, "a whole file is a protocol, a measure or a vignette"
    return f"{found[2]}.{found[1]}.yaml"


def mistakes(path: Path) -> list[str]:
    if path.name.endswith(".measure.yaml"):
        return [str(one) for one in read_measure(path)[1]]
    if path.name.endswith(".vignette.yaml"):
        vignette = read_vignette(path)
        protocol = protocol_of(vignette)
        found = [str(one) for one in check_vignette(vignette, protocol)]
        return found or [str(one) for one in play(vignette, protocol).differences]
    return [str(one) for one in check(path)]


def commands(text: str) -> Iterator[tuple[str, list[str] | None]]:
    """Each command of a block, with the lines it shows; none where the block shows commands alone."""
    lines = text.splitlines()
    if not any(line.startswith("$ ") for line in lines):
        yield from ((line, None) for line in lines)
        return
    starts = [at for at, line in enumerate(lines) if line.startswith("$ ")]
    for at, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        expected = lines[at + 1 : end]
        yield lines[at][2:], expected


def shown(printed: str, expected: list[str]) -> bool:
    """Whether what was printed is what the page shows; ``...`` stands for any lines."""
    pattern = "".join(map(as_pattern, expected))
    text = "".join(line.rstrip() + "\n" for line in printed.rstrip("\n").splitlines())
    return re.fullmatch(pattern, text) is not None


def as_pattern(line: str) -> str:
    if line.strip() == "...":
        return "(?:.*\n)*?"
    if line.endswith("..."):
        return re.escape(line.removesuffix("...")) + ".*\n"
    return re.escape(line.rstrip()) + "\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_is_what_happens(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    for folder in ("protocols", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copytree(ROOT / "tests" / "keys", tmp_path / "tests" / "keys")
    shutil.copy(ROOT / "tests" / "protocols" / "small.protocol.yaml", tmp_path / "my.protocol.yaml")

    def read() -> tuple[str, str]:
        told = capsys.readouterr()
        return told.out, told.err

    monkeypatch.setattr(os, "environ", os.environ.copy())
    desk = Desk(str(page.relative_to(ROOT)), tmp_path, read, said=os.environ)
    parts = list(parts_of(page))
    for part in parts:
        desk.work(part)
    assert desk.awaited is None
    assert desk.next_file == ""
    assert desk.quoted == ""
    fences = page.read_text(encoding="utf-8").count("\n```")
    assert fences == 2 * sum(part.kind not in ("file", "edit", "from") for part in parts), "a block is not closed"


def test_every_tutorial_runs_something() -> None:
    tutorials = [page for page in PAGES if "tutorial" in page.parts]
    assert tutorials
    for page in tutorials:
        assert any(part.kind in ("console", "python") for part in parts_of(page))


def test_a_page_that_shows_something_else_is_found_out() -> None:
    assert shown("1 file checked\nnothing found\n", ["1 file checked", "..."])
    assert not shown("1 file checked\nnothing found\n", ["2 files checked", "..."])
    assert not shown("one\ntwo\n", ["one"])


def test_the_links_between_the_pages_lead_somewhere() -> None:
    lost = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert lost == []
