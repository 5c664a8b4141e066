"""`cinestream doctor`: checks of the machine, the settings, NATS and the pipeline, each with its cure."""
