"""Customers followed from their first order: retention, revenue, payback."""
