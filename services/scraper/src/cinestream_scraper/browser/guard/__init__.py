"""The request guard, which decides for each address whether the browser may contact it."""
