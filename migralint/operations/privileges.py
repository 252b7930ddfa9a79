"""Who may do what: GRANT, REVOKE, ALTER DEFAULT PRIVILEGES."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.operations.details import Detail, Target


@dataclass(frozen=True, slots=True)
class Privilege:
    """One privilege, such as "select" or "alter system", with its columns; `name` "all" for all of them."""

    name: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant(Detail):
    """GRANT or REVOKE of privileges.

    `kind` is that of the objects; they are the `objects`, or all of this kind in `schemas`; neither in default
    privileges. `option` is WITH GRANT OPTION, or GRANT OPTION FOR. "public" among the grantees is everyone.
    """

    grants: bool
    kind: str
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]
    objects: tuple[Target, ...] = ()
    schemas: tuple[str, ...] = ()
    option: bool = False
    granted_by: str | None = None
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RoleGrant(Detail):
    """GRANT or REVOKE of membership in roles. `options` are ADMIN, INHERIT, SET with TRUE or FALSE."""

    grants: bool
    roles: tuple[str, ...]
    members: tuple[str, ...]
    options: tuple[tuple[str, bool], ...] = ()
    granted_by: str | None = None
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class DefaultPrivileges(Detail):
    """ALTER DEFAULT PRIVILEGES: of what these roles make in these schemas; of what the current one makes anywhere."""

    roles: tuple[str, ...]
    schemas: tuple[str, ...]
    grant: Grant
