"""The tone models, which classify the tone of a plot from its words and its genres."""
