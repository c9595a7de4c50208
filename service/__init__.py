"""Ranked passages to cited answers, for people and programs."""
