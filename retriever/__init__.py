"""Questions to ranked passages: analyzer, embedders, indexes and search."""
