"""Pictures: a reply's chart as a PNG file. The only file that knows matplotlib."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from actions.turn import Funnel
from bot.replies import words

_BLUE, _GREEN, _GREY = "#3b6fb6", "#3f9c6b", "#b0b7c0"


def draw_funnel(funnel: Funnel, language: str, names: dict[str, str], target: Path) -> Path:
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
