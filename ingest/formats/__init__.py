"""One module for each kind of file that is more than plain text. ``ingest.loaders`` says which suffix goes to which."""
