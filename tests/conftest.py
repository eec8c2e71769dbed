"""What several test files share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.reference import cdnow_master

# The same examples on every run: a report of a failure can be repeated by anybody. A query costs some milliseconds.
settings.register_profile("retention_kit", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("retention_kit")


@pytest.fixture(scope="session")
def reference_data():
    """The folder of real data and published numbers that is not the project's to ship."""
    folder = os.environ.get("RETENTION_KIT_REFERENCE_DATA")
    if not folder:
        pytest.skip("RETENTION_KIT_REFERENCE_DATA names no folder of reference data")
    return Path(folder)


@pytest.fixture(scope="session")
def cdnow():
    """All purchases of CDNOW, 1997-01-01 to 1998-06-30."""
    return cdnow_master.master_orders()
