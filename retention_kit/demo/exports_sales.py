"""The exports of the shop, the payment provider and the books: customers, orders, refunds, subscriptions, money."""

import numpy as np
import pandas as pd

from retention_kit.demo import cells
from retention_kit.demo.files import CLEAN, DUPLICATE, ROWS_PER_COPY, TEST, UNMATCHED, RawFile
from retention_kit.demo.parameters import OWN_DOMAIN
from retention_kit.demo.population import Population
from retention_kit.demo.timeline import Timestamps, awake, timestamps_of

OWN_PEOPLE = {
    "0000001": f"ola@{OWN_DOMAIN}",
    "0000002": f"taras@{OWN_DOMAIN}",
    "0000003": "private.address@example.com",
}
"""The client's own people who try the shop out: by their addresses, and the last one by the id in `staff`."""

ROWS_PER_TEST = 500
_EVERY = 100
_CATEGORIES = {"acquisition": "pozyskanie", "retention": "utrzymanie", "support": "obsługa", "other": "inne"}


def address(customer_id: str) -> str:
    """The e-mail address of a customer, of a domain that cannot be registered."""
    return OWN_PEOPLE.get(customer_id, f"k{customer_id}@example.com")


def customers_file(clean: Population) -> RawFile:
    """customers.csv: everybody who ever registered."""
    people = clean.customers
    columns = {
        "Customer ID": cells.words(people.customer_id),
        "Email": [address(customer) for customer in people.customer_id],
        "Registered at": cells.local(awake(people.first_seen_at.to_numpy())),
        "Country": cells.words(people.country),
        "Channel": cells.words(people.channel),
        "Accepts Email Marketing": ["yes" if int(customer) % 3 else "no" for customer in people.customer_id],
    }
    file = RawFile.of("customers.csv", "customers", columns, key="Customer ID")
    first = file.rows[0]
    file.add([[own, mail, first[2], "PL", "search", "no"] for own, mail in OWN_PEOPLE.items()], TEST)
    return file


def old_ids(clean: Population) -> dict[str, str]:
    """The second ids of customers whose two accounts were made one, by the id that counts."""
    return {customer: f"70{customer[2:]}" for customer in clean.customers.customer_id if int(customer) % _EVERY == 7}


def id_map_file(clean: Population) -> RawFile:
    """id_map.csv: second ids and the ids that count."""
    old = old_ids(clean)
    return RawFile.of("id_map.csv", "id_map", {"Old ID": list(old.values()), "Customer ID": list(old)}, key="Old ID")


def orders_files(clean: Population) -> list[RawFile]:
    """orders_pl.csv and orders_ua.csv: the two shops' orders, each by its own clock."""
    return [_orders_file(clean, "pl"), _orders_file(clean, "ua")]


def _orders_file(clean: Population, shop: str) -> RawFile:
    orders = clean.orders[(clean.orders.currency == "UAH") == (shop == "ua")].reset_index(drop=True)
    is_ahead = np.full(len(orders), shop == "ua")
    net = np.round(orders.price - orders.off, 2)
    updated = _updated(orders, clean.refunds)
    is_cancelled = (orders.status == "cancelled").to_numpy(bool)
    created = cells.with_offset(orders.ordered_at.to_numpy(), is_ahead)
    columns = {
        "Name": cells.words(orders.order_id),
        "Email": [address(customer) if customer else "" for customer in cells.words(orders.customer_id)],
        "Customer ID": _ids(orders, old_ids(clean)),
        "Financial Status": _payment_status(orders),
        "Currency": cells.words(orders.currency),
        "Subtotal": cells.money(net),
        "Shipping": cells.money(orders.shipping),
        "Taxes": cells.money(orders.tax),
        "Total": cells.money(net + orders.shipping + orders.tax),
        "Discount Code": _codes(orders, clean.coupons),
        "Discount Amount": cells.money(orders.off),
        "Created at": created,
        "Updated at": cells.with_offset(updated, is_ahead),
        "Cancelled at": [text if gone else "" for text, gone in zip(created, is_cancelled, strict=True)],
        "Source": ["web"] * len(orders),
    }
    file = RawFile.of(f"orders_{shop}.csv", "orders", columns, key="Name")
    _add_older_versions(file)
    _add_own_orders(file)
    return file


def _updated(orders: pd.DataFrame, refunds: pd.DataFrame) -> Timestamps:
    """When an order was last changed: an hour after it, or when it was paid back."""
    refunded = orders.order_id.map(refunds.set_index("order_id").refunded_at)
    return awake(refunded.fillna(orders.ordered_at + pd.Timedelta(hours=1)).to_numpy().astype("datetime64[s]"))


def _ids(orders: pd.DataFrame, old: dict[str, str]) -> cells.Cells:
    """The customers' ids: of merged accounts every second order is under the old one."""
    ids = cells.words(orders.customer_id)
    return [old.get(customer, customer) if place % 2 else customer for place, customer in enumerate(ids)]


