"""Writers killed at any moment, and what is left of their work."""
