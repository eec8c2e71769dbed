from .contacts import contact_change as contact_change
from .contacts import contact_rate as contact_rate
from .contacts import orders_with_contact_rate as orders_with_contact_rate
from .costs import acquisition_costs as acquisition_costs
from .costs import customer_acquisition_cost as customer_acquisition_cost
from .costs import customer_retention_cost as customer_retention_cost
