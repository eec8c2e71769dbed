"""The canonical tables of what customers did and said: events, surveys, tickets, coupons, points, members, messages."""

from retention_kit.schema.columns import CanonicalTable, Column, required
from retention_kit.schema.sales import UPDATED

WHO = required("customer_id", "id", "who", refers_to="customers")
MAYBE_WHO = Column("customer_id", "id", "who; missing where it is not known", refers_to="customers")
SURVEY = Column("survey_id", "text", "the survey", default="'survey'")

SCALES: dict[str, tuple[int, int]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""The lowest and the highest answer to each type of question where the answers name none."""

EVENTS = CanonicalTable(
    "events",
    "one row per action of a customer",
    ("event_id",),
    "event_at",
    (
        Column("event_id", "id", "the action; without it every row counts"),
        WHO,
        required("event_at", "timestamp", "when"),
        required("name", "text", "what was done"),
    ),
)

INVITATIONS = CanonicalTable(
    "invitations",
    "one row per invitation to a survey",
    ("invitation_id",),
    "sent_at",
    (
        required("invitation_id", "id", "the invitation"),
        required("customer_id", "id", "who was invited", refers_to="customers"),
        SURVEY,
        Column("wave", "text", "the wave of the survey; the month of sending where it is not given"),
        required("sent_at", "timestamp", "when it was sent"),
        Column(
            "status", "choice", "what became of it", choices=("sent", "delivered", "bounced"), default="'delivered'"
        ),
    ),
)

RESPONSES = CanonicalTable(
    "responses",
    "one row per answer to the scored question of a survey",
    ("response_id",),
    "answered_at",
    (
        required("response_id", "id", "the answer"),
        SURVEY,
        Column("wave", "text", "the wave of the survey; the month of the answer where it is not given"),
        MAYBE_WHO,
        Column("order_id", "id", "the order asked about", refers_to="orders"),
        Column("type", "choice", "what is asked", choices=("nps", "csat", "ces"), default="'nps'"),
        Column(
            "kind", "choice", "about the whole relation, or about one contact or order",
            choices=("relational", "transactional"), default="'relational'",
        ),
        required("answered_at", "timestamp", "when"),
        required("score", "number", 'the answer; of "10 - Extremely likely" the number in front'),
        Column("scale_min", "number", "the lowest answer; 0 for NPS, else 1, where it is not given"),
        Column("scale_max", "number", "the highest answer; 10 for NPS, 5 for CSAT, 7 for CES, where it is not given"),
        Column("direction", "choice", "which end is good", choices=("high", "low"), default="'high'"),
        Column(
            "top_box", "number",
            "the last score that counts as satisfied; where it is not given the best two, of fewer than five points "
            "the best one, for CES on seven the best three",
        ),
        Column("is_complete", "boolean", "whether the survey was finished", default="true"),
        Column("comment", "text", "what was written, with personal data removed"),
        Column("lang", "text", "the language of the comment, as a code"),
        Column("may_quote", "boolean", "whether the customer lets us quote the comment", default="false"),
        UPDATED,
    ),
    takes_attributes=True,
)  # fmt: skip

TICKETS = CanonicalTable(
    "tickets",
    "one row per contact with support",
    ("ticket_id",),
    "created_at",
    (
        required("ticket_id", "id", "the contact"),
        MAYBE_WHO,
        Column("order_id", "id", "the order it is about", refers_to="orders"),
        required("created_at", "timestamp", "when"),
        Column("contact_channel", "text", "by which way"),
        Column("contact_reason", "text", "about what"),
        Column("direction", "choice", "who began", choices=("inbound", "outbound"), default="'inbound'"),
        UPDATED,
    ),
)

COUPONS = CanonicalTable(
    "coupons",
    "one row per coupon issued",
    ("coupon_id",),
    "issued_at",
    (
        required("coupon_id", "id", "the coupon"),
        Column("campaign_id", "text", "the campaign"),
        MAYBE_WHO,
        required("issued_at", "timestamp", "when it was issued"),
        Column("expires_at", "timestamp", "when it becomes void"),
        Column("redeemed_at", "timestamp", "when it was used"),
        Column("order_id", "id", "the order it was used in", refers_to="orders"),
        Column("value", "money", "what it takes off", least=0),
        UPDATED,
    ),
)

LEDGER = CanonicalTable(
    "ledger",
    "one row per entry of a points account",
    ("entry_id",),
    "entered_at",
    (
        required("entry_id", "id", "the entry"),
        WHO,
        required("entered_at", "timestamp", "when"),
        required("kind", "choice", "what happened", choices=("earn", "redeem", "expire", "adjust", "reverse")),
        required("points", "number", "how many points; positive but for adjustments"),
        Column("order_id", "id", "the order behind it", refers_to="orders"),
    ),
)

MEMBERS = CanonicalTable(
    "members",
    "one row per membership of the loyalty programme",
    ("customer_id", "joined_at"),
    "joined_at",
    (
        required("customer_id", "id", "who"),
        required("joined_at", "timestamp", "when the customer joined"),
        Column("left_at", "timestamp", "when the customer left; missing while a member"),
        Column("tier", "text", "the level"),
        UPDATED,
    ),
)

MESSAGES = CanonicalTable(
    "messages",
    "one row per message sent, or held back from a control group",
    ("message_id",),
    "sent_at",
    (
        required("message_id", "id", "the message"),
        WHO,
        Column("campaign_id", "text", "the campaign"),
        Column("trigger", "text", "what set it off"),
        Column("arm", "choice", "sent to, or held back from", choices=("treated", "holdout"), default="'treated'"),
        required("sent_at", "timestamp", "when it was sent, or would have been"),
        Column("is_delivered", "boolean", "it arrived"),
        Column("is_opened", "boolean", "it was opened"),
        Column("is_clicked", "boolean", "a link in it was followed"),
        Column("is_unsubscribed", "boolean", "it led to an unsubscription"),
    ),
)
