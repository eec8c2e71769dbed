"""Raw columns as canonical ones: dates, numbers, ids, expressions."""
