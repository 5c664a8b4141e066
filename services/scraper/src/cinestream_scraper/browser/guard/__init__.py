"""The request guard: it decides for each address whether the browser may contact it."""
