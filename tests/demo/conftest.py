"""Synthetic clients that several tests look at."""

import json
from datetime import date

import pytest

from retention_kit.demo import make_demo, population

UNTIL = date(2024, 6, 9)


@pytest.fixture(scope="session")
def clean():
    """What happened to 30,000 customers: true rates show within narrow limits."""
    return population(n_customers=30_000, until=UNTIL, seed=7)


@pytest.fixture(scope="session")
def client(tmp_path_factory):
    """A client's folder."""
    return make_demo(tmp_path_factory.mktemp("clients") / "demo", n_customers=3000, until=UNTIL, seed=7)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory):
    """The folder of the client that the project ships."""
    return make_demo(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="session")
def truth(client):
    """What is true of that client."""
    return json.loads((client / "raw" / "truth.json").read_text(encoding="utf-8"))
