"""A bounded part of benchmarks/damaged_files.py: 24 damaged files, each read whole, row by row, or refused."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "damaged_files.py"


@pytest.fixture(scope="module")
def damaged():
    spec = importlib.util.spec_from_file_location("damaged_files", SCRIPT)
    module = sys.modules["damaged_files"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_row_of_a_damaged_file_is_lost_or_misread_in_silence(damaged):
    results = damaged.run(1, 0, built=damaged.build, workers=1)
    assert len(results) == 24
    assert not [found for _, outcome, found in results if outcome not in ("read", "refused")]
    assert {outcome for _, outcome, _ in results} == {"read", "refused"}
