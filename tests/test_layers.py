"""The layers of the package, held by parsing its imports: who may import whom, and who may import which library."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import retention_kit

PACKAGE = Path(retention_kit.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = {
    "errors": set(),
    "package_data": set(),
    "periods": {"errors"},
    "frames": {"errors"},
    "money": set(),
    "tables": {"errors", "frames", "money", "periods"},
    "calendar_arguments": {"errors", "periods"},
    "arguments": {"calendar_arguments", "errors", "periods", "tables"},
    "personal_data": set(),
    "replacement": {"errors"},
    "schema": {"package_data"},
    "metrics": {
        "arguments",
        "schema",
        "errors",
        "frames",
        "money",
        "package_data",
        "periods",
        "personal_data",
        "tables",
    },
    "wording": {"errors", "metrics", "package_data", "periods"},
    "figures": {"periods", "tables", "wording"},
    "ingest": {"schema", "errors", "package_data", "periods", "personal_data", "replacement", "tables"},
    "demo": {"errors", "periods", "replacement"},
    "engagement": {"schema", "demo", "errors", "ingest", "periods", "tables"},
    "facts": {"schema", "engagement", "errors", "metrics", "package_data", "periods", "tables"},
    "pages": {"facts", "figures", "schema", "engagement", "errors", "metrics", "periods", "tables", "wording"},
    "report": {"engagement", "errors", "facts", "package_data", "pages", "periods", "replacement", "wording"},
    "__main__": {"engagement", "errors", "metrics", "pages", "report"},
    "__init__": set(),
}
"""Which layers a layer may import, besides itself."""

ROOMS = ("sql", "settings", "files", "mapping", "canonical")
"""The rooms of ingest, each of which imports those before it."""

LIBRARIES = {
    "lifetimes": ("metrics/ltv/fitters.py",),
    "duckdb": ("engagement.py", "ingest/"),
    "papermill": ("report/",),
    "nbconvert": ("report/",),
    "matplotlib": ("figures/",),
    "seaborn": ("figures/",),
    "pyspark": ("ingest/spark.py",),
    "typer": ("__main__.py",),
    "pydantic": ("ingest/settings/",),
    "tomllib": ("package_data.py", "ingest/settings/", "report/messages.py"),
    "babel": ("wording/", "ingest/settings/", "report/messages.py"),
}
"""Where a library may be imported."""

HEAVY = {
    "lifetimes",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "duckdb",
    "pandas",
    "scipy",
    "pyspark",
    "babel",
}
CLOCK = {"today", "now", "utcnow", "time", "time_ns"}

EVERY_MODULE = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))


@cache
def nodes(path):
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported(path):
    """Every dotted name that a module imports, wherever in it."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def layers_imported(path):
    own = [name.split(".")[1] for name in imported(path) if name.startswith("retention_kit.")]
    return {name for name in own if name in LAYERS and name != "__init__"}


@EVERY_MODULE
def test_a_module_imports_its_own_layer_and_those_below(path):
    above = layers_imported(path) - LAYERS[layer(path)] - {layer(path)}
    assert not above, f"{layer(path)} may import {sorted(LAYERS[layer(path)])}, not {sorted(above)}"


@EVERY_MODULE
def test_a_library_is_imported_where_it_belongs(path):
    place = path.relative_to(PACKAGE).as_posix()
    roots = {name.split(".")[0] for name in imported(path)}
    strays = {library for library in roots & set(LIBRARIES) if not place.startswith(LIBRARIES[library])}
    assert not strays, f"{place} imports {sorted(strays)}"


@EVERY_MODULE
def test_nothing_reads_the_clock(path):
    calls = [node.func for node in nodes(path) if isinstance(node, ast.Call)]
    clocks = {"date", "datetime", "time", "Timestamp"}
    read = [ast.unparse(call) for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCK]
    assert not [call for call in read if clocks & set(call.split("."))]
    assert "time" not in {name.split(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", [path for path in MODULES if layer(path) in ("metrics", "figures", "tables")], ids=str)
def test_metrics_and_figures_read_no_files(path):
    readers = {"open", "read_csv", "read_parquet", "read_text", "read_bytes", "read_json", "read_sql", "scan_parquet"}
    called = {ast.unparse(node.func).split(".")[-1] for node in nodes(path) if isinstance(node, ast.Call)}
    assert not readers & called


@EVERY_MODULE
def test_a_room_of_ingest_imports_the_rooms_below_it(path):
    if layer(path) == "ingest":
        place = path.relative_to(PACKAGE / "ingest").parts[0].removesuffix(".py")
        own = {name.split(".")[2] for name in imported(path) if name.startswith("retention_kit.ingest.")}
        assert place not in ROOMS or own <= set(ROOMS[: ROOMS.index(place) + 1])


def test_every_module_has_a_layer():
    assert {layer(path) for path in MODULES} <= set(LAYERS)


@pytest.mark.parametrize(
    ("statement", "unused"),
    [
        ("import retention_kit", HEAVY),
        ("import retention_kit as rk; rk.Period('2024-05')", HEAVY),
        (
            "import retention_kit as rk; rk.customer_flow",
            {"lifetimes", "matplotlib", "papermill", "nbconvert", "pyspark"},
        ),
        ("import retention_kit as rk; rk.plot_cohort_curve", {"lifetimes", "papermill", "nbconvert", "pyspark"}),
    ],
)
def test_what_is_not_used_is_not_imported(statement, unused):
    code = f"import sys; {statement}; print(*set(sys.modules) & {unused})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
