"""The checks of `cinestream doctor`. Each is a function of the surroundings that returns one result."""
