"""What README.md shows can be done: its settings are read, its Python runs, its files are there."""

import json
import re
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

import retention_kit as rk
from retention_kit.metrics.statistics import verdicts

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language):
    (found,) = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return found


def test_readme_fits_two_screens():
    assert len(README.splitlines()) <= 95


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", README))
def test_a_link_leads_to_a_file(target):
    assert (ROOT / target).is_file()


def test_the_settings_shown_are_all_that_orders_need(tmp_path):
    (tmp_path / "raw").mkdir()
    lines = ["InvoiceNo,CustomerID,InvoiceDate,Quantity,UnitPrice", "1,a,2024-05-01 10:00,2,4.50"]
    (tmp_path / "raw" / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "engagement.toml").write_text(block("toml"), encoding="utf-8")
    with rk.open_engagement(tmp_path) as engagement:
        found = rk.average_order_value(engagement.orders, period=rk.Period("2024-05"))
    assert found.value.item() == 9


def test_the_calls_shown_run(tmp_path, monkeypatch):
    rk.make_demo(tmp_path / "data" / "demo", n_customers=1000)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(block("python") + "\nfitted = rk.fit_purchases(summary)", names)
    plt.close("all")
    assert names["fitted"].status == "ok"
    names["engagement"].close()


def cells_of(notebook):
    """All that is written in a notebook."""
    cells = json.loads((ROOT / "notebooks" / notebook).read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def words_of(text):
    """A text without what its place gives it: lines, emphasis and quotes."""
    return " ".join(re.sub(r"[*\"`“”]", "", text).split())


def test_the_rule_of_changes_is_everywhere_in_the_same_words():
    rule = re.search(r"We call something a change only if .* would have been seen\.", words_of(README)).group()
    assert len(rule.split()) > 80
    for text in (cells_of("overview.ipynb"), cells_of("method.ipynb"), verdicts.__doc__):
        assert rule in words_of(text)
