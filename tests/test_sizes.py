"""The sizes of the package: modules, function bodies and lists of parameters that a reader takes in at a glance."""

import ast

from tests.test_layers import EVERY_MODULE, nodes

LONGER = {
    *("population", "raw_files", "_orders_file"),
    *("check_scales", "order_history", "order_totals", "_followed"),
    "plot_cohort_retention",
}
"""Functions whose body may have up to 40 lines: steps of one kind that are read as a list."""

SIX_PARAMETERS = {"_change_row"}
"""Functions that may take six parameters by position, each a column of the one row that they make."""


def functions(path):
    return [node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines_of_body(function):
    """Without signature and docstring."""
    first, *others = function.body
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = others[0] if is_docstring and others else first
    return function.body[-1].end_lineno - start.lineno + 1


@EVERY_MODULE
def test_a_module_is_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


@EVERY_MODULE
def test_the_body_of_a_function_is_small(path):
    limits = {function: 40 if function.name in LONGER else 25 for function in functions(path)}
    assert not [function.name for function, limit in limits.items() if lines_of_body(function) > limit]


@EVERY_MODULE
def test_a_function_takes_few_parameters_by_position(path):
    many = [function.name for function in functions(path) if len(by_position(function)) > 5]
    assert set(many) <= SIX_PARAMETERS


def by_position(function):
    return [*function.args.posonlyargs, *function.args.args]
