"""Bring the tables up to date and fill an empty database with the demo mall, in one process: it starts sooner."""

import os

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("STATEMENT_TIMEOUT_MS", "0")
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_demo", if_empty=True)
