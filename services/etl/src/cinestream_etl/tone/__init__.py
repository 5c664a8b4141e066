"""Tone models: classify the tone of a plot."""
