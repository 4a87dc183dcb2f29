"""Writes the generated reference pages anew: ``python tests/authoring/write_pages.py``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from iptengine.authoring.codes import codes_page
from iptengine.authoring.explain import errors_page
from iptengine.authoring.reference import reference

DOCS = Path(__file__).parents[2] / "docs" / "reference"


def generated() -> Mapping[Path, str]:
    """Each generated page and what it should hold."""
    return {DOCS / "codes.md": codes_page(), DOCS / "errors.md": errors_page(), DOCS / "format.md": reference()}


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
