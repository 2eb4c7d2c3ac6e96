"""The wiring: settings, URLs, the Celery application, the web server. Nobody imports it."""
