"""The page about conditions is current: its list is the engine's list and its examples are conditions.

Run as a program, it writes the list into the page.
"""

from __future__ import annotations

import re
from pathlib import Path

from condition_world import DISPUTE

from iptengine.protocol.conditions import LONGEST, Condition, compile_condition, forms
from iptengine.protocol.conditions.listing import tables

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "conditions.md"
DECISION = ROOT / "docs" / "adr" / "0002-conditions-are-sentences.md"
SOURCES = ROOT / "src" / "iptengine" / "protocol" / "conditions"
BETWEEN = re.compile(r"(<!-- forms:[^>]*-->\n).*?(<!-- /forms -->)", re.DOTALL)


def current(page: str) -> str:
    return BETWEEN.sub(lambda found: f"{found[1]}\n{tables(DISPUTE)}{found[2]}", page)


def test_the_list_on_the_page_is_the_list_of_the_engine() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == current(page), f"run this file as a program to rewrite {PAGE.name}"


def _fenced(path: Path, language: str) -> list[str]:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def _in_yaml(line: str) -> str:
    return line.partition(": ")[2]


def test_every_condition_shown_on_the_pages_is_one() -> None:
    shown = _fenced(PAGE, "condition") + _fenced(DECISION, "condition")
    shown += [sentence for line in _fenced(PAGE, "yaml") if (sentence := _in_yaml(line))]
    assert len(shown) >= 20
    for sentence in shown:
        assert isinstance(compile_condition(sentence, DISPUTE), Condition), sentence


def test_every_code_that_can_be_told_is_on_the_page_and_no_other() -> None:
    told = set()
    for source in SOURCES.glob("*.py"):
        told |= set(re.findall(r'"(condition-[a-z-]+)"', source.read_text(encoding="utf-8")))
    listed = set(re.findall(r"^\| `(condition-[a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == told


def test_the_page_says_of_every_form_whether_it_can_be_unknown() -> None:
    for form in forms():
        condition = compile_condition(form.examples(DISPUTE, most=1)[0], DISPUTE)
        assert isinstance(condition, Condition)
        says_so = "unknown" in form.about.lower().replace("never unknown", "")
        assert says_so == condition.can_be_unknown, form.pattern


def test_the_longest_sentence_is_told_as_it_is() -> None:
    assert f"at most {LONGEST} characters" in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
