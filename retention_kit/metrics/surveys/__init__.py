"""What customers say: net promoter score, satisfaction, response, drivers, comments, outcomes."""
