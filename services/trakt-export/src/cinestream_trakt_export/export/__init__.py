"""The export engine: read lists from a source, check completeness, write the files."""
