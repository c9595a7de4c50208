"""The optional language model: it orders, shortens and connects what an answer quotes, and every sentence is checked."""
