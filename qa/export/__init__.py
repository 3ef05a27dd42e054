"""Answers as documents: what leaves the program so that others can check it."""
