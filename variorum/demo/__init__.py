"""The bundled sample site, and the demo that crawls it and holds the archive against its truth."""
