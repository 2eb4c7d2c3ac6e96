"""What a developer's machine needs around the mall: its servers, `make run` and `make test`."""
