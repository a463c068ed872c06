"""Entries with validity dates, retrieval, unanswered questions."""
