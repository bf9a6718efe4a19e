"""Pictures: a reply's chart as a PNG file. The only file that knows matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import as_file, files
from itertools import accumulate
from pathlib import Path
from unicodedata import east_asian_width

from actions.turn import Chain, Chart, Funnel, Tiers
from bot.replies import words
from nlu.understanding import INTENTS
from nlu.values.amounts import write_amount

_BLUE, _GREEN, _GREY, _RED = "#3b6fb6", "#3f9c6b", "#b0b7c0", "#c9504a"
_TIERS = ("#f2b705", "#8fb4e3", "#b9d3ee", "#e1e8ef")


def draw(chart: Chart, language: str, names: dict[str, str], target: Path) -> Path:
    """Draws a reply's chart as a PNG; `names` are the stages' names."""
    if isinstance(chart, Chain):
        return _draw_chain(chart, language, target)
    if isinstance(chart, Tiers):
        return _draw_tiers(chart, language, target)
    return _draw_funnel(chart, language, names, target)


def _draw_funnel(funnel: Funnel, language: str, names: dict[str, str], target: Path) -> Path:
    """Draws the pipeline as horizontal bars, centred, one a stage with its count and amount; writes a PNG."""
    # Importing matplotlib takes half a second: only who asks for a picture waits for it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    with as_file(files("noto_cjk_sans_otc") / "NotoSansCJK-Regular.ttc") as font_file:
        font = FontProperties(fname=str(font_file))
        figure = Figure(figsize=(7, 0.62 * len(funnel.stages) + 1.1), dpi=120)
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        widest = max((count for _, count, _ in funnel.stages), default=1) or 1
        label = words("chart", language)
        for row, (stage, count, minor) in enumerate(funnel.stages):
            colour = {"won": _GREEN, "lost": _GREY}.get(stage, _BLUE)
            axes.barh(row, count, left=(widest - count) / 2, color=colour, height=0.72)
            text = label["bar"].format(count=count, amount=_money(minor, funnel.currency, language))
            axes.text(widest * 1.04, row, text, va="center", fontproperties=font, fontsize=10)
            axes.text(-widest * 0.04, row, names[stage], va="center", ha="right", fontproperties=font, fontsize=11)
        axes.set_xlim(-widest * 0.32, widest * 1.62)
        axes.invert_yaxis()
        axes.axis("off")
        axes.set_title(label["funnel"], fontproperties=font, fontsize=13, loc="left")
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target, bbox_inches="tight")
    return target


def _money(minor: int, currency: str, language: str) -> str:
    """An amount without its cents, as replies write it."""
    return write_amount(Decimal(round(minor / 100)), currency, language)


NAME_AT_MOST = 22
"""The width of a name in a picture, in Latin letters; a longer one is cut. A Han character is two wide."""


def _draw_chain(chain: Chain, language: str, target: Path) -> Path:
    """Draws who introduced whom as a tree from left to right, a box a person; writes a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    label = words("chart", language)
    places = _places(chain)
    deepest, lowest = max(x for x, _ in places), max(y for _, y in places)
    with as_file(files("noto_cjk_sans_otc") / "NotoSansCJK-Regular.ttc") as font_file:
        font = FontProperties(fname=str(font_file))
        figure = Figure(figsize=(2.5 * deepest + 2.9, 0.8 * lowest + 1.9), dpi=120)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        for (x, y), (name, company, before, state) in zip(places, chain.people, strict=True):
            colour = {"asked": _BLUE, "bought": _GREEN}.get(state, _GREY)
            if before is not None:
                from_x, from_y = places[before]
                bend = x - 0.5
                axes.plot([from_x, bend, bend, x], [from_y, from_y, y, y], color=_GREY, linewidth=1.2, zorder=1)
            shown = "\n".join(_cut(line) for line in (name or label["unnamed"], company) if line)
            style = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": colour, "linewidth": 1.6}
            # Names are other people's text: a dollar sign in one begins no formula.
            box = axes.text(x, y, shown, va="center", ha="center", fontproperties=font, fontsize=10, bbox=style)
            box.set_linespacing(1.35)
            box.set_parse_math(False)
        axes.set_xlim(-0.55, deepest + 0.55)
        axes.set_ylim(lowest + 0.8, -0.8)
        axes.axis("off")
        axes.set_title(label["chain"], fontproperties=font, fontsize=13, loc="left")
        states = [(_BLUE, "asked"), (_GREEN, "bought")]
        told = [(colour, state) for colour, state in states if any(each[3] == state for each in chain.people)]
        for row, (colour, state) in enumerate(told):
            axes.annotate(
                f"■ {label[state]}",
                (0, 0),
                xytext=(4, -14 * row),
                xycoords="axes fraction",
                textcoords="offset points",
                color=colour,
                fontproperties=font,
                fontsize=9,
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target, bbox_inches="tight")
    return target


