"""The door for machines: the open API. One file per room."""
