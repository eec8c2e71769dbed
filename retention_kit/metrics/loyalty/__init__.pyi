from .gaps import time_between_orders as time_between_orders
from .repeat_purchase import existing_customer_share as existing_customer_share
from .repeat_purchase import repeat_by_order_number as repeat_by_order_number
from .repeat_purchase import repeat_purchase_rate as repeat_purchase_rate
from .repeat_purchase import repeat_within as repeat_within
from .repeat_purchase import returning_customer_rate as returning_customer_rate
from .rfm import rfm_scores as rfm_scores
from .rfm import rfm_segments as rfm_segments
