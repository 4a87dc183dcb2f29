"""One line of a page, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One line of a page.

    Attributes:
        code: What kind of line it is; the key of its translation.
        text: Finished words, which may be the patient's: never a template.
        path: The place in the protocol it rests on.
        values: What it was made from.
        template: Words of the protocol that follow `text` and may still hold template names.
        after: Finished words after those.
        fold: It belongs to what is also due, never to the first screen.
    """

    code: str
    text: str
    path: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    template: str = ""
    after: str = ""
    fold: bool = False
