from .by_days import bracket_retention as bracket_retention
from .by_days import elapsed_retention as elapsed_retention
from .curve import cohort_curve as cohort_curve
from .curve import cohort_revenue_curve as cohort_revenue_curve
from .payback import cohort_payback as cohort_payback
from .payback import payback_age as payback_age
from .retention import cohort_retention as cohort_retention
from .revenue import cohort_revenue as cohort_revenue
