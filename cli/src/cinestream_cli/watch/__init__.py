"""`cinestream watch`, which follows a stream in the terminal.

`stream` connects and resumes, `output` prints what arrives, and `cursor` keeps the position in a file.
"""
