"""What a supervisor asks: is the process there, and can it serve?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse


def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer that the process lives; it asks nobody, so that a slow database does not get it killed."""
    return HttpResponse("alive\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer whether requests can be served: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")
