"""Checks of all examples together: each an index over the rows that one edit updates."""
