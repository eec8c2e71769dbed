"""Segments of very many values."""

import pytest

COLUMNS = {"order_id": "id", "customer_id": "who", "ordered_at": "when", "amount": "total", "town": "town"}


@pytest.mark.parametrize(("n_values", "n_kept", "n_smaller"), [(100, 100, 0), (101, 21, 82), (3000, 21, 2981)])
def test_of_very_many_values_the_largest_twenty_are_kept_and_the_rest_is_put_together(
    client, noted, n_values, n_kept, n_smaller
):
    towns = [*range(n_values), *range(20)]
    lines = "".join(f"{n},c{n},2024-05-01,1,t{town}\n" for n, town in enumerate(towns))
    lines += f"x,,2024-05-01,1,t{n_values - 1}\n"  # of no customer
    engagement = client("id,who,when,total,town\n" + lines, columns=COLUMNS, settings={"segments": ["town"]})
    found = dict(engagement.orders.native.aggregate("town, count(*)").fetchall())
    assert len(found) == n_kept
    assert found.get("(smaller)", 0) == n_smaller
    assert found["t7"] == 2
    said = {f"town has {n_values:,} values: all but the largest 20 are (smaller)": n_smaller}
    assert noted(engagement) == (said if n_smaller else {})
