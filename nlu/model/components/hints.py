"""What a token looks like, as hints for the entity model: script, shape, surnames, titles, suffixes.

The lists hold what marks a name (a surname, a title, a legal form), never names themselves.
"""

import re
from collections.abc import Sequence
from typing import Union

from components.words import commonness, word_classes

Hint = Union[str, bool]

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温庞殷章葛管裴蓝庄岳齐梅辛卞聂焦詹鲁倪施"
    "張劉陳楊黃趙吳孫馬許韓馮鄧蕭葉蘇呂盧鐘陸賈韋鄒龍賀顧嚴湯龐莊齊"
)
DOUBLE_SURNAMES = frozenset(["欧阳", "司马", "诸葛", "上官", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒"])
TITLES_ZH = frozenset("总经理工姐哥叔姨董局院校所厂科处部长主任医生师老板娘教授姑爷")
NICKNAMES = frozenset("老小阿大")
TITLES_EN = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "sir",
        "madam",
        "herr",
        "frau",
        "boss",
        "manager",
        "director",
        "ceo",
        "cfo",
        "coo",
        "cto",
        "owner",
        "buyer",
    ]
)
SUFFIXES_ZH = [
    "科技",
    "集团",
    "公司",
    "有限",
    "股份",
    "医院",
    "学校",
    "大学",
    "中学",
    "小学",
    "幼儿园",
    "餐厅",
    "酒店",
    "宾馆",
    "饭店",
    "银行",
    "超市",
    "物流",
    "贸易",
    "实业",
    "电子",
    "机械",
    "食品",
    "服饰",
    "制造",
    "重工",
    "建材",
    "地产",
    "置业",
    "药业",
    "医药",
    "生物",
    "化工",
    "能源",
    "电器",
    "电气",
    "五金",
    "印刷",
    "包装",
    "纺织",
    "家具",
    "家居",
    "汽车",
    "汽配",
    "传媒",
    "文化",
    "教育",
    "培训",
    "农业",
    "牧业",
    "工厂",
    "厂家",
    "设备",
    "商贸",
    "商行",
    "诊所",
    "健身",
    "美容",
    "塑料",
    "塑胶",
    "注塑",
    "模具",
    "精密",
    "智能",
    "软件",
    "网络",
    "信息",
    "技术",
    "材料",
    "国际",
    "控股",
    "投资",
    "保险",
    "证券",
    "旅行社",
    "工业",
    "仪器",
    "光电",
    "半导体",
]
SUFFIXES_EN = frozenset(
    [
        "ltd",
        "limited",
        "gmbh",
        "inc",
        "llc",
        "corp",
        "co",
        "company",
        "group",
        "ag",
        "sa",
        "srl",
        "spa",
        "bv",
        "plc",
        "pty",
        "kk",
        "foods",
        "hospital",
        "school",
        "hotel",
        "logistics",
        "industries",
        "systems",
        "technologies",
        "tech",
        "solutions",
        "labs",
        "motors",
        "bank",
        "university",
        "college",
        "clinic",
        "dental",
        "pharma",
        "textiles",
        "trading",
        "holdings",
        "partners",
        "energy",
        "electronics",
        "steel",
        "plastics",
        "packaging",
        "machinery",
        "construction",
    ]
)
UNITS = frozenset("台套个件只箱批吨辆部把张条支瓶盒双米公斤卷桶片块颗间床份单位")
MONEY = frozenset(
    [
        "万",
        "w",
        "k",
        "m",
        "usd",
        "rmb",
        "cny",
        "eur",
        "gbp",
        "dollars",
        "euros",
        "bucks",
        "yuan",
        "grand",
        "million",
        "$",
        "€",
        "£",
        "¥",
        "￥",
    ]
) | frozenset("万元块刀亿$€£¥￥")
_NUMBER = re.compile(r"\d[\d.,:]*[a-zA-Z]{0,3}")
_HAN_NUMBERS = frozenset("零一二两三四五六七八九十百千万亿几半〇")


def shape(text: str) -> str:
    """The form of a word with repetitions cut: X200 is Xd, Acme is Xx, don't is x'x."""
    marks = ["d" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c for c in text]
    return "".join(mark for i, mark in enumerate(marks) if i == 0 or mark != marks[i - 1])


def is_han(text: str) -> bool:
    """Whether a token is a Han character."""
    return (
        len(text) == 1
        and text >= "\u3007"
        and ("\u3400" <= text <= "\u9fff" or text == "〇" or (text >= "\U00020000" and text <= "\U0003134f"))
    )


def _script(text: str) -> str:
    if is_han(text):
        return "han"
    if _NUMBER.fullmatch(text):
        return "number"
    return "word" if text[0].isalnum() else "mark"


def _han_hints(token: str) -> dict[str, Hint]:
    found: dict[str, Hint] = {}
    for name, chars in (
        ("surname", SURNAMES),
        ("title", TITLES_ZH),
        ("nickname", NICKNAMES),
        ("unit", UNITS),
        ("numeral", _HAN_NUMBERS),
    ):
        if token in chars:
            found[name] = True
    return found


def _word_hints(token: str) -> dict[str, Hint]:
    low = token.lower()
    found: dict[str, Hint] = {"shape": shape(token)}
    if low in TITLES_EN:
        found["title"] = True
    if low in SUFFIXES_EN:
        found["suffix"] = True
    return found


def _suffix_positions(tokens: Sequence[str]) -> dict[int, str]:
    """Where the characters of a Chinese company suffix stand: first, middle or last."""
    joined = "".join(token if is_han(token) else "\0" for token in tokens)
    places: dict[int, str] = {}
    for suffix in SUFFIXES_ZH:
        start = joined.find(suffix)
        while start >= 0:
            end = start + len(suffix) - 1
            places.update({i: "in" for i in range(start, end)})
            places[end] = "end"
            start = joined.find(suffix, end)
    return places


def hints(tokens: Sequence[str]) -> list[dict[str, Hint]]:
    """The hints of each token of a message."""
    suffixes = _suffix_positions(tokens)
    classes = word_classes(tokens, [is_han(token) for token in tokens])
    rows: list[dict[str, Hint]] = []
    for i, token in enumerate(tokens):
        row: dict[str, Hint] = {"script": _script(token)}
        row.update(_han_hints(token) if is_han(token) else _word_hints(token))
        if i in classes:
            row["class"] = classes[i]
        elif row["script"] == "word":
            row["common"] = commonness(token)
        if token.lower() in MONEY:
            row["money"] = True
        if i in suffixes:
            row["company"] = suffixes[i]
        # Chinese words are mostly two characters: a pair says far more than either one.
        if i + 1 < len(tokens):
            row["pair"] = token.lower() + tokens[i + 1].lower()
            if token + tokens[i + 1] in DOUBLE_SURNAMES:
                row["surname"] = True
        if i > 0:
            row["back"] = tokens[i - 1].lower() + token.lower()
        rows.append(row)
    return rows
