"""Which help article answers a question: words weighed by how rare they are (BM25), characters taken in pairs.

Chinese is not written in words, so each pair of neighbouring characters counts as one, and each single character a
little. Latin letters are taken as words. What stands in an article's question weighs more than in its other
phrasings, and that more than in its answer. Nothing learns, nothing leaves the house: the same question gets the same
answer until somebody edits an article.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST = 400
"""Characters of a question that are looked at."""

QUESTION, PHRASING, ANSWER = 1.0, 1.0, 0.3
SINGLE = 0.4
"""How much a single Chinese character counts beside a pair."""
K, B = 1.2, 0.4
STRANGE = 0.5
"""How much a term counts that no article has, beside one that a single article has: it makes the answer less sure."""
BODY = 0.6
"""How much the whole article counts beside the one phrasing that is nearest."""
ENOUGH = 0.34
"""From this likeness on an article is taken for the answer; below, the nearest three are offered."""
SOME = 0.08
"""Below this likeness an article is not offered at all."""

_RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_POLITE = re.compile(
    "请问一下|请问|你好|您好|麻烦|谢谢|想知道|想问一下|想问|咨询一下|咨询|帮我|帮忙|一下子|一下|到底|究竟|其实|可能|已经|突然|现在|刚刚|"
    "明明|根本|居然|竟然|总是|老是|一直|一般|通常|当初|之前|以前|以后|之后|的时候|的话|好像|应该"
)
_BETWEEN = re.compile(
    "我们|你们|您们|他们|我的|你的|能不能|可不可以|可以|是不是|有没有|行不行|会不会|要不要|收不收|怎么样|怎么办|怎么|为什么|什么|哪里|哪儿|哪些|哪个|"
    "这个|那个|这样|那样|自己|如果|或者|还是|但是|可是|因为|所以|通过|进行|需要|想要|[我你您他它的了吗么呢吧啊呀哦嘛啦是在把被就都也还又很太最个这那"
    "给让跟和与对从到往向里上下中去来说看用有会能要想得着过可其只才再些样该将以及若]"
)
_SAME = (
    # one word for one thing
    ("快递公司", "承运公司"), ("物流公司", "承运公司"), ("快递单号", "运单号"), ("快递员", "派件员"),
    ("快递费", "运费"), ("邮费", "运费"), ("路费", "运费"), ("邮资", "运费"), ("包邮", "免运费"),
    ("顺丰", "承运公司"), ("圆通", "承运公司"), ("中通", "承运公司"), ("申通", "承运公司"),
    ("韵达", "承运公司"), ("快递", "物流"), ("包裹", "物流"), ("送货", "配送"), ("礼物", "礼品"),
    ("奖品", "礼品"), ("商品", "礼品"), ("东西", "礼品"), ("货品", "礼品"), ("单子", "订单"), ("这单", "订单"),
    ("那单", "订单"), ("一单", "订单"), ("下单", "兑换订单"), ("下的单", "兑换订单"), ("个单", "订单"),
    ("代金券", "券"), ("优惠券", "券"), ("电子券", "券"), ("账户", "账号"), ("帐号", "账号"),
    ("电话号码", "手机号"), ("手机号码", "手机号"), ("号码", "手机号"), ("换号", "更换手机号"),
    ("名字", "姓名"), ("资料", "信息"), ("工作人员", "客服"), ("真人", "客服"), ("人工", "客服"),
    ("专员", "客服"), ("人员", "客服"),
    # one word for one deed
    ("失效", "过期"), ("到期", "过期"), ("作废", "取消"), ("撤销", "取消"), ("撤掉", "取消"),
    ("撤单", "取消订单"), ("退单", "取消订单"), ("不要了", "不想要取消"), ("不想要了", "不想要取消"),
    ("后悔", "不想要取消"), ("买错", "选错"), ("拍错", "选错"), ("更改", "修改"), ("变更", "修改"),
    ("改成", "修改"), ("改一改", "修改"), ("能改", "修改"), ("编辑", "修改"), ("换成", "更换"),
    ("换掉", "更换修改"), ("换货", "更换"), ("调换", "更换"), ("重新写", "修改"), ("退掉", "退货"),
    ("退回去", "退货"), ("寄回", "退货"), ("退给", "退货"), ("想退", "申请退货"), ("拿到", "收到"),
    ("到手", "收到"), ("到货", "收到"), ("送到", "送达"), ("不签", "拒收"), ("拒签", "拒收"), ("不收", "拒收"),
    ("签字", "签收"), ("发出", "发货"), ("寄出", "发货"), ("处理得", "进度"), ("批了", "审核进度"),
    ("催催", "催促"), ("快点", "催促"), ("催一", "催促"), ("不动", "没有更新"), ("不走", "没有更新"),
    ("没动静", "没有更新"), ("没更新", "没有更新"), ("卡在", "没有更新"), ("坏了", "破损"), ("碎了", "破损"),
    ("损坏", "破损"), ("裂", "破损"), ("少了", "少件"), ("漏了", "少件漏发"), ("缺", "少件缺"),
    ("没给全", "少件"), ("不一样", "发错"), ("搞错", "发错"), ("不是我选", "发错不是我选"), ("没库存", "无货"),
    ("抢光", "无货"), ("卖完", "无货"), ("兑完", "无货"), ("想不起来", "忘记"), ("不记得", "忘记"),
    ("忘了", "忘记"), ("丢了", "丢失"), ("给钱", "支付"), ("付款", "支付"), ("付钱", "支付现金"),
    ("结账", "支付"), ("补点", "补"), ("花钱", "费用"), ("要钱", "费用"), ("加钱", "费用"), ("收费", "费用"),
    ("掏", "承担"), ("谁付", "谁承担"), ("谁出", "谁承担"), ("算谁", "谁承担"), ("谁的", "谁承担"),
    ("规矩", "规则"), ("规定", "规则"), ("要求", "规则条件"), ("攒", "获得"), ("赚", "获得"), ("获取", "获得"),
    ("办法", "渠道"), ("途径", "渠道"), ("还给", "退回"), ("还回", "退回"), ("返还", "退回"),
    ("对不上", "不对"), ("报销", "发票"), ("增值税", "发票"), ("开票", "发票"), ("一部分", "部分"),
    ("拆开发", "拆单分开发货"), ("拆单", "拆分订单"), ("两箱", "几个物流"), ("两个城市", "不同地方"),
    ("一起", "分开"), ("乡下", "乡镇偏远地区"), ("农村", "乡镇偏远地区"), ("老家", "地区"),
    ("搬家", "新增地址"), ("地点", "地址"), ("写错", "填错"),
    # one word for one question
    ("多长时间", "多久"), ("多少天", "多久"), ("几天", "多久"), ("啥时候", "多久"), ("几时", "多久"),
    ("何时", "多久"), ("什么时候", "多久"), ("咋", "怎么"), ("怎样", "怎么"), ("如何", "怎么"), ("啥", "什么"),
    ("为何", "为什么"), ("作用", "用途"),
)  # fmt: skip
"""Words that mean the same here: the first is read as the second, in questions and in articles alike."""
_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s")
_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "my",
        "me",
        "is",
        "are",
        "was",
        "do",
        "does",
        "did",
        "to",
        "of",
        "in",
        "on",
        "for",
        "it",
        "and",
        "or",
        "can",
        "could",
        "how",
        "what",
        "when",
        "where",
        "why",
        "will",
        "would",
        "you",
        "your",
        "we",
        "our",
        "with",
        "at",
        "be",
        "been",
        "has",
        "have",
        "had",
        "not",
        "no",
        "there",
        "this",
        "that",
        "if",
        "from",
        "by",
        "please",
        "want",
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of an article: the question in both languages, other phrasings, the answers."""

    code: str
    questions: Sequence[str]
    phrasings: Sequence[str]
    answers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Found:
    """An article and how like it is to the question: 0 is nothing in common, 1 is the same."""

    code: str
    likeness: float


