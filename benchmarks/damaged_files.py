"""What becomes of damaged exports: every row kept, or rejected with its reason, or the file refused in a sentence.

Three clients are made: a shop's orders, a survey's answers, and the demo with all its exports. One file of a client is
damaged at a time, the tables are built in a process of their own with a time limit, and what came out is compared with
the undamaged build. Prints a table of counts. The damage is the same every time.
"""

import argparse
import csv
import io
import json
import multiprocessing
import random
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

import retention_kit as rk
from retention_kit.demo import make_demo

SECONDS = 60
OUTCOMES = ("read", "refused", "silent loss", "wrong value", "traceback", "hang")
HEADS = """name = "Shop"\ncurrency = "EUR"\ntime_zone = "Europe/Warsaw"\nmax_rejected = 1\n"""
SHOP = f"""{HEADS}
[tables.orders]
source = "csv"
files = ["raw/orders.csv"]
[tables.orders.columns]
order_id = "Order"
customer_id = "Customer"
ordered_at = "Created"
amount = "Paid"
status = "CASE WHEN CAST(Parts AS INTEGER) > 0 THEN 'completed' ELSE 'cancelled' END"
"""
SURVEY = f"""{HEADS}
[tables.responses]
source = "csv"
files = ["raw/responses.csv"]
[tables.responses.columns]
response_id = "Answer"
customer_id = "Customer"
answered_at = "At"
score = "Score"
comment = "Comment"
"""
NOTES = ("fine", 'a "good" one', "late, again", "two\nlines", "дякую", "", "ok; really", "№ 17")
BAD = {
    "dates": ("31/02/2024", "0000-00-00", "soon", "2024-13-01", "45412", "", "2024-02-30 10:00:00", "  ", "1.5."),
    "numbers": ("1.299,00", "1,299", "abc", "", "NaN", "inf", "1e9", "€5", "12.50-", "9" * 25, "--1", "1 2 3", "0x10"),
    "ids": ("", "NULL", "1.23E+11", " 17 ", "x" * 5000, "a\u200bb", "'", "#REF!", "-"),
}
"""What is put into a cell of a kind; the columns of each kind are told by their values."""


@dataclass(frozen=True)
class Export:
    """One file of a client, as it is before it is damaged."""

    client: Path
    table: str
    file: Path
    rows: list[list[str]]
    delimiter: str = ","
    encoding: str = "utf-8"

    def text(self, rows: list[list[str]] | None = None, *, end: str = "\n") -> str:
        """Rows as the text of a file."""
        return "".join(self._line(row) + end for row in (self.rows if rows is None else rows))

    def _line(self, row: list[str]) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerow(row)  # with "\r" it quotes no "\n"
        return out.getvalue().removesuffix("\n")


@dataclass(frozen=True)
class Damage:
    """A damaged file: its bytes, or what is done to its place; the rows hurt; whether its rows can still be counted."""

    raw: bytes = b""
    hurt: frozenset[int] = frozenset()
    is_countable: bool = True
    place: Callable[[Path], None] | None = None


@dataclass
class Result:
    """What a build gave: how it ended, the rows of the table read, kept by key and rejected as text."""

    ending: str
    message: str = ""
    n_read: int = 0
    n_accounted: int = 0
    kept: dict[str, list[str]] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)


def in_text(export: Export, text: str, hurt: frozenset[int], *, is_countable: bool = True) -> Damage:
    return Damage(text.encode(export.encoding, "replace"), hurt, is_countable)


def one_cell(kind: str) -> Callable[[Export, random.Random], Damage]:
    def damage(export: Export, chance: random.Random) -> Damage:
        rows = [list(row) for row in export.rows]
        columns = [place for place, name in enumerate(rows[0]) if _kind(name) == kind] or [0]
        row = chance.randrange(1, len(rows))
        rows[row][chance.choice(columns)] = chance.choice(BAD[kind])
        return in_text(export, export.text(rows), frozenset([row]))

    return damage


def _kind(name: str) -> str:
    words = {
        "dates": ("created", " at", "at", "date", "day", "on"),
        "ids": ("order", "customer", "answer", "id", "name"),
    }
    low = name.lower()
    found = (kind for kind, ends in words.items() if any(low == end or low.endswith(end) for end in ends))
    return next(found, "numbers" if low in ("paid", "parts", "score", "total", "amount", "price", "pln") else "")


