"""How facts become documents. Pure: no table, no clock, no setting."""
