"""The Letterboxd import format: columns, CSV files and their verification."""
