"""Who comes back: repeat purchase, days between orders, RFM."""
