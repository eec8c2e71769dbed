"""The answers to a survey as they count: complete, of one question and kind, each customer once.

The metrics of surveys share their arguments: `responses` is the table of that name, one row per answer; answered_on and
score are required, the other canonical columns used where there are any. `period` is that of the answers, `by` a column
of the responses to break down by. `kind` is "relational" (answers about the whole relation) or "transactional" (about
one contact): two series, never pooled. `answers` are those that `nps_answers` returns.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from retention_kit.errors import InvalidTable
from retention_kit.metrics.statistics.counting import PERIOD, within
from retention_kit.periods import UNITS, Period
from retention_kit.schema import SCALES
from retention_kit.tables import ALL, NONE, Tabular, collected, lazy, require, with_calendar

Question = Literal["nps", "csat", "ces"]
Kind = Literal["relational", "transactional"]

DAYS_APART = 90
"""Days in which a customer who is asked after every contact counts once."""

TEXTS = {"survey_id": "survey", "type": "nps", "kind": "relational", "direction": "high"}
"""What an answer is where the column is absent or empty."""

OPTIONAL = ("response_id", "customer_id", "order_id", "wave")
IN_TIME = ["answered_day", "answered_at", "response_id", "score", "survey_id", "wave", "order_id"]
"""The order of a customer's answers; the later columns order answers of one day."""


def survey_answers(responses: Tabular, *, question: Question, beside: Sequence[str] | None = None) -> nw.LazyFrame[Any]:
    """The complete answers to a question, with every column of the canonical table that counting needs.

    A plain frame needs `answered_on` and `score` alone. An answer without a wave is of the wave of its month
    ("2024-05"). Of the other columns those named in `beside` are kept, None for all: an engine is asked for every
    column at every step.

    Raises:
        InvalidTable: A column is absent, or the scores are no numbers.
    """
    frame = with_calendar(lazy(responses), "answered")
    require(frame, "score", *(beside or ()))
    schema = frame.collect_schema()
    if not schema["score"].is_numeric():
        raise InvalidTable(f'Column "score" holds {schema["score"]}, not numbers: convert it before it is counted.')
    columns = _canonical(schema)
    columns["wave"] = nw.coalesce(columns["wave"], month_named("answered_month"))
    columns |= {"score": nw.col("score").cast(nw.Float64), **_scale(question, schema)}
    calendar = [f"answered_{number}" for number in ("day", *UNITS)]
    whole = frame.with_columns(**columns) if beside is None else frame.select(*calendar, *beside, **columns)
    return whole.filter(nw.col("is_complete"), nw.col("type") == question)


def filled(responses: Tabular) -> nw.LazyFrame[Any]:
    """The `responses` table with its calendar, and with `TEXTS` where it has none."""
    frame = with_calendar(lazy(responses), "answered")
    return frame.with_columns(**_canonical(frame.collect_schema()))


def _canonical(schema: nw.Schema) -> dict[str, nw.Expr]:
    """The columns that counting needs, missing or with their defaults where the table has none."""
    texts = {name: _column(name, nw.String, schema).fill_null(usual) for name, usual in TEXTS.items()}
    ids = {name: _column(name, nw.String, schema) for name in OPTIONAL}
    time = nw.col("answered_at") if "answered_at" in schema else nw.lit(None, nw.String)
    is_complete = _column("is_complete", nw.Boolean, schema).fill_null(value=True)
    return {"answered_at": time, "is_complete": is_complete, **texts, **ids}


def _column(name: str, kind: Any, schema: nw.Schema) -> nw.Expr:
    """The column of a name as that kind, missing in every row where the table has none."""
    return nw.col(name).cast(kind) if name in schema else nw.lit(None, kind)


def _scale(question: Question, schema: nw.Schema) -> dict[str, nw.Expr]:
    low, high, top = (_column(name, nw.Float64, schema) for name in ("scale_min", "scale_max", "top_box"))
    usual_low, usual_high = SCALES[question]
    return {"scale_min": low.fill_null(usual_low), "scale_max": high.fill_null(usual_high), "top_box": top}


