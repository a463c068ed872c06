"""Supervision: what is known of every account's updates, and what the rules say about it."""
