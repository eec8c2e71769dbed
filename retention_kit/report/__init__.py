"""From a client's data and the notebooks to a folder of pages and CSV files."""

from retention_kit.report.run import report

__all__ = ["report"]
