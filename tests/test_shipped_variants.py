"""Each shipped variant differs from its base in exactly what its changes say, and in nothing else."""

from __future__ import annotations

import pytest

from authoring.write_pages import DIFFERENCES, variants
from iptengine.authoring.comparison import Comparison, compare_protocols
from iptengine.authoring.loader import load
from iptengine.diagnostics import Path
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.variant_spec import VERBS, ChangeGroup, path_of

VARIANTS = variants()


def base_of(variant: Protocol) -> Protocol:
    """The base of a shipped variant."""
    return load(str(variant.spec.extends).partition("@")[0])


def against_its_base(name: str) -> Comparison:
    """What a shipped variant makes of its base."""
    variant = load(name)
    return compare_protocols(base_of(variant), variant)


def named(group: ChangeGroup) -> set[Path]:
    """Every path that a group changes."""
    return {path_of(path) for verb in VERBS for path in getattr(group, verb)}


def test_variants_are_shipped() -> None:
    assert "ipt-adult-long" in VARIANTS


@pytest.mark.parametrize("name", VARIANTS)
def test_every_difference_is_made_by_a_change_and_every_change_makes_one(name: str) -> None:
    found = against_its_base(name)
    sections = {section.name: section for section in found.sections}
    assert "other" not in sections, [one.path for one in sections["other"].differences]
    groups = load(name).spec.changes
    assert [section.name for section in found.sections if section.because] == list(groups)
    for group, told in groups.items():
        made = sections[group].differences
        assert made, group
        for path in named(told):
            places = [path_of(place) for one in made for place in (one.path, one.became) if place]
            assert any(meets(path, place) for place in places), (group, path)


def meets(path: Path, place: Path) -> bool:
    """Whether one of the two lies within the other."""
    length = min(len(path), len(place))
    return path[:length] == place[:length]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_difference_stands_in_the_docs_and_is_linked(name: str) -> None:
    assert (DIFFERENCES / f"{name}.md").exists()
    linked = (DIFFERENCES.parents[1] / "explanation" / "variants.md").read_text(encoding="utf-8")
    assert f"../reference/differences/{name}.md" in linked
