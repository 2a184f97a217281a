"""A sheet photographed with a telephone: ruled paper, printed names, pen strokes, uneven light, a slight turn."""

import random
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from demo.sheets.paper import Paper, long_date

_SIZE = (1240, 1754)
_LEFT, _TOP, _ROW = 70, 330, 62
_COLUMNS = (70, 130, 560, 820, 1020, 1170)
_INK = (28, 42, 120)
_DESK = (116, 92, 70)


def photograph(paper: Paper) -> bytes:
    """A JPEG of the signed list of ``paper``; the same for the same paper, every time."""
    dice = random.Random(f"foto:{paper.day}:{paper.office.code}")
    page = Image.new("RGB", _SIZE, (250, 249, 244))
    draw = ImageDraw.Draw(page)
    _print(draw, paper)
    for place, line in enumerate(paper.lines):
        if line.arrived:
            _sign(draw, dice, 840, _TOP + _ROW * (place + 1) + _ROW // 2)
    _sign(draw, dice, 850, _TOP + _ROW * (len(paper.lines) + 4))
    turned = page.rotate(dice.uniform(-1.8, 1.8), Image.Resampling.BICUBIC, expand=True, fillcolor=_DESK)
    shade = Image.linear_gradient("L").rotate(90).resize(turned.size).point(lambda level: 190 + level // 4)
    lit = Image.composite(turned, Image.new("RGB", turned.size, (40, 36, 30)), shade)
    out = BytesIO()
    lit.filter(ImageFilter.GaussianBlur(0.7)).save(out, "JPEG", quality=72)
    return out.getvalue()


def _print(draw: ImageDraw.ImageDraw, paper: Paper) -> None:
    big, small = ImageFont.load_default(30), ImageFont.load_default(21)
    draw.text((_LEFT, 90), "DAFTAR HADIR PEGAWAI", "black", big)
    draw.text((_LEFT, 150), f"Nama OPD : {paper.office.name}", "black", small)
    draw.text((_LEFT, 190), f"Hari/Tanggal : {long_date(paper.day)}", "black", small)
    bottom = _TOP + _ROW * (len(paper.lines) + 1)
    for x in (*_COLUMNS,):
        draw.line((x, _TOP, x, bottom), "black", 2)
    for place in range(len(paper.lines) + 2):
        draw.line((_LEFT, _TOP + _ROW * place, _COLUMNS[-1], _TOP + _ROW * place), "black", 2)
    for x, text in zip(_COLUMNS, ("NO", "NAMA", "NIP", "DATANG", "PULANG"), strict=False):
        draw.text((x + 8, _TOP + 18), text, "black", small)
    for place, line in enumerate(paper.lines, 1):
        y = _TOP + _ROW * place + 18
        for x, text in zip(_COLUMNS, (str(place), line.name[:34], str(line.nip)), strict=False):
            draw.text((x + 8, y), text, "black", small)
    draw.text((850, bottom + 60), paper.head_post, "black", small)
    draw.text((850, bottom + 240), paper.head_name, "black", small)


def _sign(draw: ImageDraw.ImageDraw, dice: random.Random, x: float, y: float) -> None:
    """One signature: a run of loops of a ball pen."""
    points = [(x, y)]
    for _ in range(dice.randint(9, 15)):
        x += dice.uniform(4, 16)
        points.append((x, y + dice.uniform(-21, 21)))
    draw.line(points, _INK, dice.choice((2, 3)), joint="curve")
