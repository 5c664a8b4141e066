"""The pure stages that turn the HTML of a page into a movie.

`read_page` parses and validates, `describe` adds the tone and the fingerprint, `complete` adds facts from other films.
"""