def _places(chain: Chain) -> list[tuple[int, float]]:
    """Where each box stands: a column a step, a row for everybody who introduced nobody, the others amid theirs."""
    introduced: dict[int | None, list[int]] = {}
    for place, (_, _, before, _) in enumerate(chain.people):
        introduced.setdefault(before, []).append(place)
    found: dict[int, tuple[int, float]] = {}
    rows = iter(range(len(chain.people)))

    def put(place: int, column: int) -> float:
        below = [put(each, column + 1) for each in introduced.get(place, ())]
        row = (below[0] + below[-1]) / 2 if below else float(next(rows))
        found[place] = (column, row)
        return row

    for root in introduced.get(None, ()):
        put(root, 0)
    return [found[place] for place in range(len(chain.people))]


def _cut(name: str) -> str:
    """A name on one line, cut where it is too long for a box."""
    line = " ".join(name.split())
    widths = list(accumulate(2 if east_asian_width(char) in "FW" else 1 for char in line))
    if not widths or widths[-1] <= NAME_AT_MOST:
        return line
    return line[: sum(width < NAME_AT_MOST for width in widths)] + "…"


def _draw_tiers(pyramid: Tiers, language: str, target: Path) -> Path:
    """Draws the tiers as a pyramid of customers, with bars beside it for what each tier makes; writes a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    label, tiers = words("chart", language), pyramid.tiers
    profits = [profit for _, _, _, profit in tiers if profit is not None]
    sold = sum(sales for _, _, sales, _ in tiers)
    with as_file(files("noto_cjk_sans_otc") / "NotoSansCJK-Regular.ttc") as font_file:
        font = FontProperties(fname=str(font_file))
        figure = Figure(figsize=(9.5, 0.95 * len(tiers) + 0.9), dpi=120)
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.45))
        for row, (name, count, sales, profit) in enumerate(tiers):
            # Each tier a slice of one pyramid: the widths tell the rank, the figures the customers.
            edges = [-row - 0.6, row + 0.6, row + 1.54, -row - 1.54]
            left.fill(edges, [row + 0.03, row + 0.03, row + 0.97, row + 0.97], color=_TIERS[row % len(_TIERS)])
            for height, text in ((0.36, name), (0.68, label["customers"].format(count=f"{count:,}"))):
                left.text(0, row + height, text, ha="center", va="center", fontproperties=font, fontsize=10)
            share = f" ({sales / sold:.0%})" if sold > 0 else ""
            bars = [(0.36, sales, _BLUE, "sold", share)] if count else []
            if profit is not None:
                bars.append((0.7, profit, _GREEN if profit >= 0 else _RED, "earned", ""))
            for height, minor, colour, kind, more in bars:
                right.barh(row + height, minor, color=colour, height=0.3 if kind == "sold" else 0.2)
                text = label[kind].format(amount=_money(minor, pyramid.currency, language)) + more
                right.text(max(minor, 0), row + height, f"  {text}", va="center", fontproperties=font, fontsize=9)
        most = max([sales for _, _, sales, _ in tiers] + profits + [1])
        right.set_xlim(min([0, *profits]) * 1.05, most * 1.75)
        for axes in (left, right):
            axes.set_ylim(len(tiers), 0)
            axes.axis("off")
        right.axvline(0, color=_GREY, linewidth=1)
        left.set_title(label["pyramid"], fontproperties=font, fontsize=13, loc="left")
        figure.subplots_adjust(wspace=0.06)
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target, bbox_inches="tight")
    return target


def draw_confusion(confusion: Mapping[tuple[str, str], int], language: str, target: Path) -> None:
    """Draws which intent was taken for which: a row an intent, its cells' shares of the row in percent; writes a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import PowerNorm
    from matplotlib.figure import Figure

    seen = {intent for pair in confusion for intent in pair}
    intents = [intent for intent in INTENTS if intent in seen]
    totals = {row: sum(confusion.get((row, column), 0) for column in intents) for row in intents}
    shares = [[confusion.get((row, column), 0) / (totals[row] or 1) for column in intents] for row in intents]
    side = 0.42 * len(intents) + 2.4
    figure = Figure(figsize=(side, side), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    # The root of the share, so that a few mistakes are seen beside many right answers.
    axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, vmin=0, vmax=1))
    for y, row in enumerate(shares):
        for x, share in enumerate(row):
            if share:
                colour = "white" if share > 0.3 else "black"
                axes.text(x, y, f"{share * 100:.0f}", ha="center", va="center", fontsize=8, color=colour)
    places = range(len(intents))
    axes.set_xticks(places, intents, rotation=45, ha="left", rotation_mode="anchor")
    axes.set_yticks(places, [f"{intent} ({totals[intent]})" for intent in intents])
    axes.xaxis.tick_top()
    axes.set_xticks([place - 0.5 for place in places], minor=True)
    axes.set_yticks([place - 0.5 for place in places], minor=True)
    axes.grid(which="minor", color="#e3e6ea", linewidth=0.6)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("taken for", fontsize=11)
    axes.xaxis.set_label_position("top")
    axes.set_ylabel("meant (messages)", fontsize=11)
    axes.set_title(f"{language}: which intent was taken for which, in percent of the row", loc="left", pad=14)
    figure.savefig(target, bbox_inches="tight", pad_inches=0.2)
