"""The outside world for a machine that has none: each party a small HTTP server that speaks its real protocol.

One module per party behind one front. Start it with ``python -m simulators --port 8100``; production never does.
"""
