"""Export a Trakt.tv library to Letterboxd import files.

`trakt` fetches, `library` stores, `letterboxd` writes, `export` joins them, `cli` is the command line.
"""
