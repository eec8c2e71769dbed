from . import cohorts as cohorts
from . import customers as customers
from . import loyalty as loyalty
from . import ltv as ltv
from . import orders as orders
from . import service as service
from . import statistics as statistics
from . import surveys as surveys
