"""HTML pages shaped like IMDb's, and the data documents inside them, built from films."""
