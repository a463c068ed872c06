"""Pure decisions: what a rule pack says, whom it binds, what the clock says of an account."""
