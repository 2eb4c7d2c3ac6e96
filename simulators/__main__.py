"""``python -m simulators``: the outside world on loopback until Ctrl-C or SIGTERM."""

import argparse
import os
import signal
import threading
from pathlib import Path

from simulators.kdniao import APP_KEY, BUSINESS_ID, Account
from simulators.sms_party import SmsAccount
from simulators.world import Choices, running

CALLBACK_PATH = "/api/v1/carriers/kdniao/push"
RECEIPT_KEY = "simulated-receipts"


def choices_from(words: list[str] | None = None) -> Choices:
    """Read the command line; each choice falls back to the environment."""
    get = os.environ.get
    parser = argparse.ArgumentParser(prog="python -m simulators", description=__doc__)
    parser.add_argument("--port", type=int, default=int(get("SIMULATORS_PORT", "8100")))
    parser.add_argument(
        "--state", type=Path, default=get("SIMULATORS_STATE"), help="folder; none: memory only"
    )
    parser.add_argument(
        "--step-seconds",
        type=float,
        default=float(get("SIMULATORS_STEP_SECONDS", "15")),
        help="how often a parcel moves by itself; 0: only when told",
    )
    callback = get("KDNIAO_CALLBACK_URL") or (
        get("MALL_URL", "").rstrip("/") + CALLBACK_PATH if get("MALL_URL") else ""
    )
    parser.add_argument("--kdniao-callback", default=callback, help="where pushes go")
    chosen = parser.parse_args(words)
    account = Account(
        business_id=get("KDNIAO_BUSINESS_ID") or BUSINESS_ID,
        app_key=get("KDNIAO_APP_KEY") or APP_KEY,
        callback=chosen.kdniao_callback,
    )
    return Choices(
        chosen.port, chosen.state, chosen.step_seconds, account, _sms_of("aliyun"), _sms_of("tencent")
    )


def _sms_of(provider: str) -> SmsAccount:
    """Read who may send texts through a provider, and where its receipts go."""
    get, usual = os.environ.get, SmsAccount()
    mall, key = get("MALL_URL", "").rstrip("/"), get("SMS_RECEIPT_KEY") or RECEIPT_KEY
    return SmsAccount(
        key_id=get("SMS_KEY_ID") or usual.key_id,
        key_secret=get("SMS_KEY_SECRET") or usual.key_secret,
        callback=f"{mall}/api/v1/sms/{provider}/receipts?key={key}" if mall else "",
    )


def main() -> None:
    """Serve until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with running(choices_from()) as front:
        print(f"simulators: {front.url} (kdniao, SMS)", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
