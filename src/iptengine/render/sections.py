"""The named parts of a page that are templates: our own, or the text a developer puts in their place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from iptengine.authoring.templates import Scope, check_template
from iptengine.diagnostics import IptengineError, did_you_mean
from iptengine.render.environment import compile_template, render
from iptengine.render.scope import PATIENT_SECTION_NAMES, SECTION_NAMES
from iptengine.render.values import TemplateFault, Value

OWN = (
    "therapist.focus", "therapist.aim", "therapist.last_time", "therapist.ahead", "therapist.missed",
    "patient.opening", "patient.please", "patient.today", "patient.bring", "patient.decide",
)  # fmt: skip
"""Sections that come as a template of ours."""
OVERRIDABLE = (*OWN, "therapist.words", "therapist.if", "patient.keep")
"""Sections a developer may write anew. The alerts and what stands under FIRST are not among them (law 5)."""
_HALF = re.compile("[\ud800-\udfff]")
MAX_LENGTH = 20_000
"""Characters of an override."""


class TemplateOverrideError(IptengineError):
    """A text that was to replace a section of the page cannot be used; says every mistake and its line."""


def section_names(section: str) -> Scope:
    """The names a section's template may use."""
    return PATIENT_SECTION_NAMES if section.startswith("patient.") else SECTION_NAMES


def check_template_override(name: str, text: str) -> None:
    """Check a text that is to replace the section `name` of the page.

    Raises:
        TemplateOverrideError: There is no such section, or the text says something no template may say,
            uses a name that is not there, or is silent about one that can be missing.

    Example:
        >>> check_template_override("therapist.aim", "AIM: {{ aim }}")
    """
    if name not in OVERRIDABLE:
        raise TemplateOverrideError(f"there is no section '{name[:80]}'; {did_you_mean(name, OVERRIDABLE)}")
    mistakes = _mistakes(name, text)
    if mistakes:
        raise TemplateOverrideError("\n".join(mistakes))


@lru_cache(maxsize=256)
def _mistakes(name: str, text: str) -> tuple[str, ...]:
    if len(text) > MAX_LENGTH:
        return (f"{name}: the text is longer than {MAX_LENGTH} characters",)
    if _HALF.search(text):
        return (f"{name}: the text holds half characters, which no page can show",)
    found = check_template(text, section_names(name))
    return tuple(f"{name}, line {f.line}: {f.message}{f'; {f.hint}' if f.hint else ''}" for f in found)


def override_digests(overrides: Mapping[str, str]) -> dict[str, str]:
    """The SHA-256 of every override, by section, in the order of their names."""
    return {
        name: hashlib.sha256(overrides[name].encode("utf-8", "surrogatepass")).hexdigest() for name in sorted(overrides)
    }


def checked(overrides: Mapping[str, str]) -> None:
    """Check every override.

    Raises:
        TemplateOverrideError: One cannot be used.
    """
    for name in sorted(overrides):
        check_template_override(name, overrides[name])


def section_lines(section: str, values: Mapping[str, Value], overrides: Mapping[str, str]) -> tuple[str, ...]:
    """The lines of a section: plain words, empty lines left out, not escaped for any page.

    Raises:
        TemplateFault: It could not be filled in.
    """
    source = overrides.get(section)
    source = own_template(section) if source is None else source
    text = render(compile_template(source, f"the section {section}"), values, mode="text")
    return tuple(line for line in (" ".join(one.split()) for one in text.splitlines()) if line)


@lru_cache(maxsize=64)
def own_template(section: str) -> str:
    """Our own template of a section."""
    return _package_text(f"{section}.txt")


@lru_cache(maxsize=1)
def page_style() -> str:
    """The style of the standalone page."""
    return _package_text("page.css")


def _package_text(name: str) -> str:
    return (files("iptengine.render") / "templates" / name).read_text(encoding="utf-8")


__all__ = [
    "OVERRIDABLE", "OWN", "TemplateFault", "TemplateOverrideError", "check_template_override", "checked",
    "override_digests", "own_template", "page_style", "section_lines", "section_names",
]  # fmt: skip
