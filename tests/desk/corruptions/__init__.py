"""One corruption for each check of the auditor: what somebody with a database shell might do, and who must notice.

The texts name orders of the lived-in mall as ``{ready}`` (the id) and ``{ready_number}``; ``{lin}`` and ``{wang}`` are
accounts, ``{mug}`` is a stock.
"""

from tests.desk.corruptions.aftersales import AFTERSALES
from tests.desk.corruptions.mended import SAID_AND_MENDED
from tests.desk.corruptions.orders import ORDERS
from tests.desk.corruptions.parcels import PARCELS
from tests.desk.corruptions.people import PEOPLE
from tests.desk.corruptions.points import POINTS
from tests.desk.corruptions.stock import STOCK

CORRUPTIONS = (*SAID_AND_MENDED, *PEOPLE, *POINTS, *STOCK, *ORDERS, *PARCELS, *AFTERSALES)
