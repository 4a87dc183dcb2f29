"""The closed list as people read it: every form, what it says, and examples with a protocol's own names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from iptengine.protocol.conditions.closed_list import FAMILIES
from iptengine.protocol.conditions.examples import filled_examples
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names


@dataclass(frozen=True, slots=True)
class Form:
    """One form of condition.

    Attributes:
        family: The heading it stands under: ``"Measures"``.
        shape: How it is matched and built.
    """

    family: str
    shape: Shape

    @property
    def pattern(self) -> str:
        """Fixed words in lower case, places to fill in capitals: ``"sessions left OP NUMBER"``."""
        return self.shape.pattern

    @property
    def about(self) -> str:
        """What it says, and when it is unknown."""
        return self.shape.about

    def examples(self, names: Names, most: int = 3, used: Collection[str] = ()) -> tuple[str, ...]:
        """Sentences of this form with the protocol's own names, those `used` first; none when it has none for it."""
        return filled_examples(self.shape, names, used, most=most)


def forms(names: Names | None = None) -> tuple[Form, ...]:
    """Every form, or those that a protocol with these names can use."""
    every = tuple(Form(family, shape) for family, shapes in FAMILIES.items() for shape in shapes)
    return every if names is None else tuple(form for form in every if form.examples(names, most=1))


def tables(names: Names) -> str:
    """The closed list as Markdown, one table a family, with examples from these names."""
    lines: list[str] = []
    for family, shapes in FAMILIES.items():
        lines += [f"### {family}", "", "| write | it says | for example |", "|---|---|---|"]
        for shape in shapes:
            example = (filled_examples(shape, names, most=1) or ("",))[0]
            lines.append(f"| {_code(shape.pattern)} | {shape.about} | {_code(example)} |")
        lines.append("")
    return "\n".join(lines)


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text else ""
