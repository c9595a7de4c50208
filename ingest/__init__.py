"""Files to documents to passages: decoding, repair, sections, chunking and the library."""
