"""Places to train: profiles as data, and the one client that speaks to them."""
