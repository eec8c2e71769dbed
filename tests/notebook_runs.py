"""The notebooks run in this process, cell by cell, as a kernel would: fast, and a failure is an ordinary traceback."""

import ast
from pathlib import Path
from typing import Any

import nbformat

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
NAMES = ("overview", "cohorts", "churn", "loyalty", "nps", "ltv", "method")


def shown_by(name: str, *, client: Path, period: str) -> list[Any]:
    """What the code cells of a notebook show for an engagement and a period."""
    shown: list[Any] = []
    namespace: dict[str, Any] = {"display": shown.append}
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
        if cell.cell_type != "code":
            continue
        if "parameters" in cell.metadata.get("tags", []):
            namespace |= {"client": str(client), "period": period}
        elif (value := _run(cell.source, namespace)) is not None:
            shown.append(value)
    return shown


def _run(source: str, namespace: dict[str, Any]) -> Any:
    """Run a cell and give the value of its last expression."""
    *statements, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        statements.append(last)
    exec(compile(ast.Module(statements, []), "<cell>", "exec"), namespace)  # the project's own notebooks
    return (
        eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace) if isinstance(last, ast.Expr) else None
    )
