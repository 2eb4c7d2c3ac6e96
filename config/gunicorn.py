"""How the web is served: `python -m gunicorn --config python:config.gunicorn config.wsgi`."""

import gc
import os
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes its heartbeat file there under a random name

bind = f"{os.environ.get('WEB_HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "config.serving.Worker"  # gthread with a page of ours for addresses over the limit
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "24"))  # clicks that wait here are written together as one batch
preload_app = False  # a connection or a thread made before the fork would be shared by both processes
backlog = 2048
# A note of emojis, twice encoded on its way through the address form, is longer than the usual 4,094.
limit_request_line = 8190
keepalive = 75
timeout = 30
graceful_timeout = 20
worker_tmp_dir = str(MEMORY) if MEMORY.is_dir() else None  # a slow disk must not look like a dead process
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"  # without the query, which may hold what people typed
control_socket_disable = True


def rarely_collect() -> None:
    """Keep the collector from walking over the program itself, and let it look for garbage once in 50,000 objects.

    A page makes some thousands that go by themselves; looking every 700 was a tenth of what it cost.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def post_worker_init(_worker: object) -> None:
    """Begin with the mall loaded."""
    rarely_collect()
