"""The output of `cinestream-run`: a live panel in a terminal, lines of text elsewhere, both with the same words."""
