"""What a careful analyst looks at first in a client's data: it would look like a finding, and may be none."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import narwhals as nw
import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.periods import Period, day_number, day_of
from retention_kit.schema import TABLES
from retention_kit.schema.reasons import EQUAL_LINES, REFUND_ABOVE_ORDER, STRANGER
from retention_kit.tables import collected, lazy

LARGE_SHARE = 0.02
"""One id with a larger share of the orders is a till, a marketplace or a stand-in rather than a customer."""
FEWEST_ORDERS = 10
SHARED_DAY = 0.10
"""A day that so many customers share is the day of an import."""
FEWEST_CUSTOMERS = 50
FOUND = 0.5
"""Where fewer rows find their customer or order, the ids are of two kinds."""
AROUND = 28
EXPECTED_ORDERS = 15
"""Days without orders are named where so many would be expected, by the `AROUND` days before and after: chance leaves
them empty once in three million."""
ENDS_EARLY = 31
KNOWN_JUMP = 0.10
FEWEST_OF_MONTH = 30


def first_look(engagement: Engagement) -> list[str]:
    """Sentences about the data as they stand, in the order in which they are worth reading; none where all is usual."""
    return [sentence for look in _LOOKS for sentence in look(engagement)]


def _totals(engagement: Engagement) -> Iterator[str]:
    if engagement.has("orders"):
        yield from _of_orders(engagement)
    for file in engagement.fingerprints():
        yield _of_file(file, engagement.settings.currency)


def _of_orders(engagement: Engagement) -> Iterator[str]:
    sums = _purchases(engagement).select(
        n=nw.len(),
        known=nw.col("customer_id").n_unique() - nw.col("customer_id").is_null().any().cast(nw.Int64),  # null counts
        revenue=nw.col("amount").sum().cast(nw.Float64),
        first=nw.col("ordered_day").min(),
        last=nw.col("ordered_day").max(),
    )
    bought = collected(sums).iloc[0]
    if bought.n:
        yield (
            f"{bought.n:,.0f} orders of {bought.known:,.0f} known customers from {day_of(int(bought['first']))} to "
            f"{day_of(int(bought['last']))}, {bought.revenue:,.2f} {engagement.settings.currency}"
        )


def _of_file(file: Mapping[str, Any], currency: str) -> str:
    said = [f"{file['n_rows']:,} rows of {file['table']}, {file['n_kept']:,} kept"]
    said += [f"{file[f'n_{counted}']:,} {counted}" for counted in ("orders", "customers") if f"n_{counted}" in file]
    said += [f"{Decimal(file['amount']):,.2f} {currency}"] if "amount" in file else []
    said += [f"{file['first_on']} to {file['last_on']}"] if "first_on" in file else []
    return f"{file['name']}: {'; '.join(said)}"


def _unmatched(engagement: Engagement) -> Iterator[str]:
    losses = engagement.losses()
    for table, rows in losses[losses.reason.isin(["kept", "unmatched"])].groupby("table", sort=False):
        n_found, n = rows.n_rows[rows.reason == "kept"].sum(), rows.n_rows.sum()
        if n and n_found / n < FOUND:
            yield f"{table}: {n_found / n:.1%} of {n:,} rows find their customer or order; are the ids of one kind?"


def _alike_but_for_case(engagement: Engagement) -> Iterator[str]:
    if not engagement.has("customers"):
        return
    ids = lazy(engagement.customers).select("customer_id", folded=nw.col("customer_id").str.to_lowercase())
    alike = ids.group_by("folded").agg(n=nw.col("customer_id").n_unique(), example=nw.col("customer_id").min())
    twins = collected(alike.filter(nw.col("n") > 1), "folded")
    if len(twins):
        yield f"{len(twins):,} ids of customers differ from another by case alone, such as {twins.example.iloc[0]}"


def _large_ids(engagement: Engagement) -> Iterator[str]:
    counts = _counted(engagement, "customer_id").dropna(subset="customer_id")
    n = counts.n.sum()
    large = counts[(counts.n > LARGE_SHARE * n) & (counts.n >= FEWEST_ORDERS)].sort_values("n", ascending=False)
    for customer, share in zip(large.customer_id.head(3), large.n.head(3) / n, strict=True):
        yield f"{customer} has {share:.1%} of the orders: a customer, or a till, a marketplace, a stand-in?"


def _shared_days(engagement: Engagement) -> Iterator[str]:
    for column, words in (("first_seen_day", "first seen"), ("first_ordered_day", "of a first order")):
        if not engagement.has("customers"):
            return
        people = lazy(engagement.customers).filter(~nw.col(column).is_null())
        days = collected(people.group_by(column).agg(n=nw.len()), column)
        share = days.n.max() / days.n.sum() if len(days) else 0
        if days.n.sum() >= FEWEST_CUSTOMERS and share >= SHARED_DAY:
            day = day_of(int(days[column].iloc[days.n.argmax()]))
            yield f"{share:.1%} of the customers are {words} on {day}: the day of an import?"


def _several_values(engagement: Engagement) -> Iterator[str]:
    if not engagement.has("orders"):
        return
    columns = lazy(engagement.orders).collect_schema().names()
    for segment in (name for name in engagement.settings.segments if name in columns):
        known = _purchases(engagement).filter(~nw.col("customer_id").is_null() & ~nw.col(segment).is_null())
        values = known.group_by("customer_id").agg(n=nw.col(segment).n_unique()).filter(nw.col("n") > 1)
        if n := _number(values):
            yield f"{n:,} customers have orders of several values of {segment}"


def _notes(engagement: Engagement) -> Iterator[str]:
    for row in engagement.notes().itertuples():
        sentence = _NOTES.get(str(row.note), "{n:,} rows of {table} were kept all the same: {note}")
        yield sentence.format(n=row.n_rows, table=row.table, note=row.note)


_NOTES = {
    STRANGER: ("{n:,} orders are of customers who are not in the table customers; is it whole, of the same ids?"),
    REFUND_ABOVE_ORDER: "{n:,} orders were refunded more than they brought: do refunds include tax and shipping?",
    EQUAL_LINES: (
        "{n:,} orders carry one amount on each of their lines, and these are summed: is it the total of the order? "
        "Without `lines`, and with columns of the order alone, rows that are alike count once"
    ),
}


def _days_without_orders(engagement: Engagement) -> Iterator[str]:
    days, counts = (_counted(engagement, "ordered_day")[name].to_numpy(int) for name in ("ordered_day", "n"))
    for before, after in itertools.pairwise(days.tolist()):
        sides = (days > before - AROUND) & (days <= before), (days >= after) & (days < after + AROUND)
        a_day = min(counts[side].sum() for side in sides) / AROUND  # a shop that begins or ends has fewer on one side
        if (after - before - 1) * a_day >= EXPECTED_ORDERS:
            gap = f"{day_of(before + 1)} to {day_of(after - 1)}"
            yield f"no orders from {gap}, where {a_day:.1f} a day are usual: is a part of the export missing?"


def _ends_early(engagement: Engagement) -> Iterator[str]:
    for name, table in TABLES.items():
        if name == "fx" or not table.stem or not engagement.has(name):
            continue
        latest = collected(lazy(engagement.table(name)).select(day=nw.col(f"{table.stem}_day").max())).dropna()
        for last in latest.day.astype(int):
            if (silent := day_number(engagement.last_day) - last) > ENDS_EARLY:
                yield f"{name}: the last row is of {day_of(last)}, {silent} days before the data end; is it all there?"


def _jumps_of_known(engagement: Engagement) -> Iterator[str]:
    if not engagement.has("orders"):
        return
    known = (~nw.col("customer_id").is_null()).cast(nw.Int64)
    months = _purchases(engagement).group_by("ordered_month").agg(n=nw.len(), known=known.sum())
    shares = collected(months, "ordered_month").query(f"n >= {FEWEST_OF_MONTH}")
    found = zip(shares.ordered_month.astype(int), shares.known / shares.n, strict=True)
    for (_month, before), (month, share) in itertools.pairwise(found):
        if abs(share - before) > KNOWN_JUMP:
            name = Period.nth("month", month)
            yield f"the share of orders with a known customer goes from {before:.1%} to {share:.1%} in {name}"


_LOOKS: tuple[Callable[[Engagement], Iterator[str]], ...] = (
    _totals,
    _unmatched,
    _alike_but_for_case,
    _large_ids,
    _shared_days,
    _several_values,
    _notes,
    _days_without_orders,
    _ends_early,
    _jumps_of_known,
)


def _purchases(engagement: Engagement) -> nw.LazyFrame[Any]:
    return lazy(engagement.orders).filter(nw.col("is_purchase"))


def _counted(engagement: Engagement, column: str) -> pd.DataFrame:
    """How many orders each value of a column has; none without orders."""
    if not engagement.has("orders"):
        return pd.DataFrame({column: [], "n": []})
    return collected(_purchases(engagement).group_by(column).agg(n=nw.len()), column)


def _number(rows: nw.LazyFrame[Any]) -> int:
    return int(collected(rows.select(n=nw.len())).n.item())
