"""Reads how many units the customer wants. It rather finds nothing than a number of something else.

Money is in `amounts`; the nouns that are no goods are in `nouns`."""

import re
from dataclasses import dataclass
from decimal import Decimal

from nlu.values.amounts import read_amounts
from nlu.values.folding import fold
from nlu.values.nouns import GOODS_MEASURES, GRANTED, NOT_GOODS
from nlu.values.numerals import ENGLISH_WORD, read_chinese, read_small, tidy


@dataclass(frozen=True)
class Quantity:
    """A number of units and where in the text it stands."""

    value: Decimal
    span: tuple[int, int]


_FREE = r"(?<![\w.,/$€£¥#+-])"
_FIGURES = r"\d{1,3}(?:,\d{3}){1,3}|\d{1,7}(?:\.\d)?"
_ENGLISH = re.compile(
    rf"{_FREE}(?:(?P<low>\d{{1,6}}) ?(?:-|to|or|~) ?)?(?P<number>{_FIGURES}|(?:half )?a dozen|(?:{ENGLISH_WORD}|\d{{1,3}}) dozen|an? (?:hundred|thousand)|"
    rf"(?:{ENGLISH_WORD})\b(?:[ -](?:{ENGLISH_WORD})\b)?(?: hundred\b| thousand\b)?)(?P<size> ?(?:k|m|million|thousand|hundred)\b)?(?P<plus>\+)? ?(?:x(?![a-z0-9]) ?)?(?P<of>of (?:the |your |our |those )?(?=[a-z]{{1,5}}-?\d))?",
    re.ASCII,
)
_WORD = re.compile(r"(?:x )?([a-z0-9][a-z0-9-]{0,30})(?:['’]s?)? ?", re.ASCII)
_MODEL = re.compile(r"[a-z]{1,5}-?\d{1,5}[a-z]{0,3}", re.ASCII)
_PLURALS = frozenset(
    ["pcs", "pc", "sets", "units", "pieces", "licences", "licenses", "seats", "tons", "tonnes", "t", "ton"]
)
_NO_PLURALS = frozenset(
    [
        "is",
        "was",
        "has",
        "this",
        "plus",
        "less",
        "its",
        "us",
        "yes",
        "does",
        "thus",
        "gas",
        "bus",
        "focus",
        "status",
        "bonus",
        "always",
        "perhaps",
    ]
)
_PHRASE_ENDS = re.compile(r" ?(?:\Z|[.,;!?)\n]|(?:and|or|of|to|for|by|with|at|on|in|please|pls|next)\b)", re.ASCII)
# What the customer has, had or counts is not what they want.
_HAS = re.compile(
    r"(?:\b(?:has|have|had|own|owns|operate|operates|run|runs|running|use|uses|using|already|currently|existing|employs?|number|no\.?|"
    r"room|floor|version|step|level|tier|top|page|chapter|phase|stage|first|last|past|next|every|these|those|after|before|"
    r"since|other|another|his|her|their|our|my|the|route|line|unit|model|type|in|at|on|last year|within|did|made|held|met|visited|sold|sells?|produces?|makes?|ships?))"
    r" ?(?:about |around |over |some |only |just )?\Z",
    re.ASCII,
)
_WANTS = re.compile(
    r"\b(?:needs?|wants?|order(?:s|ed|ing)?|buy(?:s|ing)?|take|takes|for|purchas\w*|interested in|quote|quoted|of|requires?|looking for)"
    r"(?: (?:about|around|at least|some|up to|another|it|us|them|on))?\s?\Z",
    re.ASCII,
)
_UP_TO = re.compile(r"\b(?:up to|at most|max) ?\Z", re.ASCII)
_WRITTEN = r"(?P<number>\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?)(?![\d.,:%/-]?\d)(?!%)"
_QTY = re.compile(rf"(?:\b(?:qty|quantity)(?: of| is)?|数量[是为]?)[ :=]{{0,3}}{_WRITTEN}", re.ASCII)
# 200 × X200 and 水泵 × 200 are so many of a product; 200 × 300 is a size.
_TIMES = (
    re.compile(rf"(?<![\w.,×*-]){_WRITTEN} ?[×*] ?(?=[a-z\u4e00-\u9fff])", re.ASCII),
    re.compile(
        rf"(?:[a-z][\w-]{{0,20}}|[\u4e00-\u9fff]) ?[×*] ?{_WRITTEN}(?! ?(?:[×*]|[cm]?m\b|毫米|厘米|米))", re.ASCII
    ),
)