def truncation(export: Export, chance: random.Random) -> Damage:
    raw = export.text().encode(export.encoding)
    cut = raw[: chance.randrange(len(raw))].decode(export.encoding, "ignore")
    n_rows = len(list(csv.reader(io.StringIO(cut, newline=""), delimiter=export.delimiter)))
    return Damage(
        raw[: len(cut.encode(export.encoding))], frozenset(range(max(n_rows - 1, 0), len(export.rows))), False
    )


def encodings(export: Export, chance: random.Random) -> Damage:
    code = chance.choice(
        ["cp1251", "cp1252", "cp1250", "utf-16", "utf-16-le", "utf-8-sig", "latin-1", "utf-7", "koi8-r"]
    )
    hurt = frozenset(n for n, row in enumerate(export.rows) if not "".join(row).isascii())
    return Damage(export.text().encode(code, "replace"), hurt, code == "utf-8-sig")


def quotes(export: Export, chance: random.Random) -> Damage:
    lines = [export.text([row]) for row in export.rows]
    row = chance.randrange(len(lines))
    place = chance.randrange(len(lines[row]))
    if chance.random() < 0.5:  # where a cell begins: it opens one
        place = max(lines[row].rfind(export.delimiter, 0, place) + 1, 0)
    lines[row] = lines[row][:place] + '"' + lines[row][place:]
    return in_text(export, "".join(lines), frozenset([row]), is_countable=False)


def separators(export: Export, chance: random.Random) -> Damage:
    other = chance.choice([mark for mark in ",;|\t~" if mark != export.delimiter])
    rows, row = [list(row) for row in export.rows], chance.randrange(1, len(export.rows))
    match chance.randrange(4):
        case 0:
            out = io.StringIO()
            csv.writer(out, delimiter=other, lineterminator="\n").writerows(rows)
            sep = f"sep={other}\n" if chance.random() < 0.5 else ""
            return in_text(export, sep + out.getvalue(), frozenset(), is_countable=False)
        case 1:
            rows[row].insert(chance.randrange(len(rows[row])), "x")
        case 2:
            rows[row].pop()
        case _:
            lines = [export.text([each]) for each in rows]
            lines[row] = lines[row].replace(export.delimiter, other)
            return in_text(export, "".join(lines), frozenset([row]), is_countable=False)
    return in_text(export, export.text(rows), frozenset([row]))


def repeated_ids(export: Export, chance: random.Random) -> Damage:
    rows = [list(row) for row in export.rows]
    one, other = chance.sample(range(1, len(rows)), 2)
    rows[one][0] = rows[other][0]
    return in_text(export, export.text(rows), frozenset([one, other]))


def names(export: Export, chance: random.Random) -> Damage:
    rows, column = [list(row) for row in export.rows], chance.randrange(len(export.rows[0]))
    match chance.randrange(6):
        case 0:
            rows[0][column] = "renamed"
        case 1:
            rows[0][column] = rows[0][column - 1]
        case 2:
            rows[0] = [name.upper() for name in rows[0]]
        case 3:
            rows[0] = [f" {name} " for name in rows[0]]
        case 4:
            del rows[0]
            return in_text(export, export.text(rows), frozenset([1]), is_countable=False)
        case _:
            rows.insert(chance.randrange(1, len(rows)), list(rows[0]))
    return in_text(export, export.text(rows), frozenset())


def links(_: Export, chance: random.Random) -> Damage:
    def dangling(path: Path) -> None:
        path.symlink_to(path.with_name("gone.csv"))

    def outside(path: Path) -> None:
        (path.parents[2] / path.name).write_text("x\n1\n")
        path.symlink_to(path.parents[2] / path.name)

    places = [dangling, outside, Path.mkdir, lambda _: None, Path.touch, lambda path: path.write_bytes(b" " * 70_000)]
    return Damage(hurt=frozenset(range(10_000)), is_countable=False, place=chance.choice(places))


def zero_bytes(export: Export, chance: random.Random) -> Damage:
    raw = export.text().encode(export.encoding)
    place = chance.randrange(len(raw))
    return Damage(raw[:place] + b"\x00" * chance.randrange(1, 4) + raw[place:], frozenset(), False)


