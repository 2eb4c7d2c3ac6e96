"""Measures the mall against what its own database could do at best: `python -m bench [NAME…]`."""
