"""The adult protocol from its file: read with the place of every key and value and validated, and loaded whole.

The base reads the same text with PyYAML's C loader into plain values: no places, no limits, no validation.
What Python and pydantic prepare once for all files (the models, the condition forms) is prepared before.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from benchmarks.frame import Bench, Contender, Goal, Round, Unfair, timed


@cache
def source() -> bytes:
    """The text of the adult protocol, as it lies in the repository."""
    return (Path(__file__).parents[1] / "protocols" / "ipt-adult.protocol.yaml").read_bytes()


def _validated() -> Round:
    from iptengine.authoring.document import read
    from iptengine.protocol.model import Spec

    text = source()
    document = read(text, "ipt-adult.protocol.yaml").require()
    if Spec.model_validate(document.root).protocol != "ipt-adult" or not document.span(("phases", "middle")).line:
        raise Unfair("it reads another protocol")
    return timed(lambda: Spec.model_validate(read(text, "ipt-adult.protocol.yaml").require().root), 1)


def _loaded() -> Round:
    from iptengine import load

    if load("ipt-adult").id != "ipt-adult":
        raise Unfair("it loads another protocol")
    return timed(lambda: load("ipt-adult"), 1)


def _c_loader() -> Round:
    text = source()
    if yaml.load(text, yaml.CSafeLoader)["protocol"] != "ipt-adult":
        raise Unfair("it reads another protocol")
    return timed(lambda: yaml.load(text, yaml.CSafeLoader), 1)


def _ruamel() -> Round:
    from ruamel.yaml import YAML

    text = source().decode()
    if YAML().load(text)["protocol"] != "ipt-adult":
        raise Unfair("it reads another protocol")
    return timed(lambda: YAML().load(text), 1)


def _ruamel_safe() -> Round:
    from ruamel.yaml import YAML

    text = source().decode()
    return timed(lambda: YAML(typ="safe", pure=True).load(text), 1)


BASE = Contender("yaml.load, C loader", _c_loader)

BENCHES = (
    Bench(
        what="loading: ipt-adult read with places and validated",
        goal=Goal(1.0),
        ours=Contender("iptengine read and validate", _validated),
        base=BASE,
        rounds=15,
    ),
    Bench(
        what="loading: ipt-adult loaded, with every rule",
        goal=Goal(6.0),
        ours=Contender("iptengine load", _loaded),
        base=BASE,
        peers=(
            Contender("ruamel.yaml, with places", _ruamel, needs="ruamel.yaml"),
            Contender("ruamel.yaml, safe and pure", _ruamel_safe, needs="ruamel.yaml"),
        ),
        rounds=7,
    ),
)
