"""The metrics: counted in the engine, judged in Python."""
