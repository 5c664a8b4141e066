"""The visit of a page: it is opened, its parts load, and it is read."""
