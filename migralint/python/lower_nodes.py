"""Which method lowers which class of LibCST node."""

from __future__ import annotations

import functools
from typing import Any

from migralint.python.lower_statements import Statements
from migralint.python.lower_walk import Handler


@functools.cache
def handlers() -> dict[type, Handler]:
    """The method for each class of LibCST node; those that are missing are UNREAD."""
    import libcst as cst

    return {
        cst.Expr: Statements.expr_statement,
        cst.Assign: Statements.assign,
        cst.AugAssign: Statements.aug_assign,
        cst.AnnAssign: Statements.ann_assign,
        cst.Return: Statements.return_,
        cst.If: Statements.if_,
        cst.For: Statements.for_,
        cst.While: Statements.while_,
        cst.Try: Statements.try_,
        cst.TryStar: Statements.try_,
        cst.With: Statements.with_,
        cst.Raise: Statements.raise_,
        cst.Assert: Statements.assert_,
        cst.Del: Statements.del_,
        cst.Import: Statements.import_,
        cst.ImportFrom: Statements.import_from,
        cst.FunctionDef: Statements.def_,
        cst.ClassDef: Statements.class_,
        cst.Global: Statements.global_,
        cst.Nonlocal: Statements.global_,
        cst.Pass: Statements.pass_,
        cst.Break: Statements.break_,
        cst.Continue: Statements.continue_,
        cst.Match: Statements.match,
        cst.TypeAlias: Statements.type_alias,
        cst.Name: Statements.name,
        cst.Integer: Statements.numeral,
        cst.Float: Statements.numeral,
        cst.Imaginary: Statements.numeral,
        cst.Ellipsis: Statements.ellipsis,
        cst.SimpleString: Statements.string,
        cst.FormattedString: Statements.fstring,
        cst.ConcatenatedString: Statements.concatenation,
        cst.Attribute: Statements.attribute,
        cst.Subscript: Statements.subscript,
        cst.Call: Statements.call,
        cst.BinaryOperation: Statements.binary,
        cst.UnaryOperation: Statements.unary,
        cst.BooleanOperation: Statements.boolean,
        cst.Comparison: Statements.comparison,
        cst.IfExp: Statements.if_expression,
        cst.Lambda: Statements.lambda_,
        cst.Tuple: Statements.tuple_,
        cst.List: Statements.list_,
        cst.Set: Statements.set_,
        cst.Dict: Statements.dict_,
        cst.StarredElement: Statements.starred,
        cst.ListComp: Statements.list_comp,
        cst.SetComp: Statements.set_comp,
        cst.GeneratorExp: Statements.generator,
        cst.DictComp: Statements.dict_comp,
        cst.Await: Statements.await_,
        cst.Yield: Statements.yield_,
        cst.NamedExpr: Statements.walrus,
        cst.MatchValue: Statements.match_value,
        cst.MatchSingleton: Statements.match_value,
        cst.MatchAs: Statements.match_as,
        cst.MatchOr: Statements.match_or,
        cst.MatchList: Statements.match_sequence,
        cst.MatchTuple: Statements.match_sequence,
        cst.MatchStar: Statements.match_star,
        cst.MatchMapping: Statements.match_mapping,
        cst.MatchClass: Statements.match_class,
        **_newer(cst),
    }


def _newer(cst: Any) -> dict[type, Handler]:
    """Classes of syntax that only newer versions of LibCST know."""
    newer = {
        "TemplatedString": Statements.template,
        "StarredDictComp": Statements.starred_dict_comp,
        "LazyImport": Statements.import_,
        "LazyImportFrom": Statements.import_from,
    }
    return {getattr(cst, name): handler for name, handler in newer.items() if hasattr(cst, name)}
