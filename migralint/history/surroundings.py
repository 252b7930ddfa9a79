"""What migrations run in, as far as `env.py`, `alembic.ini` and the configuration tell."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.operations import Place


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`env` is the place of `env.py`, None where there is none.

    `lock_timeout` tells whether `env.py`, what it imports or `alembic.ini` mentions one, `timeouts` holds the revisions
    that do, or whose helpers do. `transaction_per_migration` is None where it is not known. `begun` is where `env.py`
    opens a transaction around Alembic's own, in which no `autocommit_block()` can run; `surely` is false where that
    depends on the version of SQLAlchemy.
    """

    env: Place | None = None
    lock_timeout: bool = False
    timeouts: frozenset[str] = frozenset()
    transaction_per_migration: bool | None = None
    begun: Place | None = None
    surely: bool = True
