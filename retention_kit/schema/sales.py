"""The canonical tables of who bought what: customers, orders, refunds, subscriptions, costs, exchange rates."""

from retention_kit.schema.columns import CanonicalTable, Column, required

UPDATED = Column("updated_at", "timestamp", "when the row was last changed: of several versions the latest counts")
CURRENCY = Column("currency", "text", "the code of the money's currency; the engagement's where it is not given")

CUSTOMERS = CanonicalTable(
    "customers",
    "one row per known customer: of the export, with an order, a subscription or a membership",
    ("customer_id",),
    None,
    (
        required("customer_id", "id", "who"),
        Column(
            "first_seen_at",
            "timestamp",
            "since when the client knows the customer: whoever was known before cut-off data begin is not new in them",
        ),
        Column("is_test", "boolean", "a staff or test account: every row of it is left out", default="false"),
        UPDATED,
    ),
    takes_attributes=True,
)

ID_MAP = CanonicalTable(
    "id_map",
    "one row per id that another id replaces, in every table",
    ("raw_id",),
    None,
    (
        required("raw_id", "id", "the id as an export has it"),
        required("customer_id", "id", "the id of the same customer that counts"),
    ),
)

ORDERS = CanonicalTable(
    "orders",
    "one row per order",
    ("order_id",),
    "ordered_at",
    (
        required("order_id", "id", "the order"),
        Column("customer_id", "id", "who ordered; missing where the shop does not know", is_required=True),
        required("ordered_at", "timestamp", "when it was ordered"),
        UPDATED,
        CURRENCY,
        Column("status", "choice", "whether it stands", choices=("completed", "cancelled"), default="'completed'"),
        Column("is_test", "boolean", "an order of a staff or test account", default="false"),
        Column("gross", "money", "the order before discount and refunds, without tax and shipping"),
        Column("discount", "money", "what was taken off the price", least=0),
        Column("refunded", "money", "what was paid back", least=0),
        Column("amount", "money", "gross − discount − refunded"),
        Column("tax", "money", "tax, outside the amount"),
        Column("shipping", "money", "shipping, outside the amount"),
        Column("cogs", "money", "what the goods cost the shop"),
        Column("delivery_days", "number", "days from the order to its delivery", least=0),
    ),
    takes_attributes=True,
)

ORDER_ITEMS = CanonicalTable(
    "order_items",
    "one row per line of an order",
    ("item_id",),
    None,
    (
        Column("item_id", "id", "the line; without it every row counts"),
        required("order_id", "id", "the order it belongs to", refers_to="orders"),
        required("product_id", "id", "the product"),
        Column("category", "text", "the product's category"),
        Column("quantity", "number", "pieces", default="1"),
        Column("net", "money", "what the line brought after discount, without tax"),
    ),
)

REFUNDS = CanonicalTable(
    "refunds",
    "one row per payment back",
    ("refund_id",),
    "refunded_at",
    (
        required("refund_id", "id", "the payment"),
        Column("order_id", "id", "the order it pays back", is_required=True, refers_to="orders"),
        required("refunded_at", "timestamp", "when it was paid back"),
        required("amount", "money", "how much was paid back", least=0),
        CURRENCY,
        UPDATED,
    ),
)

SUBSCRIPTIONS = CanonicalTable(
    "subscriptions",
    "one row per subscription and version of its price or quantity",
    ("subscription_id", "started_at"),
    "started_at",
    (
        required("subscription_id", "id", "the subscription"),
        required("customer_id", "id", "who subscribed"),
        Column("plan_id", "text", "the plan"),
        required("started_at", "timestamp", "when this version began"),
        Column("ended_at", "timestamp", "when the service of this version ended; missing while it goes on"),
        Column("cancel_requested_at", "timestamp", "when the customer asked to end it"),
        Column(
            "status", "choice", "its state in the billing system", default="'active'",
            choices=("active", "trialing", "past_due", "paused", "cancelled"),
        ),
        required("amount", "money", "the price of one interval and piece, before discount and without tax", least=0),
        Column(
            "interval", "choice", "what is paid for", choices=("day", "week", "month", "quarter", "year"),
            default="'month'",
        ),
        Column("interval_count", "number", "how many intervals a payment covers", default="1", least=1),
        Column("quantity", "number", "pieces or seats", default="1", least=0),
        Column("discount", "money", "taken off each payment", default="0", least=0),
        CURRENCY,
        UPDATED,
    ),
)  # fmt: skip

COSTS = CanonicalTable(
    "costs",
    "one row per month and kind of cost, or more",
    (),
    "spent_at",
    (
        required("spent_at", "timestamp", "the month, or any day of it"),
        required(
            "category", "choice", "what it was spent on", choices=("acquisition", "retention", "support", "other")
        ),
        required("amount", "money", "how much"),
        CURRENCY,
        Column("channel", "text", "the channel it was spent in"),
    ),
)

FX = CanonicalTable(
    "fx",
    "one row per currency and day of its rate",
    ("currency", "quoted_at"),
    "quoted_at",
    (
        required("quoted_at", "timestamp", "the day of the rate"),
        required("currency", "text", "the code of the foreign currency"),
        required("rate_to_base", "number", "what one of it is worth in the engagement's currency", least=0),
    ),
)
