"""From any sheet to the register: which column is what, what a cell says, what would change."""
