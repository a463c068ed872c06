"""Documents made from what the rooms below know: notices, periodic reports, filing forms."""
