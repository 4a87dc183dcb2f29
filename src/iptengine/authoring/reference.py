"""The reference of the file format, made from the models: every key, what may stand there, and what it is for."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.shapes import Key, Shape, keys_of
from iptengine.authoring.texts import TEMPLATES
from iptengine.protocol.fields import Model
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import Condition
from iptengine.protocol.variant_spec import VariantSpec

_TITLES = {Spec: "A protocol file", VariantSpec: "A variant of another protocol", Measure: "A measure file"}


def reference() -> str:
    """The format as Markdown, which is kept as ``docs/reference/format.md``.

    Example:
        >>> reference().splitlines()[0]
        '# The file format'
    """
    lines = [
        "# The file format",
        "",
        "A protocol is one file, `NAME.protocol.yaml`; a measure is one file, `NAME.measure.yaml`.",
        "Names are small letters, digits and `_`, and begin with a letter.",
        "A list of one may be written without brackets.",
        "A text marked *filled in* may hold `{{ patient }}`, `{{ other }}`, `{{ session.number }}`,"
        " `{{ session.left }}`, `{{ session.of }}`, `{{ stage }}` and `{{ area }}`.",
        "Before the number of sessions is agreed, `session.left` and `session.of` are missing, and a stage or area can"
        " be, too: write what stands there then, `{{ session.left | default('not known') }}`.",
        "A condition stands on a line of its own under its name, never in brackets or braces; its name is also what a"
        " page or a refusal calls it, so let it be words: `all_used: sessions left = 0`.",
        "A text has at most 4000 characters, a name or an id at most 60, a label at most 12.",
        "This page is made from the models that read the files.",
        "",
    ]
    told: set[type[Model]] = set()
    for top in (Spec, VariantSpec, Measure):
        waiting: list[type[Model]] = [top]
        while waiting:
            model = waiting.pop(0)
            if model not in told:
                told.add(model)
                waiting += _models(model)
                lines += _section(model, "##" if model is top else "###")
    return "\n".join(lines).rstrip() + "\n"


def _models(model: type[Model]) -> Iterator[type[Model]]:
    for key in keys_of(model).values():
        inner = _innermost(key.shape)
        if inner.model is not None:
            yield inner.model


def _innermost(shape: Shape) -> Shape:
    return _innermost(shape.entry) if shape.entry is not None else shape


def name_of(model: type[Model]) -> str:
    """What a part is called on the page: ``Phase`` for `PhaseSpec`."""
    return _TITLES.get(model) or _spaced(model.__name__.removesuffix("Spec"))


def _spaced(name: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).split()
    return " ".join(words).capitalize()


def _section(model: type[Model], level: str) -> list[str]:
    about = (model.__doc__ or "").strip().split("\n\n")[0]
    rows = [f"{level} {name_of(model)}", "", about, ""]
    rows += ["| key | what stands there | needed | what it is for |", "|---|---|---|---|"]
    templates = TEMPLATES.get(model, frozenset())
    for key in keys_of(model).values():
        filled = ", *filled in*" if key.name in templates else ""
        cells = (f"`{key.name}`", _what(key.shape) + filled, "yes" if key.required else "", about_of(key))
        rows.append(f"| {' | '.join(cells)} |")
    return [*rows, ""]


def about_of(key: Key) -> str:
    """What a key is for, and what holds when it is left out."""
    default = key.field.get_default()
    unless = ""
    if not key.required and isinstance(default, str | int) and default is not False:
        unless = f" (`{str(default).lower() if default is True else default}` when left out)"
    return f"{key.about}{unless}"


def _what(shape: Shape) -> str:
    if shape.kind == "part" and shape.model is not None:
        link = f"[{name_of(shape.model).lower()}](#{name_of(shape.model).lower().replace(' ', '-')})"
        if shape.model is Condition:
            return f"one sentence, or {link}"
        return f"a text (its `{shape.short}`), or {link}" if shape.short else link
    if shape.kind == "map" and shape.entry is not None:
        return f"by name: {_what(shape.entry)}"
    if shape.kind == "list" and shape.entry is not None:
        return f"{'one or ' if shape.alone else ''}a list: {_what(shape.entry)}"
    if shape.choices:
        return " or ".join(f"`{choice}`" for choice in shape.choices)
    if shape.examples:
        return f"{shape.words}: " + ", ".join(f"`{example}`" for example in shape.examples)
    return shape.words
