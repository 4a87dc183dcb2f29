"""The difference of two protocols on paper: kept sign by sign, and safe whatever the protocols say.

After a change on purpose, read the difference that the test shows, then write the pages anew, from the root of the
project, and read them once more::

    PYTHONPATH=tests python tests/render/test_difference.py
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import html5lib
import mistune
import pytest

from iptengine.authoring.comparison import By, Comparison, compare, compare_protocols
from iptengine.render.difference import Form, difference
from phrases import protocol

FOLDER = Path(__file__).parents[1] / "golden" / "diff"
ENDINGS: dict[Form, str] = {"text": "txt", "markdown": "md", "html": "html", "json": "json"}
SMALL: dict[str, Any] = json.loads(protocol("small").content)
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "*a* **b** ~~c~~ `d` [e](javascript:f) <b>g</b>",
    "{+new+} [-gone-]", "a\x1b[2Jb", "\u202etxet", "# a", "- a", "1. a", "a | b", "</p></div>", "&amp;", "12",
    "{{ 7 * 7 }}", '" onmouseover="x',
]  # fmt: skip
MARKS = {"p", "strong", "em", "code", "del", "s", "ins", "u", "ul", "li", "div", "h1", "h2"}


PAGES: tuple[tuple[Form, By], ...] = (
    ("text", "change"), ("markdown", "change"), ("html", "change"), ("json", "change"), ("text", "part"),
)  # fmt: skip


def adult_and_longer(form: Form, by: By) -> str:
    """The shipped protocol and its longer form, which is a variant of it."""
    return difference(compare_protocols(protocol("ipt-adult"), protocol("ipt-adult-long"), by=by), form)


def kept(form: Form, by: By) -> Path:
    """Where a page is kept."""
    return FOLDER / f"ipt-adult-long-by-{by}.{ENDINGS[form]}"


@pytest.mark.parametrize(("form", "by"), PAGES)
def test_the_page_is_the_one_that_was_read_and_kept(form: Form, by: By) -> None:
    assert adult_and_longer(form, by) == kept(form, by).read_text(encoding="utf-8")


def test_no_page_is_kept_that_nobody_compares() -> None:
    assert set(FOLDER.iterdir()) == {kept(*page) for page in PAGES}


def test_as_text_equal_contents_are_nothing_at_all() -> None:
    assert difference(compare(SMALL, SMALL), "text") == ""


def test_as_a_document_equal_contents_are_said_to_be_equal() -> None:
    same = compare(SMALL, SMALL)
    assert "The contents are equal." in difference(same, "markdown")
    assert "<p>The contents are equal.</p>" in difference(same, "html")
    told = json.loads(difference(same, "json"))
    assert (told["equal"], told["sections"]) == (True, [])


def saying(text: str) -> Comparison:
    """The small protocol and one that says `text` in a title, a new part, a reason and a path."""
    content = copy.deepcopy(SMALL)
    spec = content["protocol"]
    changes = {"told": {"because": text, "source": [text], "add": {"facts.new": {}}, "set": {text: text}}}
    spec |= {"title": text, "version": "2.0.0", "changes": changes, "extends": "ipt-small@1.0.0"}
    spec["facts"] = {**spec.get("facts", {}), "new": {"title": text, "one_of": [text, text]}, text: {"title": text}}
    next(iter(spec["phases"].values()))["title"] = f"{text} {text}"
    return compare(SMALL, content)


@pytest.mark.parametrize("text", HOSTILE)
def test_html_says_what_a_protocol_says_and_never_obeys_it(text: str) -> None:
    page = html5lib.parse(difference(saying(text), "html"), namespaceHTMLElements=False)
    body = page.find("body")
    tags = {element.tag for element in body.iter()} - {"body"}
    assert tags <= MARKS
    assert {name for element in body.iter() for name in element.attrib} <= {"class"}
    assert "script" not in {element.tag for element in page.iter()}


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_says_what_a_protocol_says_and_never_obeys_it(text: str) -> None:
    made = mistune.create_markdown(escape=False, plugins=["strikethrough", "table"])(
        difference(saying(text), "markdown")
    )
    page = html5lib.parseFragment(str(made), namespaceHTMLElements=False)
    assert {element.tag for element in page.iter()} - {"DOCUMENT_FRAGMENT"} <= MARKS
    assert not {name for element in page.iter() for name in element.attrib}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_has_no_sign_that_moves_the_cursor_and_no_mark_that_is_not_ours(text: str) -> None:
    page = difference(saying(text), "text")
    assert all(sign == "\n" or sign.isprintable() or sign == "\ufffd" for sign in page)
    if text == "{+new+} [-gone-]":
        assert page.count("\\{+new\\+} \\[-gone\\-]") >= 4


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_every_value_of_a_part_that_is_gone_is_on_the_page(form: Form) -> None:
    content = copy.deepcopy(SMALL)
    name, area = content["protocol"]["problem_areas"].popitem()
    page = " ".join(difference(compare(SMALL, content), form).split()).replace("\\", "")
    for task, said in area.get("must", {}).items():
        assert task in page
        assert said["do"] in page
    assert name in page


def test_what_is_gone_and_new_is_struck_and_underlined_by_tags_that_word_processors_keep() -> None:
    content = copy.deepcopy(SMALL)
    content["protocol"]["title"] = "A small therapy"
    page = difference(compare(SMALL, content), "html")
    assert "its title: A small <del><s>Interpersonal Psychotherapy</s></del> <ins><u>therapy</u></ins></p>" in page


def test_the_json_of_a_variant_and_its_base_has_its_changes_as_sections() -> None:
    told = json.loads(difference(saying("x"), "json"))
    assert (told["schema"], told["by"], told["equal"]) == ("iptengine.diff/1", "change", False)
    section = told["sections"][0]
    assert (section["name"], section["because"], section["source"]) == ("told", "x", ["x"])
    assert [(one["kind"], one["path"], one["changes"]) for one in section["differences"]] == [
        ("added", "facts.new", ["told"]),
    ]  # fmt: skip
    assert section["told"][0]["path"] == "changes.told"
    assert "before" not in section["differences"][0]


def write() -> None:
    """Writes every page anew."""
    FOLDER.mkdir(exist_ok=True)
    for page in PAGES:
        kept(*page).write_text(adult_and_longer(*page), encoding="utf-8")


if __name__ == "__main__":
    write()
