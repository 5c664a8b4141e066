"""Compare-and-set writes of movies and directors' records."""
