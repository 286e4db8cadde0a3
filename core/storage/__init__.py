"""Where everything a person makes is kept."""
