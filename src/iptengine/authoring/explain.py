"""The page of every mistake, for the command line and for the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from iptengine.authoring.codes import KINDS, of_run_time
from iptengine.authoring.rules import (
    listing,
    pages_condition,
    pages_kept,
    pages_measure,
    pages_moves,
    pages_template,
    pages_variant,
    pages_vignette,
    pages_yaml,
)
from iptengine.diagnostics import did_you_mean

_HEADINGS: Mapping[str, Mapping[str, object]] = {
    "Protocols": listing.PAGES,
    "Variants": pages_variant.PAGES,
    "Conditions": pages_condition.PAGES,
    "Texts": pages_template.PAGES,
    "Measures": pages_measure.PAGES,
    "Vignettes": pages_vignette.PAGES,
    "Kept protocols": pages_kept.PAGES,
    "Rules for moves": pages_moves.PAGES,
    "Files": pages_yaml.PAGES,
}


@cache
def pages() -> Mapping[str, str]:
    """The page of each code."""
    return {code: str(page).strip() for group in _HEADINGS.values() for code, page in group.items()}


def explain(code: str) -> str:
    """What a code means: what is wrong, why it matters, and how it looks wrong and right.

    Of a code that is told while a course runs, what it says and where.

    Raises:
        LookupError: There is no such code; says which one is nearest.

    Example:
        >>> print(explain("unknown-target").splitlines()[0])
        A way leads to something that is not there.
    """
    found = pages().get(code) or of_run_time(code)
    if not found:
        known = [*pages(), *(one for kind in KINDS for one in kind.words)]
        raise LookupError(f"there is no mistake with this code; {did_you_mean(code, known)}")
    return found


def errors_page() -> str:
    """Every page as one Markdown document, which is kept as ``docs/reference/errors.md``."""
    lines = [
        "# Mistakes in a file, and what to do",
        "",
        "Every mistake is told with its file, line and column, a code in brackets, and what to do next.",
        "`iptengine explain CODE` prints the section of a code.",
        "This page is made from the rules themselves.",
        "",
    ]
    for heading, group in _HEADINGS.items():
        lines += [f"## {heading}", ""]
        for code in sorted(group):
            lines += [f"### {code}", "", *_markdown(pages()[code]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(page: str) -> list[str]:
    """The page with its examples as fenced blocks."""
    lines: list[str] = []
    fenced = False
    for line in page.split("\n"):
        if line.startswith("    ") and not fenced:
            lines += ["```yaml", line[4:]]
            fenced = True
        elif fenced and line.startswith("    "):
            lines.append(line[4:])
        elif fenced and not line.strip():
            lines += ["```", ""]
            fenced = False
        else:
            lines.append(line)
    return [*lines, "```"] if fenced else lines
