"""Messages in and out, the outgoing queue, hand-over to a person."""
