"""A synthetic client of any size whose true rates are known by construction."""

from retention_kit.demo.population import Population, population
from retention_kit.demo.raw import make_demo, write_raw

__all__ = ["Population", "make_demo", "population", "write_raw"]
