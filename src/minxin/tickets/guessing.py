"""Numbers that are not hers: counted, so that nobody finds tickets by trying.

A wrong number and somebody else's are one thing here as everywhere: the same answer, the same queries,
the same count. Her own tickets she reads however often she was wrong.
"""

from django.core.cache import cache

MOST_WRONG = 20
WITHIN = 3600  # seconds


def note_wrong_number(citizen_key: str) -> bool:
    """Count one, in any door; whether she has had as many within the hour as anybody needs."""
    key = f"wrong_number:{citizen_key}"
    cache.add(key, 0, WITHIN)
    try:
        return int(cache.incr(key)) > MOST_WRONG
    except ValueError:  # it ended just now
        return False
