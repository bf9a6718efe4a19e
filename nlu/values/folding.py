"""Folds a message to one plain form, character by character, so that spans stay valid in the raw text.

Readers match their tables against the folded text and never see full-width, capital or traditional forms."""

# A chat message has at most 4,096 characters in Telegram; what lies beyond this limit is not a message
# but a pasted document, and reading all of it would only cost time.
LIMIT = 10_000

TRADITIONAL = (
    "點点後后週周個个兩两萬万億亿號号禮礼鐘钟時时間间內内這这臺台輛辆張张條条噸吨塊块錢钱幣币歐欧鎊镑報报價价預预額额"
    "單单總总從从過过會会見见訂订買买貨货採采購购簽签約约們们準准遲迟開开離离給给電电話话傳传聯联繫系聊聊節节當当淩凌"
    "韓韩紐纽盧卢銖铢蘭兰馬马臨临幾几貳二贰二叁三肆四伍五陸六陆六柒七捌八玖九拾十佰百仟千壹一圓元費费數数"
    "業业績绩現现發发還还實实際际變变換换為为積积歲岁層层樓楼員员戶户門门線线機机館馆店店廳厅桌桌邊边長长寬宽種种項项隻只"
    "雙双盤盘捲卷顆颗筆笔對对組组雲云軟软體体訪访談谈寄寄碼码帳账賬账熱热絡络手手跟跟進进醒醒計计劃划爭争確确認认"
    "從从將将轉转達达終终結结讓让優优惠惠漲涨無无與与產产廠厂輪轮須须請请樣样該该應应標标裝装賣卖給给據据歷历險险"
)
_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\t"
_PUNCTUATION = {
    "，": ",",
    "：": ":",
    "．": ".",
    "％": "%",
    "～": "~",
    "－": "-",
    "—": "-",
    "–": "-",
    "−": "-",
    "’": "'",
    "‘": "'",
    "＋": "+",
    "￥": "¥",
    "＄": "$",
    "（": "(",
    "）": ")",
    "；": ";",
    "！": "!",
    "？": "?",
    "／": "/",
    "＝": "=",
    "＠": "@",
    "〇": "零",
    "○": "零",
}


def _table() -> dict[int, str]:
    """The character map: traditional to simplified, full width to ASCII, every space to a plain one."""
    table = dict(zip(map(ord, TRADITIONAL[::2]), TRADITIONAL[1::2], strict=True))
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
    table.update({ord(space): " " for space in _SPACES})
    table.update({ord(mark): plain for mark, plain in _PUNCTUATION.items()})
    return table


_TABLE = _table()


def plain(text: str) -> str:
    """Returns `text`, cut at the limit, with one plain character for each of its own; case is kept."""
    return text[:LIMIT].translate(_TABLE)


def fold(text: str) -> str:
    """Returns `plain(text)` in lower case, still one character for each."""
    flat = plain(text)
    low = flat.lower()
    if len(low) == len(flat):
        return low
    # Some capitals (İ) become two characters in lower case: those stay as they are.
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in flat)
