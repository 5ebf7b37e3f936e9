"""JSON Schemas of the data-set format, generated from the row models into ``schema/``.

``python -m kg_service.dataset.schemas`` writes them; a test compares them with the models.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kg_service.dataset.files import FILES
from kg_service.dataset.service import Manifest
from kg_service.dataset.values import Row
from kg_service.resources import resource

__all__ = ["schema_texts", "write_schemas"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _models() -> dict[str, tuple[type[Row], tuple[str, ...]]]:
    models: dict[str, tuple[type[Row], tuple[str, ...]]] = {"manifest": (Manifest, ("name",))}
    models.update({file.name: (file.model, file.key) for file in FILES})
    return models


def schema_texts() -> dict[str, str]:
    """File name (``products.schema.json``) to the JSON Schema of one row of that file, as text.

    Examples
    --------
    >>> import json
    >>> json.loads(schema_texts()["skus.schema.json"])["required"]
    ['sku_id', 'product_id', 'price']
    """
    texts = {}
    for name, (model, key) in _models().items():
        schema: dict[str, Any] = {"$schema": _DIALECT, **model.model_json_schema(by_alias=True, mode="validation")}
        schema["title"] = f"A row of {name}"
        schema["description"] = "As a line of .jsonl; in .csv lists are joined with | and pairs are written 键=值;键=值."
        schema["x-key"] = list(key)
        if name == "manifest":
            schema.update(title="manifest.yaml", description="What the data set is.")
        texts[f"{name}.schema.json"] = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    return texts


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into a folder, and remove those of files that the format no longer has."""
    texts = schema_texts()
    for path in folder.glob("*.schema.json"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


if __name__ == "__main__":
    for written in write_schemas(Path(sys.argv[1]) if len(sys.argv) > 1 else resource("schema")):
        print(written)
