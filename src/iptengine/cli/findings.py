"""How findings are written: for a person, for a program, for an editor, and for the pages of a forge."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from iptengine.cli import screen
from iptengine.course.wording import counted
from iptengine.diagnostics import Diagnostic, Span

SCHEMA = "iptengine.check/1"
Form = Literal["text", "json", "github", "concise"]


@dataclass(frozen=True, slots=True)
class Checked:
    """The files that were checked, and everything that was found in them."""

    files: tuple[str, ...]
    found: tuple[Diagnostic, ...]

    def counted(self) -> str:
        """How many files were checked, and how much was found: ``3 files checked, nothing found``."""
        found = counted(len(self.found), "finding") if self.found else "nothing found"
        return f"{counted(len(self.files), 'file')} checked, {found}"


def told(checked: Checked, form: Form, *, one_line: bool = False) -> Iterator[str]:
    """The findings in one of the forms; in JSON one record, on one line if that is asked for."""
    if form == "json":
        yield screen.json_text(_record(checked), indent=None if one_line else 2)
    else:
        yield from map({"text": _for_a_person, "github": github, "concise": concise}[form], checked.found)


def advice(found: Sequence[Diagnostic]) -> str:
    """Where to read more about what was found most often."""
    code = Counter(diagnostic.code for diagnostic in found).most_common(1)[0][0]
    return f"`iptengine explain {code}` tells more about that rule"


def _for_a_person(one: Diagnostic) -> str:
    place, rest = str(one.span), str(one).removeprefix(f"{one.span}: error: ")
    return f"{screen.strong(place)}: {screen.bad('error')}: {rest}"


def concise(one: Diagnostic) -> str:
    """One line for an editor: ``FILE:LINE:COLUMN: CODE message (hint)``."""
    hint = f" ({one.hint})" if one.hint else ""
    return " ".join(f"{one.span}: {one.code} {one.message}{hint}".split())


def github(one: Diagnostic) -> str:
    """One line that GitHub Actions shows beside the line it speaks of.

    Example:
        >>> from iptengine.diagnostics import Span
        >>> github(Diagnostic(Span("a,b.yaml", 2, 5), "bad-value", "50% is no number", "write 0.5"))
        '::error file=a%2Cb.yaml,line=2,col=5,title=bad-value::50%25 is no number%0Ahint: write 0.5'
    """
    file = os.path.normpath(one.span.file).replace(os.sep, "/")  # as the repository calls it, without ./
    place = {"file": file, "line": one.span.line, "col": one.span.column, "title": one.code}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    hint = f"\nhint: {one.hint}" if one.hint else ""
    return f"::error {properties}::{_escaped(one.message + hint)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _record(checked: Checked) -> dict[str, object]:
    findings = [finding_record(one) for one in checked.found]
    return {"schema": SCHEMA, "files": list(checked.files), "findings": findings}


def finding_record(one: Diagnostic) -> dict[str, object]:
    """A finding as JSON has it."""
    return {**place_record(one.span), "code": one.code, "message": one.message, "hint": one.hint}


def place_record(span: Span) -> dict[str, object]:
    """A place as JSON has it."""
    return {"file": span.file, "line": span.line, "column": span.column}
