"""Each key of the format has a vignette that fails without it, and the tool that says so finds a key that has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import Field

from iptengine.authoring import loader
from iptengine.authoring.loader import load
from iptengine.cli.manual import manual
from iptengine.course import words
from iptengine.protocol.fields import Text
from iptengine.protocol.model import Spec
from iptengine.testing import Vignette, play, protocol_of, read_vignette
from iptengine.testing.keys import EXEMPT, Removal, keys, main, removals

HERE = Path(__file__).parent
BRIEF = HERE / "brief.protocol.yaml"
PROTOCOLS = sorted(HERE.glob("*.protocol.yaml"))
ACTING = [key.name for key in keys() if not key.why_exempt]
PARTS = 4
"""The keys are removed in so many tests, so that processors share them."""
READINGS = sorted((HERE / "readings").glob("*.protocol.yaml"))
VIGNETTES = sorted(HERE.rglob("*.vignette.yaml"))


def _named(paths: list[Path]) -> Iterator[str]:
    return (path.name.partition(".")[0] for path in paths)


# -- every key ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(PARTS))
def test_without_any_one_key_of_the_format_some_vignette_fails(part: int) -> None:
    asked = ACTING[part::PARTS]
    found = removals(*PROTOCOLS, only=asked)
    assert [str(removal) for removal in found if not removal.acts] == []
    assert {removal.key.name for removal in found} == set(asked)


def test_every_key_is_asked_or_exempt() -> None:
    assert len(ACTING) == len(set(ACTING))
    assert {"phases.*.window", "problem_areas.*.stages.*.next.*.*", "facts.*.hide_from", "start"} <= set(ACTING)


def test_only_provenance_and_description_are_exempt() -> None:
    exempt = {key.name: key.why_exempt for key in keys() if key.why_exempt}
    assert all(re.match("(provenance|description): .", why) for why in exempt.values())
    assert set(EXEMPT) <= set(exempt), "a reason is kept for a key that is gone"
    assert {name.partition(".")[0] for name in exempt if ".source" not in name} == {
        "iptengine", "protocol", "version", "status", "reviewed_by", "title", "population", "about", "extends",
        "changes", "sources", "decisions", "problem_areas",
    }  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "brief@1.0.0", "Reviewed by Nobody; this is a test", "A brief Interpersonal Psychotherapy", "For: Nobody",
        "Small enough to be read", "Decided: test", "No publication", "Not verified: test", "Two problem areas are",
        "because: The other two", "Also called: loss", "Choose it when: The episode began", "Goal: Mourn what is lost",
    ],
)  # fmt: skip
def test_a_key_that_need_not_act_is_shown(words: str) -> None:
    assert words in " ".join(" ".join(manual(load(BRIEF))).split())


# -- the tool ----------------------------------------------------------------------------------------------------


NO_SHOW = """
iptengine: 1
vignette: A session missed without notice is used up
protocol: brief.protocol.yaml
start: 2026-01-05
happenings:
  agreed: {on: 2026-01-05, status: attended, contract: {sessions: 8}}
  did_not_come: {on: 2026-01-12, status: no_show, expect: {session: 2, sessions_left: 6}}
