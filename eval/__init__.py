"""Measurements: what the assistant costs and how good it is."""
