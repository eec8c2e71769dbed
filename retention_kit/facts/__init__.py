"""What a report counts, once: read by every page of a run, and by a notebook of one's own."""
