"""The raw files of the synthetic client: everything its systems export, faults included."""

from datetime import date, timedelta
from pathlib import Path

from retention_kit.demo import exports_relations as relations
from retention_kit.demo import exports_sales as sales
from retention_kit.demo.activity import order_items, visits
from retention_kit.demo.faults import FAULTS, WITH_COPIES
from retention_kit.demo.files import RawFile
from retention_kit.demo.loyalty import points_ledger
from retention_kit.demo.money import monthly_costs
from retention_kit.demo.population import Population, population
from retention_kit.demo.timeline import Timeline, random_of
from retention_kit.demo.truth import write_truth
from retention_kit.replacement import in_a_sentence, replacement

N_CUSTOMERS = 6000
UNTIL = date(2024, 6, 9)
SEED = 20240609

TEMPLATE = Path(__file__).with_name("engagement.toml")


def make_demo(folder: Path | str, *, n_customers: int = N_CUSTOMERS, until: date = UNTIL, seed: int = SEED) -> Path:
    """Write a synthetic client whose true rates are known: engagement.toml and raw/.

    Args:
        folder: The engagement's folder; made where it is missing.
        n_customers: Customers who ever came.
        until: The last day of the data; they begin on the first of the month 36 months before.
        seed: Of the random numbers. The same arguments give the same bytes.

    Returns:
        The folder. It holds engagement.toml, raw/*.csv, and in raw/truth.json the true parameters, the known effects
        and what becomes of every raw row.

    Example:
        >>> from tempfile import mkdtemp
        >>> folder = make_demo(mkdtemp(), n_customers=60)
        >>> sorted(path.name for path in folder.iterdir()), len(list((folder / "raw").glob("*.csv")))
        (['engagement.toml', 'raw'], 17)
    """
    folder = Path(folder)
    text = engagement_text(n_customers=n_customers, until=until, seed=seed)
    with in_a_sentence(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "engagement.toml").write_text(text, encoding="utf-8", newline="\n")
    return write_raw(folder, n_customers=n_customers, until=until, seed=seed)


def write_raw(folder: Path | str, *, n_customers: int, until: date, seed: int) -> Path:
    """Write the raw files of a client whose engagement.toml is there: raw/*.csv and raw/truth.json.

    Returns:
        The folder.
    """
    clean = population(n_customers=n_customers, until=until, seed=seed)
    files = raw_files(clean, seed=seed)
    target = Path(folder, "raw")
    with in_a_sentence(target), replacement(target, waits=True) as raw:
        for file in files:
            file.write(raw)
        write_truth(raw, clean, files, n_customers=n_customers, seed=seed)
    return Path(folder)


def engagement_text(*, n_customers: int, until: date, seed: int) -> str:
    """The engagement.toml of a synthetic client."""
    timeline = Timeline(until)
    values = {
        "first_day": timeline.first_day,
        "last_day": until,
        "n_customers": n_customers,
        "seed": seed,
        "month_end": timeline.last_month.end - timedelta(days=1),
        "year_end": date(until.year, 12, 31),
        "price_rise": timeline.month_of("price_rise").start,
        "price_rise_de": timeline.month_of("price_rise_de").start,
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def raw_files(clean: Population, *, seed: int) -> list[RawFile]:
    """What the client's systems export of what happened, with copies, test rows and faults among the clean rows."""
    timeline = clean.timeline
    first = clean.customers.arrives.to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    costs = monthly_costs(first, clean.orders, timeline, seed=seed)
    files = [
        sales.fx_file(clean),
        sales.id_map_file(clean),
        sales.customers_file(clean),
        *sales.orders_files(clean),
        sales.order_items_file(order_items(clean.orders, seed=seed)),
        sales.refunds_file(clean),
        sales.subscriptions_file(clean),
        relations.members_file(clean),
        relations.points_file(points_ledger(clean.orders, clean.members, timeline, seed=seed)),
        relations.coupons_file(clean),
        relations.messages_file(clean),
        relations.invitations_file(clean),
        relations.survey_file(clean),
        relations.tickets_file(clean),
        relations.events_file(visits(clean.orders, clean.customers, timeline, seed=seed)),
        sales.costs_file(costs),
    ]
    for file in files:
        random = random_of(seed, f"faults of {file.name}")
        if file.name in WITH_COPIES:
            file.add_copies(random)
        file.add_faults(FAULTS.get(file.name, []), random)
        file.mix(random)
    return files
