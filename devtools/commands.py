"""The processes of a running mall, as `make run`, docker-compose.yml and the tests start them."""

WEB = ["-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
WORKER = ["-m", "celery", "--quiet", "-A", "config.celery", "worker", "--without-gossip", "--without-mingle"]
# The schedule is kept in memory: a file could be left half written when the process is killed.
BEAT = [
    "-m",
    "celery",
    "--quiet",
    "-A",
    "config.celery",
    "beat",
    "--scheduler",
    "celery.beat:Scheduler",
    "--pidfile=",
]


def simulators(port: int) -> list[str]:
    """The outside world of a machine that has none; never part of production."""
    return ["-m", "simulators", "--port", str(port)]
