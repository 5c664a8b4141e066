"""The export engine: it reads lists from a source, checks that they are complete, and writes the files."""
