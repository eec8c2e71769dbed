"""Do simulated shops that should be flat stay flat? A generator that drifts would make false findings.

Draws many shops of each model and prints two markdown tables: what the models look like, and by how much the mean over
the shops moves in a year, with its standard error. Counted in windows of 30 days, since months differ by their days.
"""

import argparse

import numpy as np
import numpy.typing as npt
import pandas as pd
from simulated_life import Shop, bought
from simulated_models import MODELS

DAYS, N_WINDOWS = 30, 40
WINDOWS_A_YEAR = 365.25 / DAYS

MEASURES = ("active", "newcomers", "buyers", "churn", "repeat", "frequency", "aov")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", type=int, default=100, help="of each model")
    parser.add_argument("--buyers", type=int, default=3000)
    parser.add_argument("--growth", type=float, default=0.0)
    arguments = parser.parse_args()
    found = pd.concat(
        [
            windows_of(Shop(seed, arguments.buyers, model, growth=arguments.growth)).assign(model=model, seed=seed)
            for model in MODELS
            for seed in range(arguments.shops)
        ]
    )
    print(levels_table(found), "\n")
    print(drift_table(found))


def windows_of(shop: Shop) -> pd.DataFrame:
    """What happens in each 30 days of a shop, counted plainly, from the fourth on.

    Returns:
        One row per window: window, active (customers who bought in the 90 days before it), newcomers, buyers, churn
        (of the active, who did not buy in the 90 days before its end), repeat (of the newcomers three windows before,
        who have bought again since), frequency (orders per buyer), aov.
    """
    rows = bought(shop)
    begun = shop.period.end_day - N_WINDOWS * DAYS
    rows = rows.assign(window=np.floor((rows["at"] - begun) / DAYS).astype(int))
    rows = rows[rows.window.between(0, N_WINDOWS - 1)]
    n_orders = rows.groupby(["customer", "window"]).size().unstack(fill_value=0).to_numpy()
    came = np.floor((rows.groupby("customer").came.first().to_numpy() - begun) / DAYS).astype(int)
    bought_in = n_orders > 0
    recent = bought_in[:, :-2] | bought_in[:, 1:-1] | bought_in[:, 2:]
    active = recent[:, :-1].sum(axis=0)
    again = np.array([_bought_again(n_orders[came == window - 3], window) for window in range(3, N_WINDOWS)])
    found = {
        "active": active,
        "newcomers": [(came == window).sum() for window in range(3, N_WINDOWS)],
        "buyers": bought_in.sum(axis=0)[3:],
        "churn": 1 - (recent[:, :-1] & recent[:, 1:]).sum(axis=0) / active,
        "repeat": again,
        "frequency": (n_orders.sum(axis=0) / bought_in.sum(axis=0))[3:],
        "aov": rows.groupby("window").amount.mean().to_numpy()[3:],
    }
    return pd.DataFrame({"window": np.arange(3, N_WINDOWS), **found})


def _bought_again(n_orders: npt.NDArray[np.int64], window: int) -> float:
    """The share of customers with a second order in the three windows after the one they came in, or in that one."""
    return float((n_orders[:, window - 3 : window + 1].sum(axis=1) > 1).mean())


def levels_table(found: pd.DataFrame) -> str:
    """The mean of each measure, by model."""
    lines = [f"| model | {' | '.join(MEASURES)} |", f"| --- |{' ---: |' * len(MEASURES)}"]
    for model, rows in found.groupby("model", sort=False):
        lines.append(f"| {model} | {' | '.join(f'{rows[name].mean():,.4g}' for name in MEASURES)} |")
    return "\n".join(lines)


def drift_table(found: pd.DataFrame) -> str:
    """The slope of each measure over the windows, in % of its mean and year: the mean over shops ± standard error."""
    lines = [f"| model, % a year | {' | '.join(MEASURES)} |", f"| --- |{' ---: |' * len(MEASURES)}"]
    for model, rows in found.groupby("model", sort=False):
        cells = [_drift(rows.pivot(index="window", columns="seed", values=name)) for name in MEASURES]
        lines.append(f"| {model} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _drift(series: pd.DataFrame) -> str:
    slopes = 100 * WINDOWS_A_YEAR * np.polyfit(series.index, series.to_numpy(), 1)[0] / series.to_numpy().mean()
    return f"{slopes.mean():+.2f} ± {slopes.std(ddof=1) / np.sqrt(len(slopes)):.2f}"


if __name__ == "__main__":
    main()
