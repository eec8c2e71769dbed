"""A new client's folder is what README says: put the orders in, and there is a report."""

import re
import tomllib
from pathlib import Path

import pytest

import retention_kit as rk
from retention_kit.errors import InvalidEngagement
from retention_kit.ingest.settings import OrdersSettings, Settings
from retention_kit.report.new_client import TEMPLATE, new_client
from retention_kit.schema import TABLES
from tests.notebook_runs import shown_by

ORDERS = "order_id,customer_id,ordered_at,amount\n" + "".join(
    f"{n},c{n % 9},2024-0{1 + n % 5}-{1 + n % 28:02},{10 + n}.50\n" for n in range(120)
)


def test_a_new_client_s_orders_make_an_overview(tmp_path: Path) -> None:
    folder = new_client("acme", data_dir=tmp_path)
    assert folder == tmp_path / "acme"
    (folder / "raw" / "orders.csv").write_text(ORDERS, encoding="utf-8")
    settings = folder / "engagement.toml"
    text = settings.read_text(encoding="utf-8").replace("# last_day = 2024-12-31", "last_day = 2024-05-31")
    settings.write_text(text, encoding="utf-8")
    with rk.open_engagement("acme", data_dir=tmp_path) as engagement:
        assert engagement.settings.name == "acme"
        assert engagement.losses().set_index("reason").n_rows.to_dict() == {"kept": 120}
    shown = " ".join(str(exhibit.html.striptags()) for exhibit in shown_by("overview", client=folder, period="2024-05"))
    assert "Revenue" in shown


def test_every_key_is_explained_in_a_line() -> None:
    lines = (TEMPLATE / "engagement.toml").read_text(encoding="utf-8").splitlines()
    explained = {found[1] for line in lines if (found := re.match(r"(?:# )?(\w+) = .*\S +# \w", line))}
    sections = {found[1] for line in lines if (found := re.match(r"(?:# )?\[+(?:tables\.orders\.)?(\w+)", line))}
    keys = {*Settings.model_fields, *OrdersSettings.model_fields, *TABLES["orders"].names}
    assert keys - explained - sections == {"demo"}  # of synthetic clients alone


def test_every_key_shown_is_one_that_can_be_set() -> None:
    text = (TEMPLATE / "engagement.toml").read_text(encoding="utf-8").partition("\n\n[tables")
    keys = re.sub(r"^# (?=[\w-]+ = )", "", "".join(text), flags=re.MULTILINE)
    keys = re.sub(r"^# (?=\[)", "", keys, flags=re.MULTILINE)
    for other in ("amount", "date_format"):  # each stands for what it is instead of
        keys = re.sub(rf"^{other} = .*$", "", keys, flags=re.MULTILINE)
    assert Settings.model_validate(tomllib.loads(keys)).tables.orders


def test_a_client_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    new_client("acme", data_dir=tmp_path)
    (tmp_path / "acme" / "engagement.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidEngagement, match="is there already; choose another name, or edit"):
        new_client("acme", data_dir=tmp_path)
    assert (tmp_path / "acme" / "engagement.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", "/tmp", "a b", ".hidden"])
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidEngagement, match="cannot name a client's folder; use letters"):
        new_client(name, data_dir=tmp_path)
