"""Followers: the only home of identifiers and contact fields."""
