"""Every page tells the same story: numbers that must agree, and how many pairs of them were compared."""

import pandas as pd

from retention_kit.engagement import Engagement
from retention_kit.facts.identities import identities
from retention_kit.metrics.description import marked as m
from retention_kit.pages.panel import Panel
from retention_kit.pages.wording import wording_of


def reconcile(engagement: Engagement) -> pd.DataFrame:
    """Do the numbers of all pages agree with one another?

    Args:
        engagement: An engagement as it stood at the end of a period: `open_engagement(...).at("2024-05")`.

    Returns:
        One row per identity of the tables that are there: identity (in words), n_checked (how many pairs of numbers
        were compared).

    Raises:
        BrokenIdentity: Two numbers that must agree differ; the message names them. The report stops.
    """
    found = identities(engagement)
    return found.assign(identity=found.identity.map(wording_of(engagement).gettext))


PANELS = (Panel("identities", m("Cross-checks"), (), reconcile),)
