"""The command line: it reads options and settings, runs the export engine, and prints in the user's language."""
