"""The environment of the tests, set before Django reads its settings; loaded by pytest itself."""

import os

os.environ.setdefault("DEVELOPMENT", "1")
# A busy machine must not turn a slow statement into a failed test; the tests of the timeout set their own.
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "60000")
# Playwright's loop runs in the thread of the test that then asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# No test texts to phones that nobody looks at; those that do name their own provider.
os.environ.setdefault("SMS_URL", "http://127.0.0.1:9/aliyun-sms")
