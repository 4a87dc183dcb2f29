"""JSON Schema for the files of this format, so that an editor completes, explains and checks while one types.

Draft-07, which is what the YAML language server knows best. Everything is built from what `authoring.shapes` reads
off the models, the same that messages and the reference page are made of, and not from the schema that pydantic can
write: that one says "anything of these" wherever a text may stand for a map, gives every key its Python name as a
title, and knows neither the pattern of a written quantity nor the sentence that tells its author what is wanted.

- `values`: what may stand at a place, as a schema that says exactly one thing about it;
- `parts`: the parts of a format as definitions, with a description and examples for every key;
- `samples`: those examples, gathered from files;
- `files`: the schema of a protocol, variant, measure or vignette;
- `based`: the schema of the variants of one base, which knows every path of it.
"""

from iptengine.authoring.schema.based import schema_for
from iptengine.authoring.schema.files import SORTS, Sort, schema_of

__all__ = ["SORTS", "Sort", "schema_for", "schema_of"]
