"""Compare-and-set writes of movies and of directors' records."""
