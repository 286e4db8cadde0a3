"""How fast it is, and against what: every figure is a ratio within one run, none is a test."""