def as_count(condition: nw.Expr) -> nw.Expr:
    """1 where the condition holds, 0 where it does not or is not known."""
    return condition.fill_null(value=False).cast(nw.Int64)


def month_named(month: str) -> nw.Expr:
    """The text of a month's running number, as `Period` writes it."""
    number = nw.col(month).cast(nw.Int64)
    year, place = number // 12, number % 12 + 1
    separator = nw.when(place < 10).then(nw.lit("-0")).otherwise(nw.lit("-"))
    return nw.concat_str(year.cast(nw.String), separator, place.cast(nw.String))


def scales(answers: nw.LazyFrame[Any]) -> pd.DataFrame:
    """The scale of each survey: survey_id, kind, scale_min, scale_max, top_box (missing where not given), is_low.

    Surveys with answers on several scales are refused (`InvalidTable`), each by name.
    """
    columns = {name: nw.col(name) for name in ("scale_min", "scale_max", "top_box")}
    columns["is_low"] = (nw.col("direction") == "low").cast(nw.Int64)
    least = {name: column.min() for name, column in columns.items()}
    most = {f"{name}_most": column.max() for name, column in columns.items()}
    asked = answers.with_columns(**columns).group_by("survey_id", "kind").agg(**least, **most)
    found = collected(asked, "survey_id", "kind")
    if mixed := dict.fromkeys(row["survey_id"] for _, row in found.iterrows() if _is_mixed(row, *columns)):
        names = ", ".join(f'"{name}"' for name in mixed)
        raise InvalidTable(
            f"Survey {names} has answers on several scales, which have no common score: scale_min, scale_max, top_box "
            "and direction must be one for all. Give each scale a survey_id of its own."
        )
    return found[["survey_id", "kind", *columns]]


def _is_mixed(survey: "pd.Series[Any]", *columns: str) -> bool:
    return any(pd.notna(survey[name]) and survey[name] != survey[f"{name}_most"] for name in columns)


def counted_once(
    answers: nw.LazyFrame[Any], *, kind: Kind, span: Sequence[Period] | None = None, days_apart: int = DAYS_APART
) -> nw.LazyFrame[Any]:
    """The answers of a kind, each customer once: in a wave, or in `days_apart` days.

    relational: the latest answer of a customer in a wave. transactional: the latest of an interaction (customer,
    survey and order), and of those the customer's first, then the first at least `days_apart` days after it, and so on
    (0 keeps every interaction). An answer of an unknown customer counts by itself, and so does one without an order.

    With a `span` those that count and lie in its periods, the period's number in `PERIOD`. Each period uses only the
    answers up to its end: what a customer answered later to the same wave or interaction takes no answer out of it.
    Where a wave lies in two periods, each counts those whose latest answer by its end lies in it.

    Valid and invalid answers (`is_valid`) are counted apart.
    """
    of_kind, of_period = answers.filter(nw.col("kind") == kind), [] if span is None else [PERIOD]
    is_apart = kind == "transactional" and days_apart > 0
    if span is not None:
        of_kind = _up_to_each(of_kind, span) if is_apart else within(of_kind, span, stem="answered")
    one, alone = (("wave",), "customer_id") if kind == "relational" else (("survey_id", "order_id"), "order_id")
    is_latest = _place("customer_id", *one, "is_valid", *of_period, from_last=True) == 1
    latest = of_kind.filter(nw.col(alone).is_null() | is_latest)
    if not is_apart:
        return latest
    apart = _apart(latest, days_apart, ("customer_id", "is_valid", *of_period))
    return apart if span is None else within(apart.filter(nw.col(PERIOD) == _number(span)), span, stem="answered")


