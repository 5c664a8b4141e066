"""Letterboxd's import files: their columns, rows and CSV, and a verifier that shares no code with the writer."""
