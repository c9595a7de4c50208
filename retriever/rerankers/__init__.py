"""Models that read a question and a passage together; importing this loads neither a runtime nor a model."""