_SINGLES = frozenset("台套辆吨箱批件部瓶桶柜")
_LENGTHS = frozenset(("米", "平方米", "平米", "平方", "立方米", "立方", "升"))
_NEEDS_DEMAND = frozenset(
    (
        "部",
        "把",
        "米",
        "平方米",
        "平米",
        "平方",
        "立方米",
        "立方",
        "条",
        "包",
        "根",
        "组",
        "片",
        "盘",
        "托",
        "升",
        "只",
        "张",
        "支",
        "副",
    )
)
_MEASURE = "|".join(sorted((set(GOODS_MEASURES) - {"块", "打"}) | {"个"}, key=len, reverse=True))
_CHINESE = re.compile(
    r"(?<![\d.,a-z$€£¥第几数零一二两三四五六七八九十百千万亿./:-])(?:(?P<low>\d{1,6}|[一二两三四五六七八九]) ?(?:-|~|到|至) ?)?"
    r"(?P<number>\d{1,3}(?:,\d{3}){1,3}|\d{1,7}(?:\.\d{1,2})?[百千万亿]{0,2}|[一二两三四五六七八九十][零一二两三四五六七八九十百千万]{0,8})(?P<k>k)? ?(?:多|余)?"
    rf"(?!{GRANTED})(?P<measure>{_MEASURE}|块(?=[板屏砖玻太显光]))",
    re.ASCII,
)
_DEMAND = re.compile(r"(?:要|需|订|定购|定做|买|采购|下单|购|缺|求|换)[^,.;!?。\n]{0,8}\Z", re.ASCII)
_CHINESE_HAS = re.compile(
    r"(?:[有用]着?|现有|已有|目前|手上|库存|去年|上次|之前|以前|每[天月年]|一共有|老的)[^,.;!?。\n]{0,3}\Z", re.ASCII
)
_STILL_WANTS = re.compile(r"[^,.;!?。\n]{0,12}(?:需求|订单|采购|要买|意向|想要|计划买)", re.ASCII)
_NOT_A_THING = re.compile(
    r"(?:手|门|分|长|事|月|人|客户|问题|小时|钟|星期|礼拜|点|工作日|部门|方案|流程|说法|话术|资料|报价|办法|理论|体系|标准|建议|意见|消息|信息|微信|短信|"
    r"名片|理由|需求|要求|发票|合同|订单|照片|图|原因|季|朋友|同事|老板|经理|总|电话|渠道|阶段|方面|竞争|对手|供应|选择|条件|湾|阶|风|北|新?项目|"
    r"公司|厂|城市|国家|地方|角色|步|周|单子|商机|线索|联系|决策|机会|例子|案例|名|亿|字|样板|左右的?人|会|议|价|多月|"
    r"样品间|币|票|层|楼|代理|经销|大客户|老客户|新客户|负责|采购员|评委|银行|竞品)",
    re.ASCII,
)


def read_quantity(text: str) -> Quantity | None:
    """Returns the number of units wanted, the first one said, or None."""
    characters = list(fold(text))
    for start, end in (amount.span for amount in read_amounts(text)):
        # What is money counts nothing: "1.2m rupees".
        characters[start:end] = "\0" * (end - start)
    folded = "".join(characters)
    found = [quantity for read in (_read_labelled, _read_english, _read_chinese) if (quantity := read(folded))]
    return min(found, key=lambda quantity: quantity.span) if found else None


def _read_labelled(folded: str) -> Quantity | None:
    """ "qty 200", "数量：1,500", "200 × X200"."""
    match = next((match for pattern in (_QTY, *_TIMES) if (match := pattern.search(folded))), None)
    if match is None or not (value := Decimal(match["number"].replace(",", ""))):
        return None
    return Quantity(tidy(value), match.span())


