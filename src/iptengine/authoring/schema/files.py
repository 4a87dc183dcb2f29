"""The schema of each kind of file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, get_args

from iptengine.authoring import shelves
from iptengine.authoring.document import read_path
from iptengine.authoring.schema.parts import DRAFT, Definitions
from iptengine.authoring.schema.samples import Samples, gather
from iptengine.authoring.schema.sharing import shared
from iptengine.authoring.schema.values import Schema
from iptengine.authoring.vignette import ENDING, VignetteSpec
from iptengine.protocol.fields import Model
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.variant_spec import VariantSpec

Sort = Literal["protocol", "variant", "measure", "vignette"]
SORTS: tuple[Sort, ...] = get_args(Sort)
OF_A_VARIANT = frozenset({"changes"})
"""Keys that a composed protocol has, and that no file of a whole protocol writes."""

_MODELS: Mapping[Sort, type[Model]] = {"variant": VariantSpec, "measure": Measure, "vignette": VignetteSpec}


def schema_of(sort: Sort = "protocol") -> Schema:
    """The JSON Schema of a file: of a whole protocol or a variant, whichever it is, or of another sort.

    Example:
        >>> schema_of("measure")["title"]
        'A measure file'
    """
    definitions = Definitions(shipped_samples(), empty=sort == "vignette")
    if sort == "protocol":
        top = protocol_or_variant(definitions, definitions.part(VariantSpec))
    else:
        top = definitions.part(_MODELS[sort])
    return shared({"$schema": DRAFT, **top, "definitions": definitions.found})


def protocol_or_variant(definitions: Definitions, variant: Schema) -> Schema:
    """A file that extends another, or says how, is a variant; any other is whole. So each mistake is told as one."""
    definitions.found |= {"Protocol": definitions.part(Spec, without=OF_A_VARIANT), "Variant": variant}
    whole, changed = {"$ref": "#/definitions/Protocol"}, {"$ref": "#/definitions/Variant"}
    rest = {"if": {"required": ["changes"]}, "then": changed, "else": whole}
    return {"title": "A protocol file", "if": {"required": ["extends"]}, "then": changed, "else": rest}


@cache
def shipped_samples() -> Samples:
    """What the files that come with the library write under each key."""
    return gather(_shipped())


def _shipped() -> Iterator[tuple[Any, type[Model]]]:
    home, examples = shelves.shipped_folder(), shelves.examples_folder()
    measures, vignettes = os.path.join(home, "measures"), os.path.join(home, "vignettes")
    shelf: tuple[tuple[str, str, type[Model]], ...] = (
        (home, shelves.PROTOCOL, Spec),
        (examples, shelves.PROTOCOL, Spec),
        (measures, shelves.MEASURE, Measure),
        (examples, ENDING, VignetteSpec),
        (vignettes, ENDING, VignetteSpec),
    )
    for folder, ending, model in shelf:
        for name in shelves.names_in((folder,), ending):
            root = read_path(os.path.join(folder, name + ending)).root
            if isinstance(root, dict):
                yield root, VariantSpec if model is Spec and "extends" in root else model
