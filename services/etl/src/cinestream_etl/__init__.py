"""Turn raw pages into validated, enriched movies.

`stages` are pure functions on a page, `store` writes their result, `service` connects both to the bus.
"""
