"""File, route, assign, answer, close, rate."""
