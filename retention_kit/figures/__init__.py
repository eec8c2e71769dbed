"""The figures: a metric's result in, the same Axes out; no arithmetic, no files, no global style."""
