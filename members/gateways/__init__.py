"""One module per outside party: build the request, sign it, parse the answer to our terms."""
