"""Members over HTTP for programs."""
