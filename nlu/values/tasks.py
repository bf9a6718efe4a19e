"""What a message asks to be reminded of, and what a time in it is for."""

from __future__ import annotations

import re

_LEAD_IN = re.compile(
    r"\b(?:(?:can|could) you )?(?:remind me|nudge me|ping me|wake me|tell me|alert me|set (?:me )?(?:an? )?(?:reminder|follow[- ]?up|alarm)"
    r"|reminder|(?:put|add) (?:an? )?(?:follow[- ]?up|reminder)|don'?t let me forget|make sure i)\b"
    r"[\s:：]*(?:(?:to|about|that|for|with)\b)?[\s:：]*"
    r"|(?:请|請|麻烦|麻煩|[帮幫]我|[帮幫]忙|到[时時]候?|到[点點]|[记記][得着個个]|[别別]忘了|[设設](?:[个個]|一[个個])?(?=提醒)|提前(?:半|[一二两兩三四五六七八九十\d]{1,3})[个個]?(?:天|周|星期|小时|小時|分钟|分鐘)){0,4}(?:提醒|叫|喊|通知)(?:一下|下)?我?(?:一下|下|一声)?[,，:： ]*(?:去|要)?"
    r"|(?:[记記]得|[别別]忘了)",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[,，;；。!！?？\n]|\.\s|\s[-–]\s")
_TRAILING = re.compile(
    # The counts are bounded: a thousand commas must not be tried from each of them.
    r"[\s,，。.!！]{0,8}(?:,?\s{0,2}(?:please|pls|thanks|thx|remind me(?: (?:to|about that|of that))?|ok\??)|(?:记得)?(?:提醒|叫|喊)(?:一下|下)?我(?:一下|下|一声)?|哈|哦|吧|啊|谢谢)[\s.!。！]{0,8}$",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"^(?:to|about|on|at|by|that|for|the|and|,|，|在|于|的|去)\s+|\s+(?:on|at|by|in|to|and|for)$|^[,，\s的前]+",
    re.IGNORECASE,
)
_EDGES = " ,，.。:：!！"
_REMINDER = re.compile(
    r"\b(?:remind|reminder|nudge|ping me|follow[- ]?up|chase|call (?:him|her|them|back)|get back to)\b|提醒|叫我|喊我|跟进|回访|催|再联系|回电",
    re.IGNORECASE,
)
_CLOSE = re.compile(
    r"\b(?:by|before|deadline|due|deliver(?:y|ed)?|close[sd]?|closing|sign(?:ing)?|order(?:ing)?|decision|decide"
    r"|go[- ]?live|launch|need(?:s|ed)?)\b|之?前|以前|交货|交付|到货|上线|签|成交|下单|定下来|拍板|要货|用上|开业",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(
    r"\b(?:until|till?|not before|no(?:thing)? (?:sooner|earlier|before)(?: than)?)\s*$|(?:直|等|得|要|结|凍結|拖|卡|压|壓|缓|緩|推)到了?\s*$",
    re.IGNORECASE,
)
_NOT_UNTIL = re.compile(r"^(?:份|底|初|以后|之后|后)?\s*[才再]")


def read_task(text: str, time_span: tuple[int, int] | None) -> str:
    """What is to be done: what follows "remind me to", without the time; else the only clause before it.

    Empty where a reminder is asked for at the end of other things ("has budget, remind me Friday").
    """
    if time_span is not None:
        start, end = time_span
        text = f"{text[:start].rstrip()} {text[end:].lstrip()}"
    text = " ".join(text.split())
    asked = _LEAD_IN.search(text)
    if asked is None:
        return _trimmed(text)
    after = _trimmed(_CLAUSES.split(text[asked.end() :])[0])
    before = _trimmed(text[: asked.start()])
    return after or ("" if _CLAUSES.search(before) else before)


def _trimmed(task: str) -> str:
    for pattern in (_TRAILING, _DANGLING, _DANGLING):
        task = pattern.sub("", task, count=1).strip(_EDGES)
    return task


def purpose_of(text: str, time_span: tuple[int, int] | None = None) -> str:
    """What a time in a statement is for: `reminder`, `close` (the customer's deadline) or `meeting`.

    `time_span` is where the time stands: "no money until April" (明年才有预算) names no deadline.
    """
    head = text[:1_000]
    if _REMINDER.search(head):
        return "reminder"
    if time_span is not None:
        start, end = time_span
        if _NOT_BEFORE.search(text[max(0, start - 40) : start]) or _NOT_UNTIL.search(text[end : end + 10]):
            return "meeting"
    return "close" if _CLOSE.search(head) else "meeting"
