"""Comparing two protocols: the difference as a value, in an author's words."""

from iptengine.authoring.comparison.comparing import compare, compare_protocols
from iptengine.authoring.comparison.difference import (
    ABSENT,
    By,
    Comparison,
    Difference,
    Found,
    Leaf,
    Mark,
    Run,
    Section,
    Side,
)

__all__ = [
    "ABSENT",
    "By",
    "Comparison",
    "Difference",
    "Found",
    "Leaf",
    "Mark",
    "Run",
    "Section",
    "Side",
    "compare",
    "compare_protocols",
]
