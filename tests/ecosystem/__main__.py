"""Measures all projects and writes `docs/accuracy.md`.

python -m tests.ecosystem                   everything
python -m tests.ecosystem NAME...           these; writes nothing
python -m tests.ecosystem --no-execute      runs no migrations
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.ecosystem.measure import Result, measure
from tests.ecosystem.projects import EcosystemError, projects
from tests.ecosystem.report import models, page, table
from tests.postgres.server import started

_PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


def main() -> int:
    """The program; 1 where a project could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem", description="Measures migralint's accuracy.")
    parser.add_argument("name", nargs="*", help="names in projects.toml; all without")
    parser.add_argument("--no-execute", action="store_true", help="run no project's migrations")
    arguments = parser.parse_args()
    known = projects()
    if unknown := [name for name in arguments.name if name not in known]:
        parser.error(f"not in projects.toml: {', '.join(unknown)}")
    wanted = [known[name] for name in arguments.name] or list(known.values())
    server = started()
    one = partial(measure, server=server, execute=not arguments.no_execute)
    results: list[Result] = []
    bad = 0
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(one, project) for project in wanted]:
            try:
                result = future.result()
            except EcosystemError as error:
                print(error, file=sys.stderr)
                bad += 1
                continue
            results.append(result)
            bad += result.failure is not None
            told = result.failure or f"facts {result.schema.recall:.4f}, operations {result.operations.recall:.4f}"
            print(f"{result.project.name}: {told}", file=sys.stderr, flush=True)
    print("\n".join([*table(results), "", *models(results)]))
    if not arguments.name:
        _PAGE.write_text(page(results))
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
