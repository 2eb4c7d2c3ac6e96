"""How the web is served: `gunicorn --config config/gunicorn.conf.py config.wsgi`."""

import os
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat file, made under a random name

bind = f"{os.environ.get('WEB_HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "16"))  # clicks that wait here are written together as one batch
# No preload: a connection or thread made before the fork would be shared by both processes.
preload_app = False
keepalive = 75
timeout = 30
graceful_timeout = 20
worker_tmp_dir = (
    "/dev/shm" if os.path.isdir("/dev/shm") else None
)  # a slow disk must not look like a dead worker
# Paths without the query, which may hold what people typed; no addresses.
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
control_socket_disable = True
