"""What can go wrong, in words a consultant understands.

RetentionKitError
├── InvalidPeriod       a text that names no period
├── IncompletePeriod    a period that the data do not cover whole
├── InvalidArgument     a number or choice that a metric cannot take
├── InvalidTable        a table whose columns or rows cannot be used
├── InvalidSource       a raw file that cannot be read
├── InvalidEngagement   an engagement.toml that cannot be used
├── UnknownEngagement   no such client
├── MissingTable        a table that this engagement does not have
├── BrokenIdentity      numbers that must agree and do not
└── ReportFailed        a notebook that did not run to its end

Every message says what was found, what was expected and what to do.
"""


class RetentionKitError(Exception):
    """Any error this package raises on purpose."""


class InvalidPeriod(RetentionKitError):
    """A text that names no month, quarter, ISO week or year."""


class IncompletePeriod(RetentionKitError):
    """A period that the data do not cover whole."""


class InvalidArgument(RetentionKitError):
    """A number or a choice that a metric cannot take."""


class InvalidTable(RetentionKitError):
    """A table whose columns or rows cannot be used."""


class InvalidSource(RetentionKitError):
    """A raw file that cannot be read."""


class InvalidEngagement(RetentionKitError):
    """An engagement.toml that cannot be used."""


class UnknownEngagement(RetentionKitError):
    """A client that has no folder."""


class MissingTable(RetentionKitError, AttributeError):
    """A table that this engagement does not have; an AttributeError, so that `hasattr` answers."""


class BrokenIdentity(RetentionKitError):
    """Numbers that must agree and do not."""


class ReportFailed(RetentionKitError):
    """A report that could not be made; the earlier one is untouched."""
