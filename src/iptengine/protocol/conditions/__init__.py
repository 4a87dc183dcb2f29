"""The condition language: a closed list of short sentences, typed against a protocol's own names.

A sentence is compiled once and then answers yes, no or unknown about a course, with a reason that can be
read aloud. What can never be evaluated is a problem found here, not a "no" found in a session (law 2).
"""

from iptengine.protocol.conditions.compiler import LONGEST, compile_condition
from iptengine.protocol.conditions.condition import Condition, Explanation, Problem
from iptengine.protocol.conditions.listing import Form, forms
from iptengine.protocol.conditions.names import FactNames, MeasureNames, Mention, Names
from iptengine.protocol.conditions.port import Facts

__all__ = [
    "LONGEST",
    "Condition",
    "Explanation",
    "FactNames",
    "Facts",
    "Form",
    "MeasureNames",
    "Mention",
    "Names",
    "Problem",
    "compile_condition",
    "forms",
]
