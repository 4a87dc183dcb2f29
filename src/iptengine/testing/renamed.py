"""A vignette of a base as a variant has it told: with the new names of whatever the variants between them rename."""

from __future__ import annotations

import os
from itertools import pairwise

from iptengine.authoring.variants.opening import Opened
from iptengine.authoring.vignette import Vignette, VignetteSpec
from iptengine.authoring.vignette_renames import renamed_vignette


def told_for(vignette: Vignette, against: Opened) -> Vignette:
    """`vignette` with the names of `against`; as it is, where the protocol it names is no base of that one.

    Its places stay those of its file, so that a difference is told at the line that expects it.
    """
    chain = list(against.chain)
    at = next((n for n, one in enumerate(chain) if _is_named(vignette.spec.protocol, one)), 0)
    root = vignette.document.root
    for variant, base in reversed(list(pairwise(chain[: at + 1]))):
        renames = variant.composition.renamed if variant.composition is not None else {}
        root = renamed_vignette(root, base.document.root, renames).root if renames else root
    if root is vignette.document.root:
        return vignette
    return Vignette(VignetteSpec.model_validate(root), vignette.document)


def _is_named(named: str, opened: Opened) -> bool:
    if named.endswith(".protocol.yaml"):
        return os.path.basename(named) == os.path.basename(opened.document.file)
    return opened.protocol is not None and named.partition("@")[0] == opened.protocol.id


__all__ = ["told_for"]
