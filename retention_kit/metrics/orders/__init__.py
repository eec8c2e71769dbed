"""What was sold: totals, ratios, their changes."""