def _up_to_each(answers: nw.LazyFrame[Any], span: Sequence[Period]) -> nw.LazyFrame[Any]:
    """The answers up to the end of each period in which their customer answered; others with their own period alone.

    Which answers count in a period hangs on all before its end, and not the same ones count for a later period where an
    interaction is answered again. So a customer's answers stand there once for each of these periods.
    """
    asked = within(answers, span, stem="answered").select("customer_id", PERIOD).unique()
    number, period = _number(span), nw.coalesce(PERIOD, _number(span))
    return (
        answers.join(asked, on="customer_id", how="left")
        .with_columns(period.alias(PERIOD))
        .filter(number <= nw.col(PERIOD))
    )


def _number(span: Sequence[Period]) -> nw.Expr:
    """The running number of the period in which an answer was given."""
    return nw.col(f"answered_{span[0].unit}")


def _place(*person: str, from_last: bool = False) -> nw.Expr:
    """The running number of an answer among those of a person."""
    return nw.col("answered_day").cum_count(reverse=from_last).over(*person, order_by=IN_TIME)


def _apart(answers: nw.LazyFrame[Any], days: int, person: tuple[str, ...]) -> nw.LazyFrame[Any]:
    """Each step finds, for the answers too late for the one that counts so far, the next one that counts."""
    day, counts = nw.col("answered_day"), nw.col("counting_day")

    def one_step(frame: nw.LazyFrame[Any], _step: int) -> nw.LazyFrame[Any]:
        late = nw.when(day >= counts + days).then(day)
        following = frame.with_columns(following=late.min().over(*person, "counting_day"))
        is_later = day >= nw.col("following")
        return following.with_columns(counting_day=nw.when(is_later).then(nw.col("following")).otherwise(counts))

    first = answers.with_columns(counting_day=day.min().over(*person))
    found = reduce(one_step, range(_longest(answers, person) // days), first)
    is_first = (day == counts) & (_place(*person, "counting_day") == 1)
    names = answers.collect_schema().names()
    return found.filter(nw.col("customer_id").is_null() | is_first).select(names)


def _longest(answers: nw.LazyFrame[Any], person: tuple[str, ...]) -> int:
    """The most days between two answers of one customer."""
    known = answers.filter(~nw.col("customer_id").is_null())
    day = nw.col("answered_day")
    apart = known.group_by(*person).agg(days=day.max() - day.min())
    return int(collected(apart.select(nw.col("days").max())).fillna(0).days.item())


def one_answer_each(answers: Tabular) -> nw.LazyFrame[Any]:
    """What did each customer say last? One answer of each known customer, and every answer of unknown ones.

    Returns:
        A lazy table of the engine: of the answers of a customer the latest (of one day that of the latest hour, then
        the one with the last response_id), with the columns that were given.

    Reference: METRICS section 6, link to behaviour: one row per respondent.

    Example:
        >>> answers = pd.DataFrame({"customer_id": ["a", "a", None], "score": [3, 9, 5],
        ...     "answered_on": pd.to_datetime(["2024-05-01", "2024-06-05", "2024-05-02"])})
        >>> collected(one_answer_each(answers), "score").score.tolist()
        [5, 9]
    """
    given = with_calendar(lazy(answers), "answered")
    require(given, "score")
    is_latest = nw.col("answered_day").cum_count(reverse=True).over("customer_id", order_by=IN_TIME) == 1
    latest = filled(given).filter(nw.col("customer_id").is_null() | is_latest)
    return latest.select(given.collect_schema().names())


def with_segment(answers: nw.LazyFrame[Any], by: str | None) -> nw.LazyFrame[Any]:
    """The answers with a column `segment`: the value of `by`, `(none)` where there is none."""
    if by is None:
        return answers.with_columns(segment=nw.lit(ALL))
    require(answers, by)
    return answers.with_columns(segment=nw.col(by).cast(nw.String).fill_null(NONE))


def each_person() -> nw.Expr:
    """The customer of an answer; each answer of an unknown customer is one of its own."""
    number = nw.col("answered_day").cum_count().over("customer_id", order_by=IN_TIME)
    return nw.coalesce("customer_id", nw.concat_str(nw.lit("unknown customer "), number.cast(nw.String)))
