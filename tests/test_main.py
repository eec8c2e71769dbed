"""The command line says what it did, or in one sentence why not."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from retention_kit.__main__ import app, commands

CLIENT = """
name = "Acme"
language = "en"
currency = "EUR"
time_zone = "Europe/Berlin"

[tables.orders]
source = "csv"
files = ["raw/orders.csv"]

[tables.orders.columns]
order_id = "id"
customer_id = "customer"
ordered_at = "day"
amount = "amount"
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command; gives exit code, stdout and stderr."""

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["retention-kit", *words])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ending:
            app()
        out, err = capfd.readouterr()
        return int(ending.value.code or 0), out, err

    return command


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    raw = tmp_path / "data/acme/raw"
    raw.mkdir(parents=True)
    (raw.parent / "engagement.toml").write_text(CLIENT, encoding="utf-8")
    (raw / "orders.csv").write_text("id,customer,day,amount\n1,a,2024-05-01,3.5\n2,b,2024-05-31,4\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return raw.parent


def test_check_says_of_each_table_what_was_read_kept_and_left_out_with_examples(
    client: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    rows = "".join(f"{n},c{n},2024-05-0{n % 9 + 1},4\n" for n in range(200))
    broken = "".join(f"x{n},c1,2024-02-30,4\n" for n in range(7))
    (client / "raw" / "orders.csv").write_text("id,customer,day,amount\n" + rows + broken, encoding="utf-8")
    file = client / "engagement.toml"
    file.write_text("max_rejected = 0.1\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    code, out, err = run("check", "acme")
    assert (code, err) == (0, "")
    assert "The customer of 100.0% of the orders and of 100.0% of their revenue is known." in out
    assert "orders: 207 rows read, 200 kept\n  7 date is not a valid date\n" in out
    examples = [line for line in out.splitlines() if "2024-02-30" in line]
    assert examples[0].strip() == "raw/orders.csv, line 202: \"2024-02-30\" 'x0,c1,2024-02-30,4'"
    assert len(examples) == 5
    assert re.search(r"shows \d\d of \d\d metrics, tables and figures", out)
    assert re.search("cannot show Net promoter score, .*: add responses\n", out)


def test_new_makes_a_folder_and_says_what_comes_next(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    code, out, err = run("new", "acme")
    assert (code, err) == (0, "")
    assert out.startswith(f"{tmp_path / 'data' / 'acme'}: put the orders into raw/")
    assert (tmp_path / "data/acme/raw/README.md").is_file()
    assert "is there already" in run("new", "acme")[2]


def test_every_option_and_argument_has_a_help_text() -> None:
    made = typer.main.get_command(commands)
    for command in made.commands.values():
        assert command.help
        assert [parameter.name for parameter in command.params if not getattr(parameter, "help", None)] == []


@pytest.mark.usefixtures("client")
def test_tables_prints_what_was_kept(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = run("tables", "acme")
    assert (code, err) == (0, "")
    assert "Acme: 2024-05-01 to 2024-05-31" in out
    assert any(line.split()[1:-1:2] == ["orders", "kept", "2"] for line in out.splitlines() if "kept" in line)


@pytest.mark.usefixtures("client")
def test_an_unknown_client_is_one_sentence_and_exit_code_1(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = run("tables", "acne")
    assert (code, out) == (1, "")
    assert "acne" in err
    assert "acme" in err
    assert "Traceback" not in err


def test_a_report_prints_its_path_alone(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = {}

    def report(client: str, period: str | None, **folders: Path | None) -> Path:
        asked.update(folders, client=client, period=period)
        return tmp_path / "index.html"

    monkeypatch.setattr("retention_kit.report.report", report)
    assert run("report", "acme", "2024-05", "--reports-dir", "out") == (0, f"{tmp_path / 'index.html'}\n", "")
    assert asked == {
        "client": "acme", "period": "2024-05", "data_dir": None, "reports_dir": Path("out"), "notebooks_dir": None
    }  # fmt: skip


def test_a_report_outside_a_project_says_where_to_go(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run("report", "acme", "2024-05")
    assert (code, out) == (1, "")
    assert "run this inside the project's folder" in err


@pytest.mark.parametrize(("user", "more"), [(1000, []), (0, ["--allow-root"])])
def test_lab_opens_the_project_as_root_too(
    run: Callable[..., tuple[int, str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    user: int,
    more: list[str],
) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "overview.ipynb").touch()
    started: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _path, words: started.append(words))
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.chdir(tmp_path)
    for words in (["lab"], ["lab", "--notebooks-dir", "notebooks"]):
        run(*words)
        assert started.pop() == [sys.executable, "-m", "jupyterlab", str(tmp_path), *more]