def line_ends(export: Export, chance: random.Random) -> Damage:
    whole = [export.text([row]) for row in export.rows]
    half = len(whole) // 2
    end = chance.choice(["\r\n", "\r"])
    match chance.randrange(5):
        case 0:
            return in_text(export, export.text(end=end), frozenset())
        case 1:
            text = export.text(export.rows[:half]) + export.text(export.rows[half:], end=end)
            return in_text(export, text, frozenset())
        case 2:
            gap = chance.choice(["\n", "   \n", "\r\n", "\n\n\n"])
            place = chance.randrange(len(whole))
            return in_text(export, "".join(whole[:place]) + gap + "".join(whole[place:]), frozenset())
        case 3:
            row = chance.randrange(1, len(whole))
            place = chance.randrange(len(whole[row]))
            whole[row] = whole[row][:place] + "\r" + whole[row][place:]
            return in_text(export, "".join(whole), frozenset([row]), is_countable=False)
        case _:
            return in_text(export, export.text().rstrip("\n"), frozenset())


KINDS: dict[str, Callable[[Export, random.Random], Damage]] = {
    "truncation": truncation,
    "encodings": encodings,
    "quotes": quotes,
    "separators": separators,
    "dates": one_cell("dates"),
    "numbers": one_cell("numbers"),
    "ids": one_cell("ids"),
    "repeated ids": repeated_ids,
    "names": names,
    "links": links,
    "zero bytes": zero_bytes,
    "line ends": line_ends,
}


def clients(folder: Path, *, with_demo: bool = True) -> list[Export]:
    """The clients made, and every file of them that is damaged."""
    chance = random.Random(7)
    days = [f"2024-{1 + n % 12:02}-{1 + n % 28:02} {8 + n % 12:02}:{n % 60:02}:00" for n in range(150)]
    orders = [["Order", "Customer", "Created", "Paid", "Parts", "Note"]] + [
        [f"A{n:04}", f"c{n % 40}", day, f"{chance.uniform(1, 200):.2f}", str(n % 4), chance.choice(NOTES)]
        for n, day in enumerate(days)
    ]
    answers = [["Answer", "Customer", "At", "Score", "Comment"]] + [
        [f"R{n:04}", f"c{n % 60}", day, str(chance.randrange(11)), chance.choice(NOTES)] for n, day in enumerate(days)
    ]
    found = []
    for name, table, toml, rows in (("shop", "orders", SHOP, orders), ("survey", "responses", SURVEY, answers)):
        client = folder / name
        (client / "raw").mkdir(parents=True)
        (client / "engagement.toml").write_text(toml, encoding="utf-8")
        export = Export(client, table, Path("raw") / f"{table}.csv", rows)
        (client / export.file).write_text(export.text(), encoding="utf-8", newline="")
        found.append(export)
    return found + (list(demo(folder / "demo")) if with_demo else [])


def demo(client: Path) -> Iterator[Export]:
    make_demo(client, n_customers=60, until=date(2024, 6, 9), seed=5)
    toml = client / "engagement.toml"
    toml.write_text("max_rejected = 1\n" + toml.read_text(encoding="utf-8"), encoding="utf-8")
    (client / "tables").mkdir(exist_ok=True)
    with rk.open_engagement(client) as engagement:
        sections = engagement.settings.tables.sections
    for table, section in sections.items():
        file = sorted(client.glob(section.files[0]))[0]
        raw = file.read_text(encoding=section.encoding)
        delimiter = section.delimiter or max(",;\t", key=raw.splitlines()[0].count)
        rows = list(csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter))
        if len(rows) > 3:
            yield Export(client, table, file.relative_to(client), rows, delimiter, section.encoding)


def build(client: Path, export: Export) -> Result:
    """Build the tables of a client, and read what came of the table."""
    try:
        with rk.open_engagement(client) as engagement:
            losses = engagement.losses()
            n_accounted = int(losses[losses.table == export.table].n_rows.sum())
            n_read = sum(file["n_rows"] for file in engagement.fingerprints() if file["table"] == export.table)
            relation = engagement.table(export.table).native
            rows = [list(map(str, row)) for row in relation.fetchall()]
            kept = {row[relation.columns.index(_key(relation.columns, export.table))]: row for row in rows}
        rejected = client / "tables" / "rejected" / f"{export.table}.parquet"
        texts = pq.read_table(rejected)["raw"].to_pylist() if rejected.exists() else []
        return Result("read", "", n_read, n_accounted, kept, texts)
    except rk.RetentionKitError as error:
        return Result("refused", str(error).splitlines()[0])
    except Exception:  # noqa: BLE001 (whatever is no refusal is what is looked for)
        return Result("traceback", traceback.format_exc())


def _key(columns: list[str], table: str) -> str:
    return {"orders": "order_id", "responses": "response_id"}.get(table, columns[0])


