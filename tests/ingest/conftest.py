"""A small client with whatever export a test gives it."""

import tomllib

import pytest

from retention_kit.engagement import open_engagement

COLUMNS = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "total"}


@pytest.fixture
def client(tmp_path):
    """Opens a client whose orders are the text given.

    Keywords go to [tables.orders], those in `settings` to the top of engagement.toml; `others` are further tables by
    name, each the text of its CSV file, whose columns are called as the canonical ones are, or text and section.
    """

    def opened(raw, *, settings=None, customers=None, others=None, **changes):
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        (folder / "orders.csv").write_bytes(raw if isinstance(raw, bytes) else (raw or "").encode())
        tables = {"orders": {"source": "csv", "files": ["orders.csv"], "columns": COLUMNS, **changes}}
        if customers is not None:
            (folder / "customers.csv").write_text(customers, encoding="utf-8")
            columns = {"customer_id": "who", "country": "land"}
            tables["customers"] = {"source": "csv", "files": ["customers.csv"], "columns": columns}
        for name, other in (others or {}).items():
            text, section = other if isinstance(other, tuple) else (other, {})
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
            columns = {column: column for column in text.splitlines()[0].split(",")}
            tables[name] = {"source": "csv", "files": [f"{name}.csv"], "columns": columns, **section}
        if raw is None:
            del tables["orders"]
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
    return lambda engagement, *columns: (
        engagement.orders.native.order("order_id").project(", ".join(columns)).fetchall()
    )


@pytest.fixture
def lost():
    """Rows of a table by what became of them."""

    def counted(engagement, table="orders"):
        losses = engagement.losses()
        own = losses[losses.table == table]
        return dict(zip(own.reason, own.n_rows.tolist(), strict=True))

    return counted


@pytest.fixture
def noted():
    """Rows of a table that were kept with something to be said of them, by what is said."""

    def counted(engagement, table="orders"):
        notes = engagement.notes()
        own = notes[notes.table == table]
        return dict(zip(own.note, own.n_rows.tolist(), strict=True))

    return counted


@pytest.fixture
def kept():
    """Columns of any table, in the order of the first."""
    return lambda engagement, table, columns: (
        engagement.table(table).native.project(columns).order(columns.split(",")[0]).fetchall()
    )
