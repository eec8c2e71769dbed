"""The canonical tables of who bought what: customers, orders, refunds, subscriptions, costs, rates of exchange."""

from retention_kit.schema.columns import CanonicalTable, Column, needed

UPDATED = Column("updated_at", "moment", "when the row was last changed: of several versions the latest counts")
CURRENCY = Column("currency", "text", "the code of the money's currency; the engagement's where it is not given")

CUSTOMERS = CanonicalTable(
    "customers",
    "one row per known customer: of the export, with an order, a subscription or a membership",
    ("customer_id",),
    None,
    (
        needed("customer_id", "id", "who"),
        Column(
            "first_seen_at",
            "moment",
            "since when the client knows the customer: whoever was known before cut-off data begin is not new in them",
        ),
        Column("is_test", "truth", "one of the client's own people: every row of theirs is left out", default="false"),
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
        needed("raw_id", "id", "the id as an export has it"),
        needed("customer_id", "id", "the id of the same customer that counts"),
    ),
)

ORDERS = CanonicalTable(
    "orders",
    "one row per order",
    ("order_id",),
    "ordered_at",
    (
        needed("order_id", "id", "the order"),
        Column("customer_id", "id", "who ordered; missing where the shop does not know", is_needed=True),
        needed("ordered_at", "moment", "when it was ordered"),
        UPDATED,
        CURRENCY,
        Column("status", "choice", "whether it stands", choices=("completed", "cancelled"), default="'completed'"),
        Column("is_test", "truth", "an order of the shop's own people", default="false"),
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
        needed("order_id", "id", "the order it belongs to", refers_to="orders"),
        needed("product_id", "id", "the product"),
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
        needed("refund_id", "id", "the payment"),
        Column("order_id", "id", "the order it pays back", is_needed=True, refers_to="orders"),
        needed("refunded_at", "moment", "when it was paid back"),
        needed("amount", "money", "how much was paid back", least=0),
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
        needed("subscription_id", "id", "the subscription"),
        needed("customer_id", "id", "who subscribed"),
        Column("plan_id", "text", "the plan"),
        needed("started_at", "moment", "when this version began"),
        Column("ended_at", "moment", "when the service of this version ended; missing while it goes on"),
        Column("cancel_requested_at", "moment", "when the customer asked to end it"),
        Column(
            "status", "choice", "its state in the billing system", default="'active'",
            choices=("active", "trialing", "past_due", "paused", "cancelled"),
        ),
        needed("amount", "money", "the price of one interval and piece, before discount and without tax", least=0),
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
        needed("spent_at", "moment", "the month, or any day of it"),
        needed("category", "choice", "what it was spent on", choices=("acquisition", "retention", "support", "other")),
        needed("amount", "money", "how much"),
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
        needed("quoted_at", "moment", "the day of the rate"),
        needed("currency", "text", "the code of the foreign currency"),
        needed("rate_to_base", "number", "what one of it is worth in the engagement's currency", least=0),
    ),
)
