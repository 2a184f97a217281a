"""Native charts: readable in black and white by patterns, and by the figures that stand beside them."""

from collections.abc import Sequence
from typing import Final

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.worksheet.worksheet import Worksheet

PATTERNS: Final = ("pct5", "wdUpDiag", "dkDnDiag", "dkVert", "smGrid", "pct70")
_INK = "404040"


def bar_chart(
    sheet: Worksheet,
    title: str,
    columns: tuple[int, int],
    rows: tuple[int, int],
    *,
    across: bool = False,
    labels: bool = False,
) -> BarChart:
    """Bars out of a table: ``columns`` are those of the figures (the column before the first names the bars), ``rows``
    those of the heading and of the last line. Several columns are stacked; ``across``: bars lie on their side.
    """
    chart = BarChart()
    chart.type = "bar" if across else "col"
    chart.title = title
    data = Reference(sheet, min_col=columns[0], max_col=columns[1], min_row=rows[0], max_row=rows[1])
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=columns[0] - 1, min_row=rows[0] + 1, max_row=rows[1]))
    if columns[1] > columns[0]:
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
        pattern.foreground.srgbClr, pattern.background.srgbClr = _INK, "FFFFFF"
        line.graphicalProperties = GraphicalProperties(pattFill=pattern)
        line.graphicalProperties.line.solidFill = "000000"