def _read_english(folded: str) -> Quantity | None:
    for match in _ENGLISH.finditer(folded):
        value = _english_value(match)
        if value is not None and (end := _end_of_goods(match, value, folded)):
            return Quantity(tidy(value), (match.start(), end))
    return None


def _english_value(match: re.Match[str]) -> Decimal | None:
    """The number; of a range the lower end."""
    words, size = match["number"], (match["size"] or "").strip()
    factor = {"k": 1000, "thousand": 1000, "hundred": 100, "m": 10**6, "million": 10**6}.get(size, 1)
    if match["low"]:
        return Decimal(match["low"]) * factor
    if words[0].isdigit() and not words.endswith("dozen"):
        return Decimal(words.replace(",", "")) * factor
    head, _, last = words.rpartition(" ")
    if last in ("dozen", "hundred", "thousand"):
        times = Decimal("0.5") if head == "half a" else Decimal(read_small(head) or 0)
        return times * {"dozen": 12, "hundred": 100, "thousand": 1000}[last] * factor
    number = read_small(words)
    return None if number is None else Decimal(number) * factor


def _end_of_goods(match: re.Match[str], value: Decimal, folded: str) -> int | None:
    """Where the goods end that the number counts, or None where it counts nothing that can be ordered."""
    start, end = match.span()
    up_to = _UP_TO.search(folded, max(0, start - 8), start)
    if value <= 0 or (not up_to and _HAS.search(folded, max(0, start - 20), start)):
        return None
    wanted = match["of"] is not None or _WANTS.search(folded, max(0, start - 24), start) is not None
    if goods := _goods(folded, end, wanted, value == 1):
        return goods
    alone = match["number"].endswith("dozen") or (match["plus"] and wanted)
    return match.end("number") if alone and _PHRASE_ENDS.match(folded, end) else None


def _goods(folded: str, position: int, wanted: bool, single: bool) -> int | None:
    """Where the plural noun ends that stands among the next three words; a model will do where it is wanted."""
    for _ in range(3):
        word = _WORD.match(folded, position)
        if not word or word[1] in NOT_GOODS or word[1].isdigit():
            return None
        if _is_plural(word[1]) or (wanted and (single or _MODEL.fullmatch(word[1]))):
            return word.end(1)
        position = word.end()
    return None


def _is_plural(word: str) -> bool:
    if word in _PLURALS:
        return True
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith("ss")
        and word not in _NO_PLURALS
        and not word[0].isdigit()
    )


def _read_chinese(folded: str) -> Quantity | None:
    for match in _CHINESE.finditer(folded):
        words = match["low"] or match["number"].replace(",", "")
        value = read_chinese(words)
        if match["low"] and value is not None and match["number"][-1] in "百千万":
            value *= {"百": 100, "千": 1000, "万": 10_000}[match["number"][-1]]
        if value and match["k"]:
            value *= 1000
        if value and _is_wanted(match, value, folded):
            return Quantity(tidy(value), match.span())
    return None


def _is_wanted(match: re.Match[str], value: Decimal, folded: str) -> bool:
    """Whether the measured things are goods that the customer asks for."""
    start, end, measure = match.start(), match.end(), match["measure"]
    if _NOT_A_THING.match(folded, end) or folded[end : end + 1] in ("长", "宽", "高", "深"):
        return False
    if _CHINESE_HAS.search(folded, max(0, start - 8), start) and not _STILL_WANTS.match(folded, end):
        return False
    # 上一台 and 这一台 point to something; 二组 and 二部 are names.
    pointed = value == 1 and folded[start - 1 : start] in tuple("上下同另每某哪这那")
    if pointed or match["number"] == "二":
        return False
    demanded = _DEMAND.search(folded, max(0, start - 12), start) is not None
    if value == 1:
        return demanded and measure in _SINGLES
    if measure == "个" or measure in _LENGTHS:
        return demanded
    return demanded or value >= 10 or measure not in _NEEDS_DEMAND
