"""The commands of `python -m core`, one module each, with the same code beneath as the pages."""