def in_a_process(client: Path, export: Export) -> Result:
    """The same in a process of its own, stopped after a time."""
    answer = client / "answer.json"
    process = multiprocessing.get_context("fork").Process(target=_answer, args=(client, export, answer))
    process.start()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        return Result("hang")
    if not answer.exists():
        return Result("traceback", f"exit code {process.exitcode}")
    return Result(**json.loads(answer.read_text(encoding="utf-8")))


def _answer(client: Path, export: Export, answer: Path) -> None:
    answer.write_text(json.dumps(vars(build(client, export))), encoding="utf-8")


Builder = Callable[[Path, Export], Result]


def tried(case: tuple[Export, str, int], whole: Result, built: Builder) -> tuple[str, str, str]:
    """One damaged file: its kind, the outcome, and what was found."""
    export, kind, seed = case
    damage = KINDS[kind](export, random.Random(f"{kind} {seed} {export.file}"))
    with tempfile.TemporaryDirectory() as folder:
        client = Path(folder) / "client"
        shutil.copytree(export.client, client, ignore=shutil.ignore_patterns("tables"))
        file = client / export.file
        file.unlink()
        if damage.place:
            damage.place(file)
        else:
            file.write_bytes(damage.raw)
        result = built(client, export)
    outcome, found = judged(export, damage, whole, result)
    return kind, outcome, f"{export.file} {kind} {seed}: {found}"


def judged(export: Export, damage: Damage, whole: Result, result: Result) -> tuple[str, str]:
    if result.ending != "read":
        return result.ending, result.message
    hurt = {cell for row in damage.hurt if row < len(export.rows) for cell in export.rows[row][:1]}
    sound = [row[0] for place, row in enumerate(export.rows) if place and place not in damage.hurt]
    n_counted = _counted(export, damage) if damage.is_countable else result.n_read
    is_own = export.table in ("orders", "responses") and export.client.name in ("shop", "survey")
    rejected = "\n".join(result.rejected)
    lost = [key for key in sound if is_own and key not in result.kept and key not in rejected]
    if result.n_accounted != result.n_read or (is_own and n_counted != result.n_read) or lost:
        return (
            "silent loss",
            f"{n_counted} rows, {result.n_read} read, {result.n_accounted} accounted for, lost {lost[:3]}",
        )
    wrong = [key for key, row in result.kept.items() if is_own and key not in hurt and whole.kept.get(key, row) != row]
    return ("wrong value", f"{wrong[:3]}: {result.kept[wrong[0]]}") if wrong else ("read", "")


def _counted(export: Export, damage: Damage) -> int:
    text = damage.raw.decode(export.encoding, "replace").removeprefix("\ufeff")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=export.delimiter)
    return sum(bool("".join(row).strip() or len(row) > 1) for row in rows) - 1


def run(n_each: int, n_demo: int, *, built: Builder = in_a_process, workers: int = 2) -> list[tuple[str, str, str]]:
    """Damage every file in every way, so many times each."""
    with tempfile.TemporaryDirectory() as folder:
        exports = clients(Path(folder), with_demo=n_demo > 0)
        whole = {export.file: built(export.client, export) for export in exports}
        cases = [
            (export, kind, seed)
            for place, export in enumerate(exports)
            for kind, seed in (_some(place, n_demo) if export.client.name == "demo" else _every(n_each))
        ]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(lambda case: tried(case, whole[case[0].file], built), cases))


def _every(n_each: int) -> list[tuple[str, int]]:
    return [(kind, seed) for kind in KINDS for seed in range(n_each)]


def _some(place: int, n: int) -> list[tuple[str, int]]:
    """So many kinds for one export of the demo, others for the next: a build of the demo reads them all."""
    return [(list(KINDS)[(place * n + step) % len(KINDS)], place) for step in range(n)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--each", type=int, default=33, help="files of each kind of damage, for the shop and the survey"
    )
    parser.add_argument("--demo", type=int, default=3, help="files for each export of the demo")
    arguments = parser.parse_args()
    results = run(arguments.each, arguments.demo)
    print("| damage | files | " + " | ".join(OUTCOMES) + " |\n| --- |" + " ---: |" * (len(OUTCOMES) + 1))
    for kind in (*KINDS, "all"):
        counts = Counter(outcome for each, outcome, _ in results if kind in (each, "all"))
        print(f"| {kind} | {counts.total()} | " + " | ".join(str(counts[name]) for name in OUTCOMES) + " |")
    for _, outcome, found in results:
        if outcome not in ("read", "refused"):
            print(f"\n{outcome}: {found}")


if __name__ == "__main__":
    main()
