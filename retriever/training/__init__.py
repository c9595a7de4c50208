"""How the packaged embedding model was made and measured; nothing here runs when the product runs."""
