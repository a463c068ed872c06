"""What a cell of an exported sheet may hold."""

# What a spreadsheet takes for the beginning of a formula, also in full width.
FORMULA = frozenset("=+-@＝＋－＠\t\r\n")


def defused(text: str) -> str:
    """Text that stays text when a sheet is opened, whoever wrote it."""
    return f"'{text}" if text[:1] in FORMULA else text
