"""The public names: each is there, typed, never a module in a function's place, and as the documents write it."""

import ast
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

import retention_kit
from retention_kit import metrics

ROOT = Path(__file__).parents[1]
PACKAGE = Path(retention_kit.__file__).parent
TOPICS = {topic: getattr(metrics, topic) for topic in metrics.__all__}
METRICS = [(topic, name) for topic, module in TOPICS.items() for name in module.__all__]

DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "data/README.md", "reports/README.md")]
DOCUMENTS += [PACKAGE / "metrics" / "README.md"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

EVERY_DOCUMENT = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def stubbed():
    """Package, module and name of each line of each stub."""
    for stub in sorted(PACKAGE.rglob("*.pyi")):
        package = ".".join(stub.parent.relative_to(ROOT).parts)
        for node in ast.walk(ast.parse(stub.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                yield from ((package, node.module, alias.name) for alias in node.names)


@pytest.fixture(scope="module")
def _everything_imported():
    """A module that is imported becomes an attribute of its package, and so could take a function's place."""
    for module in pkgutil.walk_packages(retention_kit.__path__, "retention_kit."):
        import_module(module.name)


@pytest.mark.usefixtures("_everything_imported")
@pytest.mark.parametrize(("package", "module", "name"), list(stubbed()))
def test_a_public_name_is_what_its_module_calls_so_and_says_what_it_is(package, module, name):
    found = getattr(import_module(package), name)
    assert found.__doc__
    if isinstance(found, ModuleType):
        assert found is TOPICS.get(name)
    else:
        assert found is getattr(import_module(f"{package}.{module}"), name)


@pytest.mark.parametrize("package", [retention_kit, metrics, *TOPICS.values()], ids=lambda package: package.__name__)
def test_the_names_of_a_stub_are_the_names_of_its_package(package):
    assert package.__all__ == sorted({name for owner, _module, name in stubbed() if owner == package.__name__})
    assert dir(package) == package.__all__


def test_a_name_that_is_not_public_is_missed_by_name():
    with pytest.raises(AttributeError, match="No retention_kit attribute crr"):
        retention_kit.crr  # noqa: B018 - it is the asking that fails


def test_a_type_checker_knows_the_names_and_their_types(tmp_path):
    script = tmp_path / "names.py"
    script.write_text("import retention_kit as rk\n\nreveal_type(rk.nps)\nrk.npps\nrk.ltv.clv\n", encoding="utf-8")
    run = subprocess.run([sys.executable, "-m", "mypy", "--strict", script], cwd=ROOT, capture_output=True, text=True)
    shown, *errors, _total = run.stdout.splitlines()
    assert "period: retention_kit.periods.Period" in shown
    assert shown.endswith('-> pandas.core.frame.DataFrame"')
    assert [line.split("error: ")[1].split(";")[0] for line in errors] == [
        'Module has no attribute "npps"',
        'Module has no attribute "clv"  [attr-defined]',
    ]


def is_public(dotted):
    """Whether `rk.<dotted>` exists, with `.__all__` deciding at each step into a package."""
    owner = retention_kit
    for name in dotted.split("."):
        if isinstance(owner, ModuleType) and name not in owner.__all__:
            return False
        owner = getattr(owner, name)
    return True


def used_in(text):
    """What a text calls `rk.<name>` or `rk.<topic>.<name>`."""
    return set(re.findall(r"\brk\.(\w+(?:\.\w+)?)", text))


@EVERY_DOCUMENT
def test_what_a_document_names_is_public(path):
    assert not {name for name in used_in(path.read_text(encoding="utf-8")) if not is_public(name)}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_names_is_public(path):
    cells = nbformat.read(path, as_version=4).cells
    assert not {name for cell in cells for name in used_in(cell.source) if not is_public(name)}


def table_of_metrics():
    """The names in the second column of the table of metrics."""
    text = (PACKAGE / "metrics" / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2] for line in text.splitlines() if line.startswith("|")]
    return re.findall(r"`([\w.]+)`", " ".join(rows))


def test_the_table_of_metrics_holds_each_public_metric_once():
    assert sorted(name for name in table_of_metrics() if name.split(".")[0] in TOPICS) == sorted(
        f"{topic}.{name}" for topic, name in METRICS
    )


def test_all_else_in_the_table_of_metrics_is_public():
    assert [name for name in table_of_metrics() if not is_public(name)] == []
