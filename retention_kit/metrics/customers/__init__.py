"""Who is a customer: flow, retention, churn, reactivation, left truncation."""
