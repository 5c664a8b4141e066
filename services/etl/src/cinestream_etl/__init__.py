"""The etl service: it turns raw pages into validated, enriched movies.

`stages` and `tone` are pure functions, `store` writes their results, and `service` connects them to the bus.
"""
