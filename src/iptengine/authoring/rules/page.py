"""The page of a mistake that has no module of its own."""

from __future__ import annotations

import textwrap
from typing import NamedTuple


class Page(NamedTuple):
    """What is wrong, why it matters, and how it looks wrong and right."""

    title: str
    why: str
    wrong: str
    right: str

    def __str__(self) -> str:
        why = textwrap.fill(f"Why it matters: {self.why}", 112, break_long_words=False, break_on_hyphens=False)
        wrong, right = textwrap.indent(self.wrong, "    "), textwrap.indent(self.right, "    ")
        return f"{self.title}\n\n{why}\n\nWrong:\n\n{wrong}\n\nRight:\n\n{right}\n"
