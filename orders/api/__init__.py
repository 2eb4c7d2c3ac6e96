"""Orders over HTTP for programs."""
