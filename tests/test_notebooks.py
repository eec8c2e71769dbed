"""The form of the notebooks: prose and calls, nothing else, and nothing left of an earlier run."""

import ast
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.IfExp),
    *(ast.Try, ast.With, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)

EVERY_NOTEBOOK = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_there_is_a_notebook_for_every_page():
    assert [path.stem for path in NOTEBOOKS] == ["churn", "cohorts", "loyalty", "ltv", "method", "nps", "overview"]


@EVERY_NOTEBOOK
def test_a_notebook_is_valid_and_short(path):
    nbformat.validate(nbformat.read(path, as_version=4))
    cells = code_cells(path)
    assert len(cells) <= 8
    assert max(len(cell.source.splitlines()) for cell in cells) <= 6


@EVERY_NOTEBOOK
def test_a_notebook_calls_and_decides_nothing(path):
    for cell in code_cells(path):
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, LOGIC)]


@EVERY_NOTEBOOK
def test_a_notebook_imports_the_package_alone(path):
    trees = [ast.parse(cell.source) for cell in code_cells(path)]
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import retention_kit as rk"]


@EVERY_NOTEBOOK
def test_a_notebook_has_no_output_of_an_earlier_run(path):
    for cell in code_cells(path):
        assert (cell.outputs, cell.execution_count) == ([], None)


@EVERY_NOTEBOOK
def test_the_first_code_cell_holds_the_parameters(path):
    first, *others = code_cells(path)
    assert first.metadata.tags == ["parameters"]
    assert [line.split(" = ")[0] for line in first.source.splitlines()] == ["client", "period"]
    assert not [cell for cell in others if "parameters" in cell.metadata.get("tags", [])]
