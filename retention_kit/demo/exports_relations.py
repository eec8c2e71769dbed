"""The exports of the support desk, the surveys, the loyalty programme, the mailings and the shop's pages."""

import pandas as pd

from retention_kit.demo import cells
from retention_kit.demo.exports_sales import OWN_PEOPLE
from retention_kit.demo.files import ROWS_PER_COPY, TEST, UNMATCHED, RawFile
from retention_kit.demo.population import Population

BOTS = "bots"
"""The reason for which visits of machines are left out."""

_SCORE = "How likely are you to recommend us, or how satisfied were you?"
_KINDS = {"earn": "earned", "redeem": "redeemed", "expire": "expired", "reverse": "reversed"}
_STAFF = next(reversed(OWN_PEOPLE))


def tickets_file(clean: Population) -> RawFile:
    """tickets.csv: contacts with support, a few about unknown orders."""
    tickets = clean.tickets
    columns = {
        "ticket": cells.words(tickets.ticket_id),
        "customer": cells.words(tickets.customer_id),
        "order": cells.words(tickets.order_id),
        "created": cells.zulu(tickets.created_at.to_numpy()),
        "via": cells.words(tickets.contact_channel),
        "topic": cells.words(tickets.contact_reason),
        "direction": ["in" if way == "inbound" else "out" for way in tickets.direction],
    }
    file = RawFile.of("tickets.csv", "tickets", columns, key="ticket")
    lost = file.rows[7 :: 3 * ROWS_PER_COPY]
    file.add([file.with_cells(row, ticket=f"T8{n}", order=f"#PL8{n:04d}") for n, row in enumerate(lost)], UNMATCHED)
    own = file.rows[9 : len(clean.tickets) : 3 * ROWS_PER_COPY]
    file.add([file.with_cells(row, ticket=f"T9{n}", customer=_STAFF, order="") for n, row in enumerate(own)], TEST)
    return file


def survey_file(clean: Population) -> RawFile:
    """survey_answers.csv: every survey in one form, with the date of Greenwich."""
    answers = clean.responses
    columns = {
        "#": cells.words(answers.response_id),
        "survey": cells.words(answers.survey_id),
        "question": cells.words(answers.type),
        "about": cells.words(answers.kind),
        "wave": cells.words(answers.wave),
        "customer_id": cells.words(answers.customer_id),
        "order_id": cells.words(answers.order_id),
        _SCORE: cells.whole(answers.score),
        "Delivery": cells.whole(answers.delivery_rating),
        "Assortment": cells.whole(answers.assortment_rating),
        "What is the reason?": cells.words(answers.comment),
        "language": cells.words(answers.lang),
        "May we quote you?": cells.booleans(answers.may_quote, yes="yes", no="no"),
        "Response Type": cells.booleans(answers.is_complete, yes="completed", no="partial"),
        "Submit Date (UTC)": cells.utc(answers.answered_at.to_numpy()),
    }
    return RawFile.of("survey_answers.csv", "responses", columns, key="#")


def invitations_file(clean: Population) -> RawFile:
    """invitations.csv: who was asked for an NPS."""
    asked = clean.invitations
    columns = {
        "invitation": cells.words(asked.invitation_id),
        "customer": cells.words(asked.customer_id),
        "survey": ["relation"] * len(asked),
        "wave": cells.words(asked.wave),
        "sent": cells.local(asked.sent_at.to_numpy()),
        "status": cells.words(asked.status),
    }
    return RawFile.of("invitations.csv", "invitations", columns, key="invitation")


def members_file(clean: Population) -> RawFile:
    """members.csv: who joined the loyalty programme."""
    members = clean.members
    columns = {
        "Card": [f"TEA{number:05d}" for number in range(1, len(members) + 1)],
        "Customer": cells.words(members.customer_id),
        "Joined": cells.dotted(members.joined_at.to_numpy()),
        "Left": cells.dotted(members.left_at.to_numpy()),
        "Level": cells.words(members.tier),
    }
    return RawFile.of("members.csv", "members", columns, delimiter="\t")


def points_file(ledger: pd.DataFrame) -> RawFile:
    """points.csv: the points accounts."""
    columns = {
        "entry": cells.words(ledger.entry_id),
        "customer": cells.words(ledger.customer_id),
        "at": cells.dotted(ledger.entered_at.to_numpy()),
        "what": [_KINDS[kind] for kind in ledger.kind],
        "points": cells.whole(ledger.points),
        "order": cells.words(ledger.order_id),
    }
    return RawFile.of("points.csv", "ledger", columns, key="entry", delimiter="\t")


def coupons_file(clean: Population) -> RawFile:
    """coupons.csv: coupons by campaign."""
    coupons = clean.coupons
    columns = {
        "coupon": cells.words(coupons.coupon_id),
        "campaign": cells.words(coupons.campaign_id),
        "customer": cells.words(coupons.customer_id),
        "issued": cells.local(coupons.issued_at.to_numpy()),
        "expires": cells.local(coupons.expires_at.to_numpy()),
        "redeemed": cells.local(coupons.redeemed_at.to_numpy()),
        "order": cells.words(coupons.order_id),
        "value_pln": cells.money(coupons.value),
    }
    return RawFile.of("coupons.csv", "coupons", columns, key="coupon")


def messages_file(clean: Population) -> RawFile:
    """messages.csv: messages sent, and held back."""
    sent = clean.messages
    marks = ("delivered", "opened", "clicked", "unsubscribed")
    columns = {
        "message": cells.words(sent.message_id),
        "customer": cells.words(sent.customer_id),
        "campaign": cells.words(sent.campaign_id),
        "trigger": cells.words(sent.trigger),
        "arm": cells.words(sent.arm),
        "sent": cells.local(sent.sent_at.to_numpy()),
        **{mark: cells.booleans(sent[f"is_{mark}"]) for mark in marks},
    }
    return RawFile.of("messages.csv", "messages", columns, key="message")


def events_file(events: pd.DataFrame) -> RawFile:
    """events.csv: what customers did in the shop, with visits of the client's own people and of machines."""
    columns = {
        "event": cells.words(events.event_id),
        "customer": cells.words(events.customer_id),
        "time": cells.zulu(events.event_at.to_numpy()),
        "name": cells.words(events.name),
    }
    file = RawFile.of("events.csv", "events", columns, key="event")
    n_clean = len(file.rows)
    for name, outcome, first in (("visit", TEST, 4), ("crawl", BOTS, 6)):
        some = file.rows[first:n_clean:ROWS_PER_COPY]
        who = [_STAFF if outcome == TEST else row[1] for row in some]
        file.add([[f"{row[0]}{outcome[0]}", whom, row[2], name] for row, whom in zip(some, who, strict=True)], outcome)
    return file
