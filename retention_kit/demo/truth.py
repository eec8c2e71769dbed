"""truth.json: what is true of the synthetic client, and what stands in each of its raw files."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from retention_kit.demo.exports_relations import BOTS
from retention_kit.demo.files import RawFile
from retention_kit.demo.known_effects import known_effect_rows
from retention_kit.demo.parameters import TRUE
from retention_kit.demo.population import Population

NAME = "truth.json"


def write_truth(folder: Path, clean: Population, files: Iterable[RawFile], *, n_customers: int, seed: int) -> None:
    """Write truth.json: only tests and benchmarks read it.

    It holds the arguments, first_day and last_complete_month; `parameters` (see `parameters.py`); `planted` (see
    `known_effects.py`); `nps`: for each wave and country the NPS to be expected and n_active; `files`: for each raw
    file its table, rows, what becomes of them and the lines that are rejected.
    A row of the client's own people counts under `test` in every file; their orders stay in the table as tests.
    """
    timeline = clean.timeline
    truth = {
        "n_customers": n_customers,
        "until": str(timeline.until),
        "seed": seed,
        "first_day": str(timeline.first_day),
        "last_complete_month": str(timeline.last_month),
        "parameters": asdict(TRUE),
        "planted": known_effect_rows(timeline),
        "nps": clean.nps.round(4).to_dict("records"),
        "files": {file.name: file.account((BOTS,)) for file in files},
    }
    (folder / NAME).write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
