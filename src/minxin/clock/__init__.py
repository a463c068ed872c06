"""What time strikes: one table of (when, action)."""
