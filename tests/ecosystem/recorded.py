"""What was recorded when a project's migrations were run: `recorded/NAME.json.gz`."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ecosystem.facts.document import Document
from tests.ecosystem.operations.operation import Recorded
from tests.ecosystem.projects import EcosystemError


@dataclass(frozen=True)
class Record:
    """The schema after the upgrade, and the operations of each revision in the order in which they ran.

    `schema` has the shape that `migralint schema --format json` prints. `base` is the schema before the first revision
    where that was not empty. `versions` says what it was recorded with. `not_recorded` are the kinds of facts of which the
    schema says nothing. `models` is the schema that `create_all` of the project's models made, where that was recorded.
    """

    schema: Document
    operations: dict[str, list[Recorded]]
    versions: dict[str, str]
    base: Document | None = None
    not_recorded: list[str] = field(default_factory=list)
    models: Document | None = None

    @classmethod
    def read(cls, path: Path) -> Record:
        """Raises `EcosystemError` where nothing was recorded."""
        if not path.exists():
            raise EcosystemError(
                f"{path.name}: nothing recorded; run python -m tests.ecosystem.record {path.name.split('.')[0]}"
            )
        data: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
        ran = {revision: [Recorded.from_data(o) for o in listed] for revision, listed in data["operations"].items()}
        base, models = data.get("base"), data.get("models")
        return cls(data["schema"], ran, data["versions"], base, data.get("not_recorded", []), models)

    def write(self, path: Path) -> None:
        """The same record gives the same bytes."""
        data: dict[str, Any] = {
            "versions": self.versions,
            "operations": {revision: [o.to_data() for o in listed] for revision, listed in self.operations.items()},
            "schema": _shortened(self.schema),
        }
        if self.base is not None:
            data["base"] = _shortened(self.base)
        if self.not_recorded:
            data["not_recorded"] = self.not_recorded
        if self.models is not None:
            data["models"] = _shortened(self.models)
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        path.write_bytes(gzip.compress(text.encode(), mtime=0))


_ALWAYS = {
    "tables",
    "type",
    "not_null",
    "columns",
    "name",
    "keys",
    "definition",
    "expression",
    "references",
    "validated",
}


def _shortened(value: Any) -> Any:
    """Without what is empty, as long as its absence says the same."""
    if isinstance(value, dict):
        kept = {key: _shortened(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if key in _ALWAYS or item not in (None, [], False)}
    return [_shortened(item) for item in value] if isinstance(value, list) else value
