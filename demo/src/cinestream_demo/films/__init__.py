"""The films that the demo site shows, and the languages that it shows them in."""
