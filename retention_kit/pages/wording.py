"""The language and the currency in which an engagement's results are written."""

from retention_kit.engagement import Engagement
from retention_kit.wording import Wording


def wording_of(engagement: Engagement) -> Wording:
    """How the results of an engagement are written: in the language and currency of its engagement.toml.

    Example:
        >>> from retention_kit.engagement import open_engagement
        >>> wording_of(open_engagement("cdnow")).money(35.9)
        '$35.90'
    """
    return Wording(engagement.settings.language, engagement.settings.currency)
