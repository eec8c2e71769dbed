"""Customer-retention metrics with n and interval, and a reproducible monthly report from a client's own exports.

    >>> import retention_kit as rk
    >>> rk.Period("2024-05").next()
    Period('2024-06')

What is used every day stands here; `rk.orders`, `rk.customers`, `rk.cohorts`, `rk.loyalty`, `rk.ltv`, `rk.surveys`,
`rk.service` and `rk.statistics` hold all metrics by topic. The names are said once, in the stub beside this file, and
imported when they are first used, so that `import retention_kit` costs little.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
