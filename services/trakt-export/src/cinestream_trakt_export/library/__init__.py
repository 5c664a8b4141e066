"""Films, series and ratings of a viewer, in a local store."""