def _payment_status(orders: pd.DataFrame) -> cells.Cells:
    is_full = (orders.refunded > 0) & (orders.amount <= 0)
    status = np.select(
        [orders.status == "cancelled", is_full, orders.refunded > 0],
        ["voided", "refunded", "partially_refunded"],
        "paid",
    )
    return cells.words(status)


def _codes(orders: pd.DataFrame, coupons: pd.DataFrame) -> cells.Cells:
    used = coupons.dropna(subset="order_id").set_index("order_id").campaign_id
    codes = orders.order_id.map(used).astype("str").where(orders.kind != "gift", "GIFT100")
    return cells.words(codes.str.upper().str.replace(" ", ""))


def _add_older_versions(file: RawFile) -> None:
    """Orders as they were before the customer changed them: dearer, and updated when they were created."""
    created, updated, subtotal = (file.header.index(name) for name in ("Created at", "Updated at", "Subtotal"))
    older = []
    for row in file.rows[5::ROWS_PER_COPY]:
        version = list(row)
        version[updated], version[subtotal] = row[created], f"{float(row[subtotal]) + 10:.2f}"
        older.append(version)
    file.add(older, DUPLICATE)


def _add_own_orders(file: RawFile) -> None:
    clean = [row for row, outcome in zip(file.rows, file.outcomes, strict=True) if outcome == CLEAN]
    people = list(OWN_PEOPLE)
    for number, row in enumerate(clean[3::ROWS_PER_TEST]):
        who = people[number % len(people)]
        name = f"{row[0][:3]}9{number:04d}"
        file.add([file.with_cells(row, Name=name, Email=OWN_PEOPLE[who], Customer_ID=who)], TEST)


def order_items_file(items: pd.DataFrame) -> RawFile:
    """order_items.csv: what the warehouse packed, in PLN."""
    columns = {
        "line": cells.words(items.item_id),
        "order": cells.words(items.order_id),
        "sku": cells.words(items.product_id),
        "category": cells.words(items.category),
        "pieces": cells.whole(items.quantity),
        "net_pln": cells.money(items.net),
    }
    return RawFile.of("order_items.csv", "order_items", columns, key="line")


def refunds_file(clean: Population) -> RawFile:
    """refunds.csv: what the payment provider paid back, some of it for unknown orders."""
    refunds = clean.refunds
    columns = {
        "Refund": cells.words(refunds.refund_id),
        "Order": cells.words(refunds.order_id),
        "Paid back (UTC)": cells.zulu(refunds.refunded_at.to_numpy()),
        "Amount": cells.money(refunds.paid_back, decimal=","),
        "Currency": cells.words(refunds.currency),
    }
    file = RawFile.of("refunds.csv", "refunds", columns, key="Refund", delimiter=";")
    samples = file.rows[10::ROWS_PER_COPY]
    lost = [file.with_cells(row, Refund=f"re_9{n}", Order=f"#PL8{n:04d}") for n, row in enumerate(samples)]
    file.add([file.with_cells(row, Amount="20,00", Currency="PLN") for row in lost], UNMATCHED)
    return file


def subscriptions_file(clean: Population) -> RawFile:
    """subscriptions.csv: every version of every tea-box subscription, from the billing system."""
    boxes = clean.subscriptions
    columns = {
        "id": cells.words(boxes.subscription_id),
        "Customer ID": cells.words(boxes.customer_id),
        "Plan": cells.words(boxes.plan_id),
        "Status": cells.words(boxes.status.replace("cancelled", "canceled")),
        "Amount": cells.money(boxes.amount),
        "Currency": cells.words(boxes.currency.str.lower()),
        "Interval": cells.words(boxes.interval),
        "Start (UTC)": cells.utc(boxes.started_at.to_numpy()),
        "Canceled At (UTC)": cells.utc(boxes.cancel_requested_at.to_numpy()),
        "Ended At (UTC)": cells.utc(boxes.ended_at.to_numpy()),
    }
    return RawFile.of("subscriptions.csv", "subscriptions", columns, key="id")


def costs_file(costs: pd.DataFrame) -> RawFile:
    """costs.csv: the books, in Polish and with decimal commas."""
    first = np.array([month.start_day for month in costs.month], dtype=np.float64)
    columns = {
        "Miesiąc": cells.dotted_days(timestamps_of(first)),
        "Kategoria": [_CATEGORIES[category] for category in costs.category],
        "Kanał": cells.words(costs.channel),
        "Kwota": cells.money(costs.amount, decimal=","),
        "Waluta": cells.words(costs.currency),
    }
    return RawFile.of("costs.csv", "costs", columns, delimiter=";", encoding="cp1250")


def fx_file(clean: Population) -> RawFile:
    """fx.csv: what a bank quoted, on the days on which it was open."""
    rates = clean.rates
    columns = {
        "Date": [text[:10] for text in cells.local(timestamps_of(rates.day.to_numpy(float)))],
        "Code": cells.words(rates.currency),
        "PLN": cells.money(rates.rate, places=4),
    }
    return RawFile.of("fx.csv", "fx", columns)
