"""``python -m demo.paper SHEET.pdf --out FOTO.jpg``: a printed sheet is signed and photographed."""

import argparse
import sys
from pathlib import Path

from demo.paper.filling import Office
from demo.paper.finder import find_geometry
from demo.paper.geometry import Geometry
from demo.paper.habits import HARD, ORDINARY
from demo.paper.hands import SCHOOLS
from demo.paper.laboratory import SETS, take
from demo.paper.sheet import Sheet


def main(asked: list[str]) -> int:
    """Write the picture and, where asked, the truth of each cell; 2 when a file does not fit."""
    options = _options().parse_args(asked)
    try:
        pdf = options.sheet.read_bytes()
        sheet = Sheet(pdf, _geometry(pdf, options.geometry, 2 * options.page - 2))
        away = None if options.away is None else frozenset(int(row) - 1 for row in options.away.split(",") if row)
    except (OSError, KeyError, TypeError, ValueError) as error:
        sys.stderr.write(f"tidak dapat dipakai: {error}\n")
        return 2
    habits = HARD if options.hard else ORDINARY
    shot = take(sheet, options.school, options.set, options.seed, habits, Office(options.done, away))
    target = options.out.with_suffix(f".{shot.ending}")
    target.write_bytes(shot.data)
    for truth in shot.truths if options.truth else ():
        sys.stdout.write(f"{truth.kind}\t{truth.row}\t{truth.column}\t{truth.ink}\t{truth.expected}\n")
    sys.stderr.write(f"{target}\n")
    return 0


def _geometry(pdf: bytes, known: Path | None, page: int) -> Geometry:
    """From the file, or from the page's own lines."""
    return Geometry.from_json(known.read_text("utf-8")) if known else find_geometry(pdf, page)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo.paper", description=__doc__)
    parser.add_argument("sheet", type=Path, help="PDF lembar presensi")
    parser.add_argument("--geometry", type=Path, help="tempat sel (JSON); tanpa ini dicari dari garis tabelnya")
    parser.add_argument("--page", type=int, default=1, help="halaman lembar (halaman balik tidak dihitung)")
    parser.add_argument("--out", type=Path, required=True, help="nama berkas gambar; akhiran disesuaikan")
    parser.add_argument("--set", choices=SETS, default="photo1600", help="jenis foto atau pindaian")
    parser.add_argument("--school", choices=sorted(SCHOOLS), default="test", help="kumpulan tangan dan kamera")
    parser.add_argument("--seed", type=int, default=1, help="angka acak; angka sama, gambar sama")
    parser.add_argument("--done", type=int, help="banyaknya sesi yang sudah ditandatangani")
    parser.add_argument("--away", help="baris yang tidak hadir, misalnya 3,7; tanpa coretan aneh")
    parser.add_argument("--hard", action="store_true", help="banyak coretan, garis, dan cap")
    parser.add_argument("--truth", action="store_true", help="tulis isi setiap sel ke stdout")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
