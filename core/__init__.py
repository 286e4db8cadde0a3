"""The product without a screen: examples, checks, counts, storage, training."""
