"""Axes to draw in, without a window, and closed after each test."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def ax():
    mpl.use("Agg")
    yield plt.subplots()[1]
    plt.close("all")
