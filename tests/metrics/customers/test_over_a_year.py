"""Who is left after several periods: by hand, and as lifelines has it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from retention_kit.metrics.customers.over_a_year import retention_over_periods


def rates_of(pairs, status="ok"):
    names = [f"2024-{place:02}" for place in range(1, len(pairs) + 1)]
    kept, n = zip(*pairs, strict=True) if pairs else ((), ())
    return pd.DataFrame({"period": names, "numerator": kept, "denominator": n, "status": status})


def test_eighty_percent_a_month_leave_seven_of_a_hundred_after_a_year():  # A25
    found = retention_over_periods(rates_of([(80, 100)] * 12)).iloc[0]
    assert round(found.value, 4) == 0.0687
    assert (found.period, found.n, found.status) == ("2024-12", 100, "ok")
    assert round(retention_over_periods(rates_of([(75, 100)] * 4), n_periods=4).value.item(), 4) == 0.3164


def test_only_the_last_periods_count():
    assert retention_over_periods(rates_of([(1, 100), (90, 100), (50, 100)]), n_periods=2).value.item() == 0.45


@pytest.mark.parametrize(
    "rates",
    [rates_of([(9, 10)]), rates_of([]), rates_of([(9, 10)] * 2, status=["immature", "ok"])],
    ids=["too few", "none", "one without a rate"],
)
def test_without_a_rate_in_every_period_there_is_no_share(rates):
    found = retention_over_periods(rates, n_periods=2).iloc[0]
    assert found.status == "immature"
    assert np.isnan([found.value, found.low, found.high]).all()


@pytest.mark.parametrize(("kept", "share"), [(0, 0), (50, 1)])
def test_where_nobody_or_everybody_left_there_is_no_interval(kept, share):  # K04
    found = retention_over_periods(rates_of([(kept, 50)]), n_periods=1).iloc[0]
    assert found.value == share
    assert np.isnan([found.low, found.high]).all()


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_who_stays_is_followed_as_by_kaplan_and_meier(leaves):
    left = 100 - np.cumsum([0, *leaves])
    found = retention_over_periods(rates_of(list(zip(left[1:], left[:-1], strict=True))), n_periods=len(leaves)).iloc[0]
    durations = np.repeat(np.arange(1, len(leaves) + 2), [*leaves, left[-1]])
    events = np.repeat([1, 0], [sum(leaves), left[-1]])
    fitted = KaplanMeierFitter().fit(durations, events)
    at = len(leaves)
    assert found.value == pytest.approx(fitted.predict(at))
    expected = fitted.confidence_interval_survival_function_.loc[at].to_numpy()
    assert [found.low, found.high] == pytest.approx(expected.tolist(), abs=1e-9)
