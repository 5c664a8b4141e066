"""The CPU time of short commands, compared with the imports that they cannot do without."""
