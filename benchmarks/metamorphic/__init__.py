"""Real pages changed in known ways: what must make no version, and what must be told as what."""
