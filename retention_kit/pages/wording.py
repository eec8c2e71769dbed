"""The language and the currency in which an engagement's results are written."""

from retention_kit.engagement import Engagement
from retention_kit.wording import Wording
from retention_kit.wording.languages import check_language


def wording_of(engagement: Engagement) -> Wording:
    """How the results of an engagement are written: in the language and currency of its engagement.toml.

    Raises:
        InvalidEngagement: The language has no complete catalogue; those that have are named.

    Example:
        >>> from retention_kit.engagement import open_engagement
        >>> wording_of(open_engagement("cdnow")).money(35.9)
        '$35.90'
    """
    check_language(engagement.settings.language)
    return Wording(engagement.settings.language, engagement.settings.currency)
