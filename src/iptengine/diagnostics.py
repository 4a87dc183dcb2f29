"""Where a mistake is, what it is, and what to do next: the words every room uses to tell a person."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""The address of a value in a protocol: ``("phases", "initial", "next", "middle")``."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where a value starts in a source file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, at a place *in the protocol*; the loader adds file and line.

    Attributes:
        path: The path of the value the finding is about.
        message: What is wrong, in the words of the file.
        hint: What to do next, or ``""``.
        on_key: Point at the key of the path's last part, not at its value.
    """

    path: Path
    message: str
    hint: str = ""
    on_key: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake in a file, told to the person who wrote the file.

    Attributes:
        span: The place to look at.
        code: Stable rule name; ``iptengine explain CODE`` prints its page.
        message: What is wrong, in the words of the file. No Python types.
        hint: What to do next, or ``""`` when only the author can know.
    """

    span: Span
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        return f"{self.span}: error: {self.message} [{self.code}]{hint}"


class IptengineError(Exception):
    """The root of every error this library raises on purpose. Never carries patient text."""


class BadInput(IptengineError, ValueError):
    """What a program gave is not what it should be: a field of a command or of a stored course, or an argument.

    Attributes:
        field: The field, with dots where it lies deeper: ``command.total``; or the argument. Its value is never told.
    """

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        super().__init__(text)


class ProtocolError(IptengineError, ValueError):
    """The file is not a usable protocol; `diagnostics` says why and where, all mistakes at once."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=lambda d: (d.span, d.code, d.message)))
        super().__init__("\n".join(str(d) for d in self.diagnostics))


def missing_package(what: str, package: str, extra: str) -> str:
    """What to say where `what` needs a package that is not there: the same sentence wherever iptengine comes from.

    Example:
        >>> missing_package("--watch", "watchfiles", "cli")
        '--watch needs the package watchfiles: python -m pip install watchfiles; the extra [cli] of iptengine brings it'
    """
    named = f'"{package}"' if "[" in package else package
    plain = package.partition("[")[0]
    return (
        f"{what} needs the package {plain}: python -m pip install {named}; the extra [{extra}] of iptengine brings it"
    )


def nearest(word: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """The names in `known` that look most like `word`, best first; at most `count`, often none."""
    names = list(known)
    close = difflib.get_close_matches(word[:200], names, n=count, cutoff=_CLOSE)
    begun = [name for name in names if len(word) > 2 and name.startswith(word) and name not in close]
    surely = [name for name in close if difflib.SequenceMatcher(None, word, name).ratio() >= _SURE]
    return tuple(dict.fromkeys((*surely, *begun, *close)))[:count]


_CLOSE, _SURE = 0.6, 0.75
"""How much two names have in common, of 1: enough to be meant, and more than a name that is only begun."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names what the author may have meant, or the choices when nothing is close.

    Example:
        >>> did_you_mean("midle", ["initial", "middle"])
        "did you mean 'middle'?"
        >>> did_you_mean("x", ["initial", "middle"])
        "choose one of 'initial', 'middle'"
    """
    known = list(known)
    close = nearest(word, known, 1)
    if close:
        return f"did you mean '{close[0]}'?"
    if not known:
        return ""
    shown = ", ".join(f"'{name}'" for name in known[:8])
    return f"choose one of {shown}{' …' if len(known) > 8 else ''}"