"""


class SpecWithMotto(Spec):
    motto: Text | None = Field(None, description="A key that nothing reads")


def _copied(folder: Path, *vignettes: str, more: str = "") -> str:
    for name in vignettes:
        (folder / name).write_bytes((HERE / name).read_bytes())
    protocol = folder / BRIEF.name
    protocol.write_text(BRIEF.read_text(encoding="utf-8") + more, encoding="utf-8")
    return str(protocol)


def _of(name: str, path: str, spec: type[Spec] = Spec) -> Removal:
    """The answer for one key alone."""
    (removal,) = removals(path, only=[name], spec=spec)
    return removal


def test_a_key_that_nothing_reads_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "Spec", SpecWithMotto)
    path = _copied(tmp_path, "words.vignette.yaml", "first_page.vignette.yaml", more="motto: Step by step\n")
    removal = _of("motto", path, SpecWithMotto)
    assert (removal.acts, removal.path, removal.why) == (False, "motto", "no vignette fails without it (motto)")


def test_a_key_that_no_protocol_uses_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "Spec", SpecWithMotto)
    removal = _of("motto", _copied(tmp_path, "words.vignette.yaml"), SpecWithMotto)
    assert (removal.acts, removal.why) == (False, "no protocol here uses it")


def test_a_key_acts_only_by_a_vignette_that_expects_it(tmp_path: Path) -> None:
    path = _copied(tmp_path, "words.vignette.yaml", "dispute.vignette.yaml")
    assert _of("problem_areas.*.stages.*.recognise", path).acts
    (tmp_path / "dispute.vignette.yaml").unlink()
    assert not _of("problem_areas.*.stages.*.recognise", path).acts


def test_a_key_that_the_engine_no_longer_reads_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _copied(tmp_path, "contract.vignette.yaml")
    assert _of("contract.missed_unless_agreed", path).acts
    monkeypatch.setattr("iptengine.course.requests.uses_session", lambda *_: ("attended", "no_show"))
    monkeypatch.setattr("iptengine.course.missed.missed_week", lambda *_, **__: None)
    (tmp_path / "contract.vignette.yaml").write_text(NO_SHOW, encoding="utf-8")
    assert not _of("contract.missed_unless_agreed", path).acts


def test_a_needed_key_whose_value_changes_nothing_is_found(tmp_path: Path) -> None:
    path = _copied(tmp_path, "words.vignette.yaml")
    removal = _of("phases.*.aim", path)
    assert not removal.acts
    assert removal.why == (
        "no vignette fails without it (phases.opening.aim); the file cannot do without it, and another value"
        " changes nothing: 'phases.opening' needs an aim: What a session in it is for [missing-key]"
    )


def test_a_vignette_that_speaks_of_what_is_gone_proves_nothing(tmp_path: Path) -> None:
    path = _copied(tmp_path, "offers.vignette.yaml")
    assert _of("problem_areas.*.may", path).acts
    told = (tmp_path / "offers.vignette.yaml").read_text(encoding="utf-8")
    naming = told.replace("expect:\n      agenda: {has: [", "expect:\n      agenda: {due: [photographs], has: [", 1)
    assert naming != told
    (tmp_path / "offers.vignette.yaml").write_text(naming, encoding="utf-8")
    assert not _of("problem_areas.*.may", path).acts


def test_the_command_says_how_many_keys_act(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    two = ["phases.*.bring", "phases.*.note"]
    monkeypatch.setattr("iptengine.testing.keys.removals", lambda *paths: removals(*paths, only=two))
    assert main([str(HERE)], said.append) == 0
    exempt = sum(bool(key.why_exempt) for key in keys())
    assert said == [
        "2 keys act: without any one of them a vignette fails.\n"
        f"{exempt} keys are provenance or description, and need not act."
    ]


def test_the_command_fails_on_a_key_that_does_not_act(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    path = _copied(tmp_path, "words.vignette.yaml")
    monkeypatch.setattr("iptengine.testing.keys.removals", lambda *paths: removals(*paths, only=["phases.*.bring"]))
    assert main([path], said.append) == 1
    assert said[0].splitlines()[-2:] == [
        "1 key does not act:",
        "  phases.*.bring: no vignette fails without it (phases.opening.bring)",
    ]


def test_the_command_needs_something_to_look_at(tmp_path: Path) -> None:
    said: list[str] = []
    assert main([str(tmp_path)], said.append) == 2
    assert said == ["give the path of a protocol with vignettes beside it, or of a folder of such"]


def test_a_vignette_that_fails_before_anything_is_removed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    path = _copied(tmp_path, "words.vignette.yaml")
    monkeypatch.setattr(words, "ask", lambda *_: ())
    said: list[str] = []
    assert main([path], said.append) == 2
    assert said[0].startswith("a vignette fails as it is:")


# -- the vignettes, and the readings -----------------------------------------------------------------------------


def _vignette(path: Path) -> Vignette:
    return read_vignette(path)


@pytest.mark.parametrize("path", VIGNETTES, ids=_named(VIGNETTES))
def test_it_goes_as_expected(path: Path) -> None:
    vignette = _vignette(path)
    assert play(vignette, protocol_of(vignette)).report == ""


@pytest.mark.parametrize("path", READINGS, ids=_named(READINGS))
def test_a_reading_can_be_said(path: Path) -> None:
    protocol = load(path)
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r"# Reading: .+ \(.+\)", first)
    assert protocol.spec.decisions["reading"].because
    assert path.with_name(f"{protocol.id}.vignette.yaml") in VIGNETTES
