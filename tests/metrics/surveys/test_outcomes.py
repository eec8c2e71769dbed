"""What groups did after their answer: by hand, against a count in plain Python, against models, and a known truth."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.surveys.outcome_counts import behaviour_cells
from retention_kit.metrics.surveys.outcomes import (
    BEHAVIOUR_COLUMNS,
    RECOVERY_COLUMNS,
    detractor_recovery,
    nps_behaviour,
)
from retention_kit.metrics.surveys.outcomes_compared import (
    DIFFERENCE_COLUMNS,
    POINT_COLUMNS,
    difference_within_strata,
    nps_behaviour_difference,
    value_of_a_point,
)
from tests.examples import COUNTRY, FIRST_DAY, any_orders, days_by_customer, orders_of

AS_OF = date(2024, 6, 1)
NOBODY = pd.DataFrame({"customer_id": pd.Series(dtype="str"), "ordered_on": pd.Series(dtype="datetime64[s]")})

MULTICENTRE = [
    (11, 36, 10, 37), (16, 20, 22, 32), (14, 19, 7, 19), (2, 16, 1, 17),
    (6, 17, 0, 12), (1, 11, 0, 10), (1, 5, 1, 9), (4, 6, 6, 7),
]  # fmt: skip
"""Cured and treated by drug and by control in eight centres: Agresti, Categorical Data Analysis, the clinical trial."""


def answers_of(text):
    """One answer a line: customer, local day, score."""
    customers, days, scores = zip(*(line.split() for line in text.strip().splitlines()), strict=True)
    return pd.DataFrame(
        {
            "customer_id": [None if customer == "-" else customer for customer in customers],
            "answered_on": pd.to_datetime(list(days)),
            "score": [float(score) for score in scores],
        }
    )


def group_answering(score, n, *, name="c", day="2024-01-01"):
    return "\n".join(f"{name}{number} {day} {score}" for number in range(n)) + "\n"


def purchases_of(n, *, name="c", day="2024-02-01", amount=10):
    return "\n".join(f"{name}{number} {day} {amount}" for number in range(n)) + "\n"


def n12():
    answers = answers_of(group_answering(9, 40, name="p") + group_answering(6, 20, name="d"))
    return answers, orders_of(purchases_of(36, name="p") + purchases_of(12, name="d"))


def row(found, group="promoter", horizon=90):
    return found[(found.group == group) & (found.horizon_days == horizon)].iloc[0]


# By hand


def test_promoters_and_detractors_retained_at_90_days():  # N12
    found = nps_behaviour(*n12(), as_of=AS_OF)
    assert row(found)[["n", "retained", "value"]].tolist() == [40, 36, 0.9]
    assert row(found, "detractor")[["n", "retained", "value"]].tolist() == [20, 12, 0.6]
    assert row(found)[["low", "high"]].round(4).tolist() == [0.7695, 0.9604]
    assert row(found, "passive").status == "no_responses"
    assert row(found, "detractor")["flags"] == "small_n"


def test_the_difference_with_its_interval_and_exact_test():  # N12
    raw, stratified = nps_behaviour_difference(*n12(), as_of=AS_OF, horizons=[90]).to_dict("records")
    assert [round(raw[name], 4) for name in ("value", "low", "high", "p_value")] == [0.3, 0.0767, 0.5218, 0.0135]
    assert [raw[name] for name in ("retained_promoters", "n_promoters", "n")] == [36, 40, 60]
    assert (raw["adjustment"], raw["status"], raw["flags"]) == ("raw", "ok", "association small_n")
    assert round(stratified["value"], 4) == 0.3  # nobody bought before: one stratum


def test_thirty_of_each_group_are_no_small_number():
    answers = answers_of(group_answering(9, 30, name="p") + group_answering(6, 30, name="d"))
    found = nps_behaviour_difference(answers, orders_of(purchases_of(9, name="p")), as_of=AS_OF, horizons=[90])
    assert set(found["flags"]) == {"association"}


@pytest.mark.parametrize(("bought", "retained"), [("2024-01-01", 0), ("2024-01-02", 1), ("2024-03-31", 1)])
@pytest.mark.parametrize("score", [9, 7, 6])
def test_days_1_to_90_count_and_the_day_of_the_answer_does_not(bought, retained, score):
    orders = orders_of(f"c0 {bought}\nc1 2024-04-01")
    found = nps_behaviour(answers_of(group_answering(score, 5)), orders, as_of=AS_OF, horizons=[90])
    group = {9: "promoter", 7: "passive", 6: "detractor"}[score]
    assert row(found, group)[["n", "retained"]].tolist() == [5, retained]


@pytest.mark.parametrize(("score", "group"), [(10, "promoter"), (8, "passive"), (0, "detractor")])
def test_the_other_ends_of_the_groups(score, group):
    found = nps_behaviour(answers_of(group_answering(score, 5)), NOBODY, as_of=AS_OF, horizons=[90])
    assert row(found, group)[["n", "value", "revenue"]].tolist() == [5, 0, 0]


@pytest.mark.parametrize(("answered", "status"), [("2024-03-02", "ok"), ("2024-03-03", "immature")])
def test_an_answer_counts_once_the_last_of_the_days_is_over(answered, status):
    found = nps_behaviour(answers_of(group_answering(9, 5, day=answered)), NOBODY, as_of=AS_OF)
    assert row(found).status == status
    assert row(found, horizon=180).status == "immature"


def test_the_latest_answer_old_enough_speaks_for_a_customer():
    answers = answers_of(group_answering(9, 5) + group_answering(2, 5, day="2024-02-01") + "c0 2024-05-20 9")
    found = nps_behaviour(answers, NOBODY, as_of=AS_OF, horizons=[90, 150])
    assert row(found, "detractor").n == 5
    assert row(found, "promoter").n == 0
    assert row(found, "promoter", 150).n == 5


def test_of_two_answers_on_one_day_the_lower_counts():
    found = nps_behaviour(answers_of(group_answering(9, 5) + group_answering(3, 5)), NOBODY, as_of=AS_OF, horizons=[90])
    assert found.set_index("group").n.to_dict() == {"promoter": 0, "passive": 0, "detractor": 5}


def test_a_repeat_is_a_second_day():
    orders = orders_of("c0 2024-01-05\nc0 2024-01-06\nc1 2024-01-05\nc1 2024-01-05")
    found = row(nps_behaviour(answers_of(group_answering(9, 5)), orders, as_of=AS_OF, horizons=[90]))
    assert found[["retained", "value", "repeat_rate"]].tolist() == [2, 0.4, 0.2]
    assert found[["repeat_low", "repeat_high"]].round(4).tolist() == [0.0362, 0.6245]


def test_revenue_is_that_of_all_who_answered():
    orders = orders_of("\n".join(f"c{number} 2024-01-05 {10 * number}" for number in range(1, 5)))
    found = row(nps_behaviour(answers_of(group_answering(9, 10)), orders, as_of=AS_OF, horizons=[90]))
    spent = np.array([0] * 6 + [10, 20, 30, 40])
    factor = np.exp(1.959964 * spent.std(ddof=1) / np.sqrt(10) / 10)
    assert found.revenue == 10
    assert found[["revenue_low", "revenue_high"]].tolist() == pytest.approx([10 / factor, 10 * factor], abs=1e-4)


def test_no_interval_of_revenue_below_ten_customers():
    found = row(nps_behaviour(answers_of(group_answering(9, 9)), orders_of(purchases_of(3)), as_of=AS_OF))
    assert round(found.revenue, 4) == 3.3333
    assert found[["revenue_low", "revenue_high"]].isna().all()


def test_orders_without_amounts_have_retention_and_no_revenue():
    orders = orders_of(purchases_of(4)).drop(columns="amount")
    answers = answers_of(group_answering(9, 10) + group_answering(2, 10, name="d"))
    found = nps_behaviour(answers, orders, as_of=AS_OF, horizons=[90])
    assert row(found)[["value", "status"]].tolist() == [0.4, "ok"]
    assert np.isnan(row(found).revenue)
    assert set(value_of_a_point(answers, orders, as_of=AS_OF, horizons=[90]).status) == {"refused:no_amounts"}


def test_a_group_of_four_is_not_shown():
    answers, orders = answers_of(group_answering(9, 4) + group_answering(2, 9, name="d")), orders_of(purchases_of(2))
    found = row(nps_behaviour(answers, orders, as_of=AS_OF))
    assert found[["n", "status"]].tolist() == [4, "suppressed"]
    assert found[["retained", "value", "repeat_rate", "revenue"]].isna().all()
    compared = nps_behaviour_difference(answers, orders, as_of=AS_OF, horizons=[90])
    assert set(compared.status) == {"suppressed"}
    assert compared[["value", "p_value", "retained_promoters"]].isna().all(axis=None)


def test_groups_of_five_are_compared():
    answers = answers_of(group_answering(9, 5) + group_answering(2, 5, name="d"))
    found = nps_behaviour_difference(answers, orders_of(purchases_of(2)), as_of=AS_OF, horizons=[90])
    assert found[["value", "status"]].to_numpy().tolist() == [[0.4, "ok"]] * 2


def test_answers_of_nobody_and_of_customers_not_found_have_no_part():
    answers = answers_of(group_answering(9, 7) + "- 2024-01-01 9").assign(
        unmatched=["customer_id", "order_id", *[None] * 6]
    )
    assert row(nps_behaviour(answers, NOBODY, as_of=AS_OF)).n == 6


@pytest.mark.parametrize(
    ("before", "stratum"),
    [
        ("", 0),
        ("c0 2023-01-01", 0),  # 365 days before
        ("c0 2023-01-02", 2),
        ("c0 2023-10-03", 2),  # 90 days before
        ("c0 2023-10-04", 3),
        ("c0 2024-01-01", 3),
        ("c0 2024-01-02", 0),
        ("c0 2023-05-01\nc0 2023-05-02", 4),
        ("c0 2023-05-01\nc0 2023-05-02\nc0 2023-12-31", 5),
        ("c0 2023-05-01\nc0 2023-05-02\nc0 2023-05-03\nc0 2023-05-04", 6),
        ("c0 2023-05-01\nc0 2023-05-02\nc0 2023-05-03\nc0 2024-01-01", 7),
    ],
)
def test_a_stratum_is_how_often_and_how_lately_a_customer_had_bought(before, stratum):
    orders = orders_of(before) if before else NOBODY
    cells = behaviour_cells(answers_of("c0 2024-01-01 9"), orders, as_of=AS_OF, horizons=[90])
    assert cells.stratum.tolist() == [stratum]


def test_what_was_bought_before_explains_the_whole_difference():
    """Of the frequent 80 % come back, of the others 20 %, whatever they answered; promoters are mostly frequent."""
    answers, orders = "", ""
    for name, score, n_often, n_seldom in (("p", 9, 80, 20), ("d", 3, 20, 80)):
        answers += group_answering(score, n_often, name=f"{name}o") + group_answering(score, n_seldom, name=f"{name}s")
        for day in ("2023-12-01", "2023-12-02"):
            orders += purchases_of(n_often, name=f"{name}o", day=day)
        orders += purchases_of(n_often * 4 // 5, name=f"{name}o") + purchases_of(n_seldom // 5, name=f"{name}s")
    found = nps_behaviour_difference(answers_of(answers), orders_of(orders), as_of=AS_OF, horizons=[90])
    raw, stratified = found.to_dict("records")
    assert (round(raw["value"], 4), round(stratified["value"], 4)) == (0.36, 0)
    assert raw["low"] > 0 > stratified["low"]
    worth = value_of_a_point(answers_of(answers), orders_of(orders), as_of=AS_OF, horizons=[90])
    assert worth.value.round(4).tolist() == [0.018, 0]


def test_strata_of_one_group_leave_the_stratified_difference():
    answers, orders = n12()
    regulars = answers_of(group_answering(9, 10, name="r"))
    before = orders_of(purchases_of(10, name="r", day="2023-12-01") + purchases_of(10, name="r"))
    found = nps_behaviour_difference(
        pd.concat([answers, regulars]), pd.concat([orders, before]), as_of=AS_OF, horizons=[90]
    )
    assert found.n_promoters.tolist() == [50, 40]
    assert found.value.round(4).tolist() == [0.32, 0.3]


def test_a_point_of_nps_is_a_hundredth_of_what_lies_between_passive_and_promoter():
    answers = "".join(group_answering(score, 20, name=name) for name, score in zip("pnd", (9, 7, 6), strict=True))
    orders = "".join(
        purchases_of(20, name=name, amount=amount) for name, amount in zip("pnd", (50, 30, 10), strict=True)
    )
    found = value_of_a_point(answers_of(answers), orders_of(orders), as_of=AS_OF, horizons=[90, 180])
    assert found.value.round(4).tolist()[:2] == [0.2, 0.2]
    assert found.status.tolist() == ["ok", "ok", "refused:too_few", "refused:too_few"]
    assert found["flags"].tolist() == ["association", "association", "", ""]


@pytest.mark.parametrize(("n_low", "status"), [(9, "refused:too_few"), (10, "ok")])
def test_a_point_has_no_value_below_ten_of_a_group(n_low, status):
    answers = answers_of(group_answering(9, 12, name="p") + group_answering(6, n_low, name="d"))
    assert set(value_of_a_point(answers, NOBODY, as_of=AS_OF, horizons=[90]).status) == {status}


def test_a_point_has_no_value_where_no_stratum_holds_two_groups():
    answers = answers_of(group_answering(9, 12, name="p") + group_answering(6, 12, name="d"))
    orders = orders_of(purchases_of(12, name="p", day="2023-12-01"))
    assert value_of_a_point(answers, orders, as_of=AS_OF, horizons=[90]).status.tolist() == ["ok", "refused:too_few"]


def test_detractors_who_answered_again():
    answers = answers_of(
        "a 2024-01-01 3\na 2024-02-01 7\na 2024-03-01 2\n"  # recovered, whatever came later
        "b 2024-01-01 6\nb 2024-02-01 6\nb 2024-03-01 9\n"  # the next answer counts
        "c 2024-01-01 9\nc 2024-02-01 0\nc 2024-03-01 10\n"
        "d 2024-01-01 7\nd 2024-02-01 8\n"  # never a detractor
        "e 2024-01-01 1\ne 2024-06-01 9"  # not yet in the data
    )
    found = detractor_recovery(answers, as_of=AS_OF).iloc[0]
    assert found[["n_detractors", "numerator", "denominator"]].tolist() == [4, 2, 3]
    assert found[["segment", "status", "flags"]].tolist() == ["(all)", "ok", "small_n"]


@pytest.mark.parametrize(("text", "status"), [("a 2024-01-01 9", "no_responses"), ("a 2024-01-01 3", "not_reached")])
def test_no_recovery_without_detractors_or_without_a_second_answer(text, status):
    found = detractor_recovery(answers_of(text), as_of=AS_OF)
    assert (found.status.item(), found.value.isna().item()) == (status, True)


@pytest.mark.parametrize("n", [40, 12, 1])
def test_each_table_has_its_columns_however_many_answered(n):
    answers, orders = n12()
    few = answers.groupby("score").head(n)
    assert list(nps_behaviour(few, orders, as_of=AS_OF)) == BEHAVIOUR_COLUMNS
    assert list(nps_behaviour_difference(few, orders, as_of=AS_OF)) == DIFFERENCE_COLUMNS
    assert list(value_of_a_point(few, orders, as_of=AS_OF)) == POINT_COLUMNS
    assert list(detractor_recovery(few, as_of=AS_OF)) == RECOVERY_COLUMNS


# By law


@st.composite
def answers(draw):
    """At most one answer per customer and day."""
    day = st.integers(-20, 120).map(lambda number: FIRST_DAY + timedelta(days=number))
    rows = draw(st.dictionaries(st.tuples(st.sampled_from([*COUNTRY]), day), st.integers(0, 10), max_size=25))
    customers, days = zip(*rows, strict=True) if rows else ((), ())
    return pd.DataFrame(
        {
            "customer_id": pd.Series(customers, dtype="str"),
            "answered_on": pd.to_datetime(pd.Series(days, dtype="datetime64[s]")),
            "score": pd.Series(list(rows.values()), dtype="float64"),
        }
    )


@settings(max_examples=10)
@given(answers(), any_orders(), st.integers(1, 60))
def test_groups_are_counted_as_in_plain_python(asked, orders, horizon):
    as_of, bought = FIRST_DAY + timedelta(days=100), days_by_customer(orders)
    counts = dict.fromkeys(["promoter", "passive", "detractor"], (0, 0))
    for customer, own in asked.groupby("customer_id"):
        old = own[own.answered_on < pd.Timestamp(as_of - timedelta(days=horizon))]
        if len(old):
            last = old.sort_values("answered_on").iloc[-1]
            group = "promoter" if last.score >= 9 else "passive" if last.score >= 7 else "detractor"
            after = [(day - last.answered_on.date()).days for day in bought.get(customer, [])]
            n, hits = counts[group]
            counts[group] = (n + 1, hits + any(0 < days <= horizon for days in after))
    cells = behaviour_cells(asked, orders, as_of=as_of, horizons=[horizon])
    sums = cells.groupby("group")[["n", "retained"]].sum()
    found = {group: tuple(sums.loc[group]) if group in sums.index else (0, 0) for group in counts}
    assert found == counts


@given(st.integers(1, 30), st.integers(1, 30), st.data())
def test_one_stratum_is_the_plain_difference(n1, n0, data):
    a, b = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    change = difference_within_strata(pd.DataFrame([(a, n1, b, n0)]))
    assert change.value == pytest.approx(a / n1 - b / n0)


@settings(max_examples=10)
@given(st.integers(0, 2**16))
def test_the_value_of_a_point_is_that_of_least_squares(seed):
    random = np.random.default_rng(seed)
    n = 60
    customers = [f"c{number}" for number in range(n)]
    scores = random.choice([10, 9, 8, 7, 6, 0], n)
    often = random.integers(0, 3, n)
    asked = pd.DataFrame({"customer_id": customers, "score": scores, "answered_on": pd.Timestamp("2024-01-01")})
    before = pd.DataFrame(
        {"customer_id": np.repeat(customers, often), "ordered_on": pd.Timestamp("2023-05-01"), "amount": 1.0}
    )
    amounts = random.integers(0, 50, n) * 0.5
    after = pd.DataFrame({"customer_id": customers, "ordered_on": pd.Timestamp("2024-01-09"), "amount": amounts})
    found = value_of_a_point(asked, pd.concat([before, after]), as_of=AS_OF, horizons=[90])
    codes = np.where(scores >= 9, 1, np.where(scores >= 7, 0, -1))
    rows = pd.DataFrame({"spent": amounts, "code": codes, "stratum": np.minimum(often, 1)})
    for formula, line in zip(("spent ~ code", "spent ~ code + C(stratum)"), found.itertuples(), strict=True):
        fit = smf.ols(formula, rows).fit(cov_type="HC1", use_t=False)
        assert line.value == pytest.approx(fit.params["code"] / 100)
        assert [line.low, line.high] == pytest.approx((fit.conf_int().loc["code"] / 100).tolist())
        assert line.p_value == pytest.approx(fit.pvalues["code"])


def test_a_known_difference_lies_in_the_interval_in_all_but_one_of_twenty():
    """Frequent customers score higher and return more; a promoter returns 15 points more often than a detractor."""
    random, inside, raw_inside = np.random.default_rng(7), 0, 0
    for _round in range(60):
        n, often = 800, random.random(800) < 0.5
        score = np.where(random.random(n) < np.where(often, 0.7, 0.3), 9, 3)
        returned = random.random(n) < 0.2 + 0.3 * often + 0.15 * (score == 9)
        pairs = [[(returned & group).sum(), group.sum()] for base in (often, ~often) for group in _groups(base, score)]
        strata = pd.DataFrame(np.array(pairs).reshape(2, 4))
        change = difference_within_strata(strata)
        raw = difference_within_strata(strata.sum().to_frame().T)
        inside += change.low <= 0.15 <= change.high
        raw_inside += raw.low <= 0.15 <= raw.high
    assert inside >= 54
    assert raw_inside < 20


def _groups(base, score):
    return base & (score == 9), base & (score == 3)


# By the book


def test_a_difference_over_eight_centres():
    """Estimate and Sato interval as the R package cicalc prints them for the same trial: 0.13 (0.0313, 0.2284)."""
    change = difference_within_strata(pd.DataFrame(MULTICENTRE))
    assert round(change.value, 2) == 0.13
    assert (round(change.low, 4), round(change.high, 4)) == (0.0313, 0.2284)


# By complaint


@pytest.mark.parametrize("column", ["customer_id", "score"])
@pytest.mark.parametrize("metric", [nps_behaviour, nps_behaviour_difference, value_of_a_point])
def test_answers_without_a_column_are_refused(metric, column):
    with pytest.raises(InvalidTable, match=f'no column "{column}"'):
        metric(n12()[0].drop(columns=column), NOBODY, as_of=AS_OF)
