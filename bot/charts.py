"""Pictures: a reply's chart as a PNG file. The only file that knows matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path

from actions.turn import Chart, Funnel
from bot.replies import words
from nlu.understanding import INTENTS

_BLUE, _GREEN, _GREY = "#3b6fb6", "#3f9c6b", "#b0b7c0"


def draw(chart: Chart, language: str, names: dict[str, str], target: Path) -> Path:
    """Draws a reply's chart as a PNG; `names` are the stages' names."""
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
            text = label["bar"].format(count=count, amount=f"{minor / 100:,.0f}", currency=funnel.currency)
            axes.text(widest * 1.04, row, text, va="center", fontproperties=font, fontsize=10)
            axes.text(-widest * 0.04, row, names[stage], va="center", ha="right", fontproperties=font, fontsize=11)
        axes.set_xlim(-widest * 0.32, widest * 1.62)
        axes.invert_yaxis()
        axes.axis("off")
        axes.set_title(label["funnel"], fontproperties=font, fontsize=13, loc="left")
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
