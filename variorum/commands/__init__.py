"""The commands, one file a subject; each reads settings, calls what lies below, and prints."""
