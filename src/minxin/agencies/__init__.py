"""The agency tree, its staff and what each may see."""