def terms(text: str) -> Counter[str]:
    """Return what a text is made of: pairs of Chinese characters, single ones a little, Latin words."""
    counted: Counter[str] = Counter()
    for run in _RUN.findall(normal(text)):
        if run[0] < "\u3400":
            if run not in _STOP:
                counted[_stem(run)] += 1
            continue
        for part in _BETWEEN.split(run):
            counted.update(part)
            counted.update(part[i : i + 2] for i in range(len(part) - 1))
    return counted


def normal(text: str) -> str:
    """Return a text as it is compared: one width, lower case, without courtesies, one word for one thing."""
    plain = unicodedata.normalize("NFKC", text[:MOST]).lower()
    plain = _POLITE.sub("", plain)
    for said, meant in _SAME:
        plain = plain.replace(said, meant)
    return plain


def _stem(word: str) -> str:
    """Return a word without its ending: expire, expires and expired are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


class Index:
    """Articles, ready to be ranked; made once and asked many times."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Count the terms of each article and of each of its phrasings."""
        self._codes: list[str] = []
        self._titles: list[list[Counter[str]]] = []
        self._bodies: list[dict[str, float]] = []
        for entry in entries:
            titles = [(terms(text), QUESTION) for text in entry.questions if text]
            titles += [(terms(text), PHRASING) for text in entry.phrasings if text]
            body: Counter[str] = Counter()
            for counted, weight in [
                *titles,
                *((_long_terms(text), ANSWER) for text in entry.answers if text),
            ]:
                for term, times in counted.items():
                    body[term] += times * weight  # type: ignore[assignment]
            self._codes.append(entry.code)
            self._titles.append([counted for counted, _weight in titles])
            self._bodies.append(dict(body))
        self._weights = _rarities(self._bodies)
        self._unknown = STRANGE * math.log(2 + 2 * len(self._bodies))
        lengths = [sum(body.values()) for body in self._bodies]
        average = sum(lengths) / len(lengths) if lengths else 1
        self._lengths = [1 - B + B * length / average for length in lengths]

    def nearest(self, question: str, *, most: int = 3) -> list[Found]:
        """Return the articles most like a question, the likest first."""
        asked = terms(question)
        whole = sum(self._weight(term) * times for term, times in asked.items())
        if not whole:
            return []
        found = [
            Found(
                code,
                (self._title(titles, asked, whole) + BODY * self._body(body, length, asked, whole))
                / (1 + BODY),
            )
            for code, titles, body, length in zip(
                self._codes, self._titles, self._bodies, self._lengths, strict=True
            )
        ]
        found.sort(key=lambda one: (-one.likeness, one.code))
        return [one for one in found[:most] if one.likeness >= SOME]

    def _weight(self, term: str) -> float:
        rarity = self._weights.get(term, self._unknown)
        return rarity * SINGLE if len(term) == 1 and term >= "\u3400" else rarity

    def _title(self, titles: Sequence[Counter[str]], asked: Counter[str], whole: float) -> float:
        """Return how much the nearest phrasing and the question share (the cosine of their weighed terms)."""
        best = 0.0
        for title in titles:
            shared = sum(self._weight(term) * min(times, title[term]) for term, times in asked.items())
            length = sum(self._weight(term) * times for term, times in title.items())
            best = max(best, shared / math.sqrt(whole * length) if length else 0.0)
        return best

    def _body(self, body: Mapping[str, float], length: float, asked: Counter[str], whole: float) -> float:
        """Return BM25 as a part of what it could be at most."""
        score = sum(
            self._weight(term) * times * body[term] * (K + 1) / (body[term] + K * length)
            for term, times in asked.items()
            if term in body
        )
        return score / (whole * (K + 1))


def _long_terms(text: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for start in range(0, len(text), MOST):
        counted.update(terms(text[start : start + MOST]))
    return counted


def _rarities(bodies: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return how telling each term is: the fewer articles have it, the more."""
    holding = Counter(term for body in bodies for term in body)
    return {term: math.log(1 + (len(bodies) - n + 0.5) / (n + 0.5)) for term, n in holding.items()}
