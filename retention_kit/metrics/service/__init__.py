"""What customers cost: contacts with support, acquisition, retention."""
