"""A variant is tied to its base: what the base was is kept, and a base that differs is refused with what differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from iptengine.authoring.loader import check, load
from iptengine.cli.main import run_command

ROOT = Path(__file__).parents[2]
ADULT = ROOT / "protocols" / "ipt-adult.protocol.yaml"
VARIANT = """\
# A remark that stays.
iptengine: 1
protocol: ipt-school
version: 0.1.0
status: draft
title: IPT at school
extends: ipt-adult@1.0.0   # the base
changes:
  shorter:
    because: A term has twelve weeks
    set:
      contract.sessions: 12
"""


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a variant and a copy of its base."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ipt-school.protocol.yaml").write_text(VARIANT, encoding="utf-8")
    return tmp_path / "ipt-school.protocol.yaml"


def other_base(folder: Path, old: str, new: str) -> None:
    """A base in the folder that says something else; it is found instead of the shipped one when that is not asked."""
    text = ADULT.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 1.0.1", 1)
    (folder / "ipt-adult@1.0.1.protocol.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")


def test_pinning_writes_one_line_and_keeps_what_the_base_says(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = load("ipt-adult").digest
    assert run_command(["pin", "ipt-school.protocol.yaml"]) == 0
    kept = f"pinned/ipt-adult@1.0.0.{digest[:12]}.json"
    assert capsys.readouterr().out == (
        f"ipt-school.protocol.yaml is pinned to ipt-adult@1.0.0, digest {digest[:12]}…\n"
        f"what that is was kept in {kept}; share it together with the variant\n"
    )
    head = "extends: ipt-adult@1.0.0   # the base\n"
    assert school.read_text(encoding="utf-8") == VARIANT.replace(head, f"{head}pinned: {digest}\n")
    assert (school.parent / kept).read_text(encoding="utf-8") == load("ipt-adult").content
    assert check(school) == ()
    before = school.read_bytes()
    assert run_command(["pin", "ipt-school.protocol.yaml"]) == 0
    assert school.read_bytes() == before


def test_a_pin_does_not_change_what_a_variant_is(school: Path) -> None:
    before = load(school).digest
    run_command(["pin", "ipt-school.protocol.yaml"])
    assert load(school).digest == before


def pinned_to_another_base(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The variant, pinned to a base in its folder that then changed under its version."""
    school.write_text(VARIANT.replace("ipt-adult@1.0.0", "ipt-adult@1.0.1"), encoding="utf-8")
    other_base(school.parent, "window: last 3", "window: last 4")
    run_command(["pin", "ipt-school.protocol.yaml"])
    other_base(school.parent, "by: 2 sessions before the end", "by: 3 sessions before the end")
    capsys.readouterr()


def test_a_base_that_is_not_the_pinned_one_is_refused_with_what_differs(
    school: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pinned_to_another_base(school, capsys)
    (found,) = check(school)
    assert (found.code, found.span.line) == ("base-changed", 8)
    assert found.hint == (
        "the base differs at phases.ending.window (fidelity), termination.announce.by (fidelity, safety); read "
        "`iptengine pin` on this file, which pins it anew"
    )


def test_pinning_anew_tells_the_whole_difference_first(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pinned_to_another_base(school, capsys)
    assert run_command(["pin", "ipt-school.protocol.yaml"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("ipt-adult@1.0.1 has changed since this variant was pinned to it:\n")
    assert "[-last 4-] {+last 3+}" in out
    assert "[-2 sessions before the end-] {+3 sessions" in out
    assert check(school) == ()


def test_what_was_not_kept_cannot_be_told(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pinned_to_another_base(school, capsys)
    for kept in (school.parent / "pinned").iterdir():
        kept.write_text("{}", encoding="utf-8")
    (found,) = check(school)
    assert found.hint.startswith("what it was pinned to is not in the folder 'pinned' beside it")


def test_only_a_variant_without_mistakes_can_be_pinned(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    school.write_text(VARIANT.replace("contract.sessions: 12", "contract.session: 12"), encoding="utf-8")
    assert run_command(["pin", "ipt-school.protocol.yaml"]) == 1
    assert "did you mean 'contract.sessions'?" in capsys.readouterr().err
    (school.parent / "whole.protocol.yaml").write_bytes(ADULT.read_bytes())
    assert run_command(["pin", "whole.protocol.yaml"]) == 2
    assert "extends no other protocol, so there is nothing to pin it to" in capsys.readouterr().err
    assert not (school.parent / "pinned").exists()
