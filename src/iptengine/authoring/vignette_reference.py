"""The tables of the vignette format, made from its models, for ``docs/reference/vignettes.md``."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.shapes import Shape, keys_of
from iptengine.authoring.vignette import VignetteSpec
from iptengine.authoring.vignette_expected import Expect, ExpectSummary
from iptengine.authoring.vignette_told import Happening
from iptengine.protocol.fields import Model

_TITLES: dict[type[Model], str] = {
    VignetteSpec: "The file",
    Happening: "A happening",
    Expect: "What is expected of a happening",
    ExpectSummary: "The figures at the end",
}


def vignette_tables() -> str:
    """Every key of a vignette file, part by part, as Markdown.

    Example:
        >>> vignette_tables().splitlines()[0]
        '## The file'
    """
    return "\n".join(line for model in _in_order() for line in _section(model)).rstrip() + "\n"


def _in_order() -> Iterator[type[Model]]:
    """Each large part, followed by the small ones that stand in it."""
    told = set(_TITLES)
    for top in _TITLES:
        yield top
        waiting = [top]
        while waiting:
            for key in keys_of(waiting.pop(0)).values():
                inner = _innermost(key.shape).model
                if inner is not None and inner not in told:
                    told.add(inner)
                    waiting.append(inner)
                    yield inner


def _innermost(shape: Shape) -> Shape:
    return _innermost(shape.entry) if shape.entry is not None else shape


def _title(model: type[Model]) -> str:
    return _TITLES.get(model) or (model.__doc__ or "").strip().split("\n")[0].rstrip(".")


def _section(model: type[Model]) -> Iterator[str]:
    yield f"{'##' if model in _TITLES else '###'} {_title(model)}"
    yield ""
    if model in _TITLES:
        yield from (*(line.strip() for line in (model.__doc__ or "").strip().split("\n")), "")
    yield "| key | what it says | needed |"
    yield "|---|---|---|"
    for key in keys_of(model).values():
        short = _innermost(key.shape).short
        alone = f"; a text alone is its `{short}`" if short else ""
        yield f"| `{key.name}` | {key.about}{alone} | {'yes' if key.required else ''} |"
    yield ""
