"""A parcel's life as its carrier tells it, one step after another."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone

from simulators.shelf import Document

CHINA = timezone(timedelta(hours=8))
CARRIER_NAMES = {
    "EMS": "EMS",
    "YZPY": "邮政快递包裹",
    "SF": "顺丰速运",
    "ZTO": "中通快递",
    "YTO": "圆通速递",
    "JD": "京东快递",
}
Step = tuple[str, str]  # code of the protocol, words of the carrier

COLLECTED: Step = ("1", "【{origin}】{carrier} 已揽收，快件正在处理")
DEPARTED: Step = ("2", "【{origin}】快件已发往【{destination}转运中心】")
ARRIVED: Step = ("201", "【{destination}】快件已到达【{destination}转运中心】")
OUT: Step = ("202", "【{destination}】快递员张师傅（电话 138****0000）正在为您派件，请保持电话畅通")
SIGNED: Step = ("301", "【{destination}】您的快件已由本人签收，感谢使用{carrier}")
START = (COLLECTED, DEPARTED, ARRIVED, OUT)

JOURNEYS: dict[str, tuple[Step, ...]] = {
    "door": (*START, SIGNED),
    "locker": (
        *START,
        ("211", "【{destination}】快件已存放至小区东门快递柜，请凭取件码及时领取"),
        ("311", "【{destination}】您已从快递柜取出快件，感谢使用{carrier}"),
    ),
    "second_attempt": (
        *START,
        ("405", "【{destination}】派件未成功：收件人不在家"),
        ("419", "【{destination}】已与收件人约定时间，正在重新派送"),
        ("302", "【{destination}】您的快件已签收，感谢使用{carrier}"),
    ),
    "refused": (
        *START,
        ("404", "【{destination}】收件人拒收，快件将退回寄件人"),
        ("2", "【{destination}】退回件已发往【{origin}】"),
        ("406", "【{origin}】退回件已由寄件人签收"),
    ),
    "lost": (COLLECTED, DEPARTED, ("4", "【{origin}】快件在运输途中丢失，请联系客服处理")),
}


@dataclass
class Parcel:
    """What the simulated carrier knows of one waybill."""

    waybill: str
    carrier: str
    reference: str
    origin: str = "上海市"
    destination: str = "北京市"
    phones: list[str] = field(default_factory=list)  # last four digits that a query may name
    journey: str = "door"
    stage: int = 0
    traces: list[dict[str, str]] = field(default_factory=list)
    subscribed: bool = False
    watched: bool = False
    elsewhere: bool = False  # its number was not given here: it moves by hand alone
    due_at: float = 0.0  # seconds of the machine's clock; when it moves by itself
    cancelled: bool = False
    pushed: int = 0  # how many traces the subscriber has confirmed

    @property
    def finished(self) -> bool:
        """Whether its journey is over."""
        return self.stage >= len(JOURNEYS[self.journey])

    def walk(self, now: datetime) -> bool:
        """Take the next step; False at the end, or when nobody comes for it."""
        if self.finished or self.cancelled:
            return False
        code, words = JOURNEYS[self.journey][self.stage]
        self.stage += 1
        returning = code == "406"
        self.add(
            code,
            words.format(
                origin=self.origin, destination=self.destination, carrier=CARRIER_NAMES[self.carrier]
            ),
            self._next_time(now),
            self.destination if code not in ("1", "2") and not returning else self.origin,
        )
        return True

    def add(self, code: str, text: str, time_text: str, location: str) -> None:
        """Append a line to the track."""
        self.traces.append(
            {
                "AcceptTime": time_text,
                "AcceptStation": text,
                "Location": location,
                "Action": code,
                "Remark": "",
            }
        )

    def track(self, upto: int | None = None) -> Document:
        """The track in the protocol's shape, or what it was after its first `upto` lines."""
        traces = self.traces if upto is None else self.traces[:upto]
        code = traces[-1]["Action"] if traces else "0"
        return {
            "OrderCode": self.reference,
            "ShipperCode": self.carrier,
            "LogisticCode": self.waybill,
            "Success": True,
            "Reason": "" if traces else "暂无轨迹信息",
            "State": code[0],
            "StateEx": code,
            "Location": traces[-1]["Location"] if traces else "",
            "Traces": [dict(trace) for trace in traces],
        }

    def document(self) -> Document:
        """For the shelf."""
        return asdict(self)

    def _next_time(self, now: datetime) -> str:
        """Never before the line above it: steps may be told faster than a second apart."""
        now_text = f"{now.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        try:
            last = datetime.fromisoformat(self.traces[-1]["AcceptTime"])
            return max(now_text, f"{last + timedelta(seconds=1):%Y-%m-%d %H:%M:%S}")
        except (IndexError, ValueError, OverflowError):
            return now_text  # the first line, or one with an absurd time put there by a test
