"""What the metrics of a synthetic client estimate: parameters where they tell, else the metric on huge populations."""

from math import exp

import pandas as pd
from demo_metrics import MONTH, UNTIL, found_metrics
from kept import kept

from retention_kit.demo import Population, population
from retention_kit.demo.parameters import TRUE

N_CUSTOMERS = 6000
HUGE = 48_000
"""The customers of a huge population: those of eight clients."""

FIRST_HUGE_SEED = 9_000_001


def huge(seed: int) -> Population:
    """A huge population; there are as many as there are numbers from 0 on."""
    return population(n_customers=HUGE, until=UNTIL, seed=FIRST_HUGE_SEED + seed)


def found_in_huge(seed: int) -> pd.DataFrame:
    """The metrics of a huge population, and `known`: their truth, where parameters or hidden states tell it."""

    def found() -> pd.DataFrame:
        clean = huge(seed)
        return found_metrics(clean).merge(_known(clean), on="metric", how="left")

    return kept(f"huge {seed}", found, of=(str(MONTH), HUGE))


def truth(n_populations: int) -> pd.DataFrame:
    """The true value of each metric.

    Returns:
        metric, value_true, source ("parameter" or "population"), and of what parameters tell how far the metric lies
        off it in huge populations, with its standard error: off, off_error.
    """
    found = pd.concat([found_in_huge(seed) for seed in range(n_populations)])
    off = (found.value - found.known).groupby(found.metric)
    by_metric = found.groupby("metric", sort=False)
    known = by_metric.known.mean()
    value = known.fillna(by_metric.value.mean()).rename("value_true")
    source = known.notna().map({True: "parameter", False: "population"}).rename("source")
    return pd.concat([value, source, off.mean().rename("off"), off.sem().rename("off_error")], axis=1).reset_index()


def _known(clean: Population) -> pd.DataFrame:
    """What follows from the parameters, from the states of those asked, and from what comments were meant to say."""
    scores = clean.nps[clean.nps.wave == str(MONTH)].set_index("country").nps
    scores.index = ["nps" if country == "(all)" else f"nps, {country}" for country in scores.index]
    meant = clean.responses.dropna(subset="comment")
    themes = meant[meant.answered_at < pd.Timestamp(MONTH.end)].theme.value_counts(normalize=True)
    themes.index = [f"nps_themes (share), {theme}" for theme in themes.index]
    known = pd.concat([pd.Series(_parameters()), scores, themes])
    return known.rename_axis("metric").rename("known").reset_index()


def _parameters() -> dict[str, float]:
    """Metrics that follow from the parameters."""
    service, shop, spending = TRUE.service, TRUE.shop, TRUE.spending
    partly = sum(service.partial) / 2
    paid_back = service.refund_chance * (service.full + (1 - service.full) * partly)
    still_bought = 1 - service.refund_chance * service.full
    free = shop.gift / (1 + shop.second + shop.gift + shop.guest)
    # A contact names its order, or the answer that calls back does.
    named = 1 - service.contacts_about_no_order * (
        1 - service.outbound_per_contact * (1 - service.contacts_about_no_order)
    )
    found = {
        "average_order_value": spending.p * spending.v / (spending.q - 1) * (1 - paid_back) / still_bought,
        "refund_rate": paid_back * (1 - free),
        "refunded_orders_rate": service.refund_chance * (1 - free),
        "contact_rate": service.contacts_per_order,
        "orders_with_contact_rate": 1 - exp(-service.contacts_per_order * named),
    }
    for question, chances, best in (("csat", TRUE.asking.satisfied, 2), ("ces", TRUE.asking.easy, 3)):
        found[f"{question} (share)"] = sum(chances[-best:])
        found[f"{question} (mean)"] = sum(place * chance for place, chance in enumerate(chances, start=1))
    return found
