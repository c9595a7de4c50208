"""Files that people send to a running service: received, kept, brought into the library one upload after the other."""
