"""The checks: one rule, one small function, in a registry."""
