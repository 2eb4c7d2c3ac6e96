"""The past of a mall that moves in: read from CSV, checked, and lived again through the services a click uses."""

from desk.history.importing import Tally, import_file
from desk.history.reading import Unusable

__all__ = ["Tally", "Unusable", "import_file"]
