"""`make locks`: measures every case on every major version, compares, and writes `docs/postgresql-locks.md`."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.postgres.locks.cases import every
from tests.postgres.locks.listed import listed
from tests.postgres.locks.measure import Result, measured
from tests.postgres.locks.report import page
from tests.postgres.locks.servers import VERSIONS, NotFetched, running

_PAGE = Path(__file__).parents[3] / "docs" / "postgresql-locks.md"
_AT_ONCE = 2


def on(major: int) -> list[Result]:
    """All cases on a server of this version. Raises NotFetched, and AssertionError where SQL of a case is refused."""
    with running(major) as server:
        return list(measured(server, every()))


def main() -> int:
    """Prints the agreement of each version and what disagrees without being listed; exit code 1 if anything does."""
    parser = argparse.ArgumentParser(prog="make locks", description=__doc__)
    parser.add_argument("majors", nargs="*", type=int, help=f"of {', '.join(map(str, VERSIONS))}; all of them")
    majors = parser.parse_args().majors or list(VERSIONS)
    try:
        with ProcessPoolExecutor(_AT_ONCE) as pool:
            results = dict(zip(majors, pool.map(on, majors), strict=True))
    except (NotFetched, AssertionError) as problem:
        print(f"make locks: {problem}", file=sys.stderr)
        return 2
    known, disagreed = listed(), dict[str, set[int]]()
    unlisted = 0
    for major, found in results.items():
        wrong = [one for one in found if one.differences]
        agree = len(found) - len(wrong)
        print(f"PostgreSQL {major}: {agree} of {len(found)} cases agree ({100 * agree / len(found):.2f} %)")
        for one in wrong:
            disagreed.setdefault(one.case.title, set()).add(major)
            if one.case.title not in known:
                unlisted += 1
                print(f"  not listed: {one.case.title}", *one.differences, sep="\n      ")
    if majors != list(VERSIONS):
        return int(bool(unlisted))
    outdated = known.keys() - disagreed.keys()
    print(*(f"  listed, and agrees: {title}" for title in sorted(outdated)), sep="\n")
    share = sum(not one.differences for found in results.values() for one in found)
    total = sum(map(len, results.values()))
    seen = {major: {one.case: one.seen for one in results[major]} for major in sorted(results, reverse=True)}
    _PAGE.write_text(page(seen, disagreed, f"{100 * share / total:.1f} % of them"))
    return int(bool(unlisted or outdated))


if __name__ == "__main__":
    sys.exit(main())
