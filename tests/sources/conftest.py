"""A small client with whatever export a test gives it."""

import tomllib

import pytest

from retention_kit.engagement import open_engagement

COLUMNS = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "total"}


@pytest.fixture
def client(tmp_path):
    """Opens a client whose orders are the text given.

    Keywords go to [tables.orders], those in `settings` to the top of engagement.toml.
    """

    def opened(raw, *, settings=None, customers=None, **changes):
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        (folder / "orders.csv").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        tables = {"orders": {"source": "csv", "files": ["orders.csv"], "columns": COLUMNS, **changes}}
        if customers is not None:
            (folder / "customers.csv").write_text(customers, encoding="utf-8")
            columns = {"customer_id": "who", "country": "land"}
            tables["customers"] = {"source": "csv", "files": ["customers.csv"], "columns": columns}
        top = {"name": "Shop", "currency": "EUR", "time_zone": "Europe/Warsaw", **(settings or {}), "tables": tables}
        (folder / "engagement.toml").write_text(toml(top), encoding="utf-8")
        return open_engagement(folder)

    return opened


def toml(table):
    text = "\n".join(f"{key} = {_value(value)}" for key, value in table.items())
    assert tomllib.loads(text)
    return text


def _value(value):
    match value:
        case dict():
            return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
        case bool():
            return str(value).lower()
        case str():
            return f"'''{value}'''"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case _:
            return str(value)


@pytest.fixture
def rows():
    """Columns of the orders, by order_id."""
    return lambda book, *columns: book.orders.order("order_id").project(", ".join(columns)).fetchall()


@pytest.fixture
def lost():
    """Rows read by what became of them."""
    return lambda book: dict(zip(book.losses().reason, book.losses().n_rows.tolist(), strict=True))
