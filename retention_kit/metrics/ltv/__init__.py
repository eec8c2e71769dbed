"""What a customer is worth: by formula, so far, predicted."""
