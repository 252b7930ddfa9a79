"""The table of what was measured, for `docs/postgresql-locks.md`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from tests.postgres.locks.cases import Case
from tests.postgres.locks.listed import listed
from tests.postgres.locks.observe import Seen

Measured = Mapping[int, Mapping[Case, Sequence[Seen]]]
"""What was seen, by major version and case."""

_HEAD = """\
# What statements lock

What each of {cases} statements does on PostgreSQL {oldest} to {newest}, measured on real servers by `make locks`, which
writes this page. `migralint operations --effects` says the same for {agreement}; [where it does
not](#where-migralint-says-something-else) is listed at the end.

- *locks*: the strongest lock that the transaction holds afterwards on each relation that was there before; on sequences
  only where `nextval()` has to wait. Several statements run in one transaction, and each line of theirs shows what is
  held by then.
- *work*: tables written anew (rewrite) or read in full to check their rows (scan), indexes built or built again
  (rebuild). Where there is any, the locks are held for as long as the table is large; else briefly.
- *waits*: what a second session had to wait for, when it tried to read or to write the relation.
- *alone*: the statement refuses to run in a transaction.

Above an arrow stands what was committed before. The tables, with rows, are in `tests/postgres/locks/cases/`: `t` has
foreign keys to `r`, ten indexes and checks; `v` is a view of `t` and `w` one of `v`; `p` and `l` are partitioned, `top`
has children by inheritance.
"""

_MODES = {
    "ACCESS SHARE": "AccessShare",
    "ROW SHARE": "RowShare",
    "ROW EXCLUSIVE": "RowExclusive",
    "SHARE UPDATE EXCLUSIVE": "ShareUpdateExclusive",
    "SHARE": "Share",
    "SHARE ROW EXCLUSIVE": "ShareRowExclusive",
    "EXCLUSIVE": "Exclusive",
    "ACCESS EXCLUSIVE": "AccessExclusive",
}


def page(measured: Measured, disagreed: Mapping[str, set[int]], agreement: str) -> str:
    """The page, with cases in the order of their files; `disagreed` are titles of cases with the versions in which `effects()` says something else."""
    cases = sorted(dict.fromkeys(case for found in measured.values() for case in found), key=lambda case: case.file)
    lines = [_HEAD.format(cases=len(cases), oldest=min(measured), newest=max(measured), agreement=agreement)]
    for file, group in groupby(cases, key=lambda case: case.file):
        lines += [f"## {file.replace('_', ' ').capitalize()}", ""]
        lines += ["| statement | PostgreSQL | locks | work | waits |", "|---|---|---|---|---|"]
        for case in group:
            lines += _rows(case, measured)
        lines.append("")
    lines += ["## Where migralint says something else", "", "| statement | PostgreSQL | why |", "|---|---|---|"]
    reasons = listed()
    for title, majors in sorted(disagreed.items()):
        lines.append(f"| {_code(title.split(': ', 1)[1])} | {_versions(majors)} | {reasons.get(title, 'not known')} |")
    return "\n".join(lines) + "\n"


def _rows(case: Case, measured: Measured) -> list[str]:
    """A row for each way in which versions differ."""
    found: dict[tuple[str, str, str], set[int]] = {}
    for major, cases in measured.items():
        if case in cases:
            found.setdefault(_described(cases[case]), set()).add(major)
    statement = "<br>".join(map(_code, [*_statements(case.setup), *(["-->"] if case.setup else []), *case.statements]))
    return [f"| {statement} | {_versions(majors)} | {' | '.join(cells)} |" for cells, majors in found.items()]


def _statements(setup: str) -> list[str]:
    return [line for line in setup.split(";\n") if line] if setup else []


def _described(seen: Sequence[Seen]) -> tuple[str, str, str]:
    locks, work, waits = zip(*map(_of_statement, seen), strict=True)
    return "<br>".join(locks), "<br>".join(work), "<br>".join(waits)


def _of_statement(seen: Seen) -> tuple[str, str, str]:
    locks = ", ".join(f"{_short(name)} {_MODES[mode]}" for name, mode in sorted(seen.locks.items()))
    work = [] if seen.transactional else ["alone"]
    for word, names in (
        ("rewrite", seen.rewrites),
        ("scan", seen.scans or ()),
        ("build", seen.builds),
        ("rebuild", seen.rebuilds),
    ):
        work += [f"{word} {_list(names)}"] if names else []
    size = "size" if seen.rewrites or seen.scans or seen.builds or seen.rebuilds else "brief"
    both, writes = seen.reads_wait & seen.writes_wait, seen.writes_wait - seen.reads_wait
    reads = seen.reads_wait - seen.writes_wait
    waits = [
        f"{word} {_list(names)} ({size})"
        for word, names in (("all", both), ("reads", reads), ("writes", writes))
        if names
    ]
    return locks or "-", "; ".join(work) or "-", "; ".join(waits) or "-"


def _list(names: Iterable[str]) -> str:
    found = sorted(map(_short, names))
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _short(name: str) -> str:
    return name.removeprefix("public.")


def _code(text: str) -> str:
    return "`" + " ".join(text.split()).rstrip(";").replace("|", "\\|") + "`"


def _versions(majors: Iterable[int]) -> str:
    """Versions as ranges: 12-14, 18."""
    found: list[list[int]] = []
    for major in sorted(majors):
        if found and found[-1][-1] == major - 1:
            found[-1].append(major)
        else:
            found.append([major])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in found)
