"""A model of the city's own: called over its network, believed in nothing."""
