"""Estimates with n and interval, differences, identities."""
