"""What a course that hangs on one day shows and asks: risk first, days in words, and nothing that no longer holds."""

from __future__ import annotations

from iptengine.render import agenda
from phrases import START, contract, fact, given, hold, variant

ASKED = {"title": "Thoughts of harm, asked alone", "one_of": ["no", "yes"], "ask": "every session", "first": True}
RAISED = {"title": "Thoughts of harm were reported", "kind": "risk", "raise_if": "harm is yes", "do": "Ask today"}
HARM = {"facts.harm": ASKED, "alerts.harm": RAISED}


# -- a question of risk ------------------------------------------------------------------------------------------


def test_a_question_of_risk_comes_right_after_the_risk_line_and_the_measure_with_a_risk_item() -> None:
    late = given(variant("ipt-adult", HARM), contract(14), *(hold(n) for n in range(1, 14)), fact("harm", "no"))
    first = [line.values.get("fact") or line.code for line in late.agenda().first]
    assert first[:3] == ["risk_none_open", "measure_due", "harm"]


def test_a_question_of_risk_has_its_boxes_on_the_form_even_when_it_is_folded() -> None:
    many = {f"facts.harm_{n}": {**ASKED, "title": f"Harm {n}"} for n in range(5)}
    alerts = {f"alerts.harm_{n}": {**RAISED, "raise_if": f"harm_{n} is yes"} for n in range(5)}
    asked = variant("ipt-adult", {**many, **alerts})
    page = agenda(asked, given(asked).course, on=START).text
    form = page[page.index("AFTER") :]
    boxes = "no[ ] yes[ ] no answer[ ]"
    assert [n for n in range(5) if f"Harm {n} {boxes}" not in " ".join(form.split())] == []
