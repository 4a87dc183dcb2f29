"""Writes the generated reference pages anew: ``python tests/authoring/write_pages.py``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from iptengine.authoring.codes import codes_page
from iptengine.authoring.comparison import compare_protocols
from iptengine.authoring.explain import errors_page
from iptengine.authoring.loader import load, shipped
from iptengine.authoring.reference import reference
from iptengine.render.difference import difference

DIFFERENCES = Path(__file__).parents[2] / "docs" / "reference" / "differences"
DOCS = Path(__file__).parents[2] / "docs" / "reference"


def generated() -> Mapping[Path, str]:
    """Each generated page and what it should hold."""
    pages = {DOCS / "codes.md": codes_page(), DOCS / "errors.md": errors_page(), DOCS / "format.md": reference()}
    return pages | {DIFFERENCES / f"{name}.md": difference_page(name) for name in variants()}


def variants() -> tuple[str, ...]:
    """The shipped protocols that extend another."""
    return tuple(name for name in shipped() if load(name).spec.extends)


def difference_page(name: str) -> str:
    """What a shipped variant makes of its base, as `iptengine diff BASE NAME --format markdown` writes it."""
    variant = load(name)
    base = load(str(variant.spec.extends).partition("@")[0])
    return difference(compare_protocols(base, variant), "markdown")


if __name__ == "__main__":
    for path, text in generated().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
