"""What is wrong with some rows of each raw file, and by which word the readers reject them."""

from retention_kit.demo.files import TOO_FEW_FIELDS, Fault

_NO_DAY, _NO_DOTTED_DAY = "2024-02-30", "30.02.2024"

FAULTS: dict[str, list[Fault]] = {
    "customers.csv": [
        Fault("customer_id is missing", "Customer ID"),
        Fault("customer_id is a stand-in", "Customer ID", "NULL"),
        TOO_FEW_FIELDS,
    ],
    "orders_pl.csv": [
        Fault("date is not a valid date", "Created at", f"{_NO_DAY} 10:15:00 +0100"),
        Fault("gross is not a number", "Subtotal", "n/a"),
        TOO_FEW_FIELDS,
        Fault("order_id is missing", "Name"),
        Fault("status is neither completed nor cancelled", "Financial Status", "on the way"),
        Fault("no exchange rate", "Currency", "GBP"),
        Fault("date is missing", "Created at"),
    ],
    "orders_ua.csv": [
        Fault("date is not a valid date", "Created at", f"{_NO_DAY} 23:40:00 +0200"),
        Fault("shipping is not a number", "Shipping", "безкоштовно"),
        Fault("no exchange rate", "Currency", "USD"),
        Fault("discount is negative", "Discount Amount", "-10.00"),
    ],
    "order_items.csv": [
        Fault("product_id is missing", "sku"),
        Fault("net is not a number", "net_pln", "n/a"),
        Fault("quantity is not a number", "pieces", "two"),
        TOO_FEW_FIELDS,
    ],
    "refunds.csv": [
        Fault("amount is not a number", "Amount", "n/a"),
        Fault("date is not a valid date", "Paid back (UTC)", f"{_NO_DAY}T10:15:00Z"),
        Fault("amount is negative", "Amount", "-12,50"),
        Fault("refund_id is missing", "Refund"),
    ],
    "subscriptions.csv": [
        Fault("amount is not a number", "Amount", "free"),
        Fault("status is none of active, trialing, past_due, paused, cancelled", "Status", "unknown"),
    ],
    "members.csv": [
        Fault("date is not a valid date", "Joined", f"{_NO_DOTTED_DAY} 10:15"),
        Fault("customer_id is missing", "Customer"),
    ],
    "points.csv": [
        Fault("points is not a number", "points", "many"),
        Fault("kind is none of earn, redeem, expire, adjust, reverse", "what", "gift"),
        Fault("date is not a valid date", "at", f"{_NO_DOTTED_DAY} 10:15"),
    ],
    "coupons.csv": [
        Fault("date is not a valid date", "issued", f"{_NO_DAY} 00:00:00"),
        Fault("coupon_id is missing", "coupon"),
    ],
    "messages.csv": [
        Fault("customer_id is missing", "customer"),
        Fault("arm is neither treated nor holdout", "arm", "B"),
        Fault("customer_id is a stand-in", "customer", "guest"),
    ],
    "invitations.csv": [
        Fault("customer_id is missing", "customer"),
        Fault("status is none of sent, delivered, bounced", "status", "lost"),
        Fault("date is not a valid date", "sent", f"{_NO_DAY} 10:00:00"),
    ],
    "survey_answers.csv": [
        Fault("score is outside the scale", "How likely are you to recommend us, or how satisfied were you?", "11"),
        Fault("score is not a number", "How likely are you to recommend us, or how satisfied were you?", "n/a"),
        Fault("date is not a valid date", "Submit Date (UTC)", f"{_NO_DAY} 12:00:00"),
        Fault("type is none of nps, csat, ces", "question", "stars"),
        Fault("response_id is missing", "#"),
        Fault("score is missing", "How likely are you to recommend us, or how satisfied were you?"),
    ],
    "tickets.csv": [
        Fault("date is not a valid date", "created", f"{_NO_DAY}T10:15:00Z"),
        Fault("direction is neither inbound nor outbound", "direction", "sideways"),
        Fault("ticket_id is missing", "ticket"),
        TOO_FEW_FIELDS,
    ],
    "events.csv": [
        Fault("customer_id is missing", "customer"),
        Fault("name is missing", "name"),
        Fault("date is not a valid date", "time", "yesterday"),
        TOO_FEW_FIELDS,
    ],
    "costs.csv": [Fault("amount is not a number", "Kwota", "?")],
    "fx.csv": [
        Fault("rate_to_base is not a number", "PLN", "n/a"),
        Fault("date is not a valid date", "Date", _NO_DAY),
    ],
}
"""Raw file: its faults, the most telling ones first, since small files have fewer of them."""

WITH_COPIES = {
    "orders_pl.csv", "orders_ua.csv", "order_items.csv", "refunds.csv", "tickets.csv", "events.csv",
    "survey_answers.csv", "points.csv",
}  # fmt: skip
"""Raw files in which some rows stand twice."""
