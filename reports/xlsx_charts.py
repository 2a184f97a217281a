"""Native charts: readable in black and white by patterns, and by the figures that stand beside them."""

from collections.abc import Sequence
from typing import Final

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import Series
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.worksheet.worksheet import Worksheet

PATTERNS: Final = ("pct5", "wdUpDiag", "dkDnDiag", "dkVert", "smGrid", "pct70")


def bar_chart(
    sheet: Worksheet,
    title: str,
    first_column: int,
    names: Sequence[str],
    rows: tuple[int, int],
    *,
    across: bool = False,
    labels: bool = False,
) -> BarChart:
    """Bars out of a table: one column of figures for each of ``names``, from ``first_column`` on; the column before it
    names the bars, ``rows`` are its first and last. Several columns are stacked; ``across``: bars lie on their side.
    """
    chart = BarChart()
    chart.type = "bar" if across else "col"
    chart.title = title
    for column, name in enumerate(names, first_column):
        figures = Reference(sheet, min_col=column, min_row=rows[0], max_row=rows[1])
        chart.series.append(SeriesFactory(figures, title=name))
    chart.set_categories(Reference(sheet, min_col=first_column - 1, min_row=rows[0], max_row=rows[1]))
    if len(names) > 1:
        chart.grouping, chart.overlap = "stacked", 100
    else:
        chart.legend = None
    if across:
        chart.y_axis.majorGridlines = None
        chart.x_axis.scaling.orientation = "maxMin"  # the first line of the table on top
    # openpyxl writes axes as deleted unless told; LibreOffice and Excel then draw none.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.scaling.min = 0
    chart.gapWidth = 40
    chart.width, chart.height = 24, 9
    _shade(chart.series)
    if labels:
        chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    return chart


def _shade(series: Sequence[Series]) -> None:
    for number, line in enumerate(series):
        pattern = PatternFillProperties(prst=PATTERNS[number % len(PATTERNS)])
        pattern.foreground, pattern.background = ColorChoice(prstClr="black"), ColorChoice(prstClr="white")
        line.graphicalProperties = GraphicalProperties(pattFill=pattern)
        line.graphicalProperties.line.solidFill = "000000"
