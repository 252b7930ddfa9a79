"""What ALTER TABLE sets, and event triggers: pglast's trees as expected details."""

from __future__ import annotations

from typing import Any

from pglast import ast, enums

from migralint.operations.details import (
    ClusterOn,
    Compression,
    Firing,
    Options,
    ReplicaIdentity,
    StatisticsTarget,
    Storage,
)
from migralint.operations.event_triggers import NewEventTrigger
from migralint.schema import EventTrigger
from tests.differential.expected import Expect
from tests.differential.tables import parameter, setting
from tests.differential.trees import ref

_SUBTYPE = enums.AlterTableType
_SETS = (_SUBTYPE.AT_SetRelOptions, _SUBTYPE.AT_SetOptions)
_RESETS = (_SUBTYPE.AT_ResetRelOptions, _SUBTYPE.AT_ResetOptions)
_IDENTITIES = {"d": "", "n": "NOTHING", "f": "FULL", "i": "INDEX"}
_FIRING = {
    _SUBTYPE.AT_EnableTrig: "",
    _SUBTYPE.AT_EnableTrigAll: "",
    _SUBTYPE.AT_EnableTrigUser: "",
    **{getattr(_SUBTYPE, f"AT_DisableTrig{kind}"): "DISABLED" for kind in ("", "All", "User")},
    _SUBTYPE.AT_EnableAlwaysTrig: "ALWAYS",
    _SUBTYPE.AT_EnableReplicaTrig: "REPLICA",
    _SUBTYPE.AT_EnableRule: "",
    _SUBTYPE.AT_DisableRule: "DISABLED",
    _SUBTYPE.AT_EnableAlwaysRule: "ALWAYS",
    _SUBTYPE.AT_EnableReplicaRule: "REPLICA",
}


def said(cmd: ast.AlterTableCmd) -> Expect | None:
    """What a subcommand sets, None for one of which only the name is known."""
    sub, definition = cmd.subtype, cmd.def_
    if sub in _SETS or sub in _RESETS:
        return options(definition, adds=sub in _SETS)
    if sub in _FIRING:
        return Expect(Firing, {"when": _FIRING[sub], "name": cmd.name})
    match sub:
        case _SUBTYPE.AT_SetStorage:
            return Expect(Storage, {"kind": definition.sval.upper()})
        case _SUBTYPE.AT_SetCompression:
            return Expect(Compression, {"method": None if definition.sval == "default" else definition.sval})
        case _SUBTYPE.AT_SetStatistics if cmd.name is not None:
            target = -1 if definition is None else definition.ival
            return Expect(StatisticsTarget, {"target": None if target < 0 else target})
        case _SUBTYPE.AT_ClusterOn | _SUBTYPE.AT_DropCluster:
            return Expect(ClusterOn, {"index": cmd.name})
        case _SUBTYPE.AT_ReplicaIdentity:
            kind = definition.identity_type
            shown = _IDENTITIES[kind if isinstance(kind, str) else chr(kind)]
            return Expect(ReplicaIdentity, {"kind": shown, "index": definition.name})
    return None


def options(nodes: Any, *, adds: bool) -> Expect:
    """SET (...) or RESET (...)."""
    return Expect(Options, {"values": tuple((parameter(one), setting(one.arg) if adds else None) for one in nodes)})


def event_trigger(node: ast.CreateEventTrigStmt) -> Expect:
    """CREATE EVENT TRIGGER."""
    tags = [one.sval.upper() for clause in node.whenclause or () for one in clause.arg]
    found = {"name": node.trigname, "event": node.eventname, "tags": tags, "function": ref(node.funcname)}
    return Expect(NewEventTrigger, {"trigger": Expect(EventTrigger, found)})
