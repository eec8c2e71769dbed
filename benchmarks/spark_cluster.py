"""A whole report on a Spark cluster of one master and two workers, against DuckDB: the same bytes, and how long.

`python benchmarks/spark_cluster.py` starts the cluster from pip's pyspark on 127.0.0.1 (Java 17 is needed), reports
CDNOW on it, on `local[2]` and on DuckDB, and compares every page and CSV file. `--orders 20000000` reports a shop of so
many orders on the cluster and on DuckDB instead.
"""

import argparse
import filecmp
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark
from report_scale import PYTHON, ROOT, shop

MASTER = "spark://127.0.0.1:7077"
CLASS = "org.apache.spark.deploy"
ENVIRONMENT = {"SPARK_LOCAL_IP": "127.0.0.1"}
SECONDS_TO_START = 60


@contextmanager
def cluster(folder: Path, *, memory: str) -> Iterator[None]:
    """One master and two workers of one core each."""
    spark_class = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    common = ["--host", "127.0.0.1", "--webui-port", "0"]
    commands = [[spark_class, f"{CLASS}.master.Master", *common, "--port", "7077"]]
    worker = [spark_class, f"{CLASS}.worker.Worker", *common, "--cores", "1", "--memory", memory]
    commands += [[*worker, "--work-dir", str(folder / f"worker{n}"), MASTER] for n in (1, 2)]
    processes = []
    try:
        for number, command in enumerate(commands):
            log = folder / f"{number}.log"
            with log.open("w") as file:
                processes.append(subprocess.Popen(command, env=os.environ | ENVIRONMENT, stdout=file, stderr=file))
            _wait_for("I have been elected leader" if number == 0 else "Successfully registered with master", log)
        yield
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def _wait_for(words: str, log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while words not in log.read_text():
        if time.monotonic() > end:
            raise SystemExit(f"Spark did not start; {log} says:\n{log.read_text()}")
        time.sleep(0.2)


def reported(data: Path, client: str, period: str, keys: str) -> tuple[float, Path]:
    """Seconds of the report of a client with other keys in engagement.toml, its tables built before; where it is."""
    settings, reports = data / client / "engagement.toml", Path(tempfile.mkdtemp(dir=data))
    plain = settings.read_text(encoding="utf-8")
    settings.write_text(keys + plain, encoding="utf-8")
    environment = os.environ | ENVIRONMENT | {"RETENTION_KIT_DATA": str(data), "RETENTION_KIT_TIMEOUT": "7200"}
    kit = [PYTHON, "-m", "retention_kit"]
    quiet = {"cwd": ROOT, "env": environment, "check": True, "capture_output": True}
    subprocess.run([*kit, "tables", client], **quiet)
    shutil.rmtree(data / client / "tables" / "facts", ignore_errors=True)
    start = time.perf_counter()
    subprocess.run([*kit, "report", client, period, "--reports-dir", str(reports)], **quiet)
    settings.write_text(plain, encoding="utf-8")
    return time.perf_counter() - start, reports / client / period


def differing(one: Path, other: Path) -> list[str]:
    """The files of two reports that are not the same to the byte."""
    names = sorted(
        {path.relative_to(folder) for folder in (one, other) for path in folder.rglob("*") if path.is_file()}
    )
    _same, differ, errors = filecmp.cmpfiles(one, other, [str(name) for name in names], shallow=False)
    return differ + errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int)
    parser.add_argument("--memory", default="3g", help="of each worker")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        if arguments.orders:
            shop(data / "shop", n_orders=arguments.orders)
            client, period = "shop", "2024-12"
        else:
            shutil.copytree(ROOT / "data" / "cdnow", data / "cdnow", ignore=shutil.ignore_patterns("tables"))
            client, period = "cdnow", "1998-06"
        plain, expected = reported(data, client, period, "")
        print("| engine | seconds | files that differ from DuckDB's |\n| --- | ---: | --- |")
        print(f"| DuckDB | {plain:.1f} | |", flush=True)
        masters = [MASTER] if arguments.orders else ["local[2]", MASTER]
        with cluster(data, memory=arguments.memory):
            for master in masters:
                keys = f'engine = "spark"\nspark_master = "{master}"\n'
                seconds, folder = reported(data, client, period, keys)
                found = ", ".join(differing(expected, folder)) or "none"
                print(f"| Spark, {master} | {seconds:.1f} | {found} |", flush=True)


if __name__ == "__main__":
    main()
