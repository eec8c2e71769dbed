"""What points at a person is taken out of a text: addresses, telephone and card numbers, links, handles."""

import re

HIDDEN = "…"
"""What stands where something was taken out."""

LINK = re.compile(r"\b(?:https?://|www\.)\S*[^\s.,;:!?)]", re.IGNORECASE)
_SIGN = r"""[^\s@,;:()<>"'«»]"""
ADDRESS = re.compile(rf"(?<!{_SIGN}){_SIGN}+@{_SIGN}+\.[^\W\d_]+(?:{_SIGN}*@(?:{_SIGN}|@)*\w)?")
"""From the start of a word on, so that each is looked through once; to its end where more addresses hang on it."""

HANDLE = re.compile(r"(?<!\w)@\w{2,}")

ACCOUNT = re.compile(
    r"(?<!\w)[A-Z]{2}\d{2}"
    r"(?:[A-Z0-9]{11,30}|[ \u00a0-][A-Z0-9]{4}(?:[ \u00a0-](?=[A-Z]*\d)[A-Z0-9]{2,4}){2,7})(?!\w)",
    re.IGNORECASE,
)
"""An IBAN, in one word or in groups: country, check digits, and of the groups all but the first hold a digit."""

NUMBER = re.compile(r"(?<!\w)\+?\(?\d(?:[ \t().\-\u00a0\u2011/]{0,2}\d){6,}(?!\w)")
"""Seven digits or more, with the signs that people write between them."""

ORDER = re.compile(
    r"(?:#|№|\b(?:order|заказ\w*|замовлен\w*|zamówieni\w*)\b(?:[\s:]*(?:#|№|no|nr|number|номер|numer)\b\.?)?)[\s:#№]*$",
    re.IGNORECASE,
)
"""What stands before the number of an order."""

DATE = re.compile(r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})(?:\s\d{1,2})?")
FEWEST_DIGITS = 9
"""A number with fewer is no telephone's, unless it begins with + or is written in groups as telephones are."""

REACH = 100
"""Characters before a number among which the word for an order is looked for."""

LONGEST_ORDER = 12
"""A number with more digits is a card's or an account's, whatever stands before it."""

LOCAL = re.compile(r"\d{2,3}(?:[ -]\d{2,3}){2,3}")
"""A telephone within its town: groups of two or three digits."""


def without_personal_data(text: str) -> str:
    """The text with e-mail addresses, telephone, card and account numbers (IBAN), links and @handles replaced by "…".

    Numbers of orders stay: those after #, № or the word order (заказ, замовлення, zamówienie), and all of at most
    eight digits that are not written as a telephone. Any other number of nine digits or more goes, for a telephone
    cannot be told from it. Dates stay. Names of people cannot be found by their form and stay as well: a comment is
    still personal data, and is quoted only with consent.

    Reference:
        METRICS section 6, comments.

    Example:
        >>> without_personal_data("Order 100245 is lost, write to jan@example.com or call +48 512 555 123")
        'Order 100245 is lost, write to … or call …'
        >>> without_personal_data("замовлення №123456789, тел. 067 555-12-34")
        'замовлення №123456789, тел. …'
    """
    for pattern in (LINK, ADDRESS, HANDLE, ACCOUNT):
        text = pattern.sub(HIDDEN, text)
    return NUMBER.sub(_number_or_hidden, text)


def _number_or_hidden(found: re.Match[str]) -> str:
    number = found.group()
    n_digits = sum(sign.isdigit() for sign in number)
    if number.startswith("+"):
        return HIDDEN
    is_order = (
        ORDER.search(found.string, max(0, found.start() - REACH), found.start()) is not None
        and n_digits <= LONGEST_ORDER
    )
    if is_order or DATE.fullmatch(number):
        return number
    return HIDDEN if n_digits >= FEWEST_DIGITS or LOCAL.fullmatch(number) else number
