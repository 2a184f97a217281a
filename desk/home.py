"""The front page: says what answers here, and loudly when its clock is not the real one."""

from html import escape

STYLE = "body{font:1.1rem/1.5 sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}.demo{background:#ffd400;\
color:#000;border:4px solid #000;padding:1rem;font-weight:bold}"

_PAGE = """<!doctype html>
<html lang="id">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Posko Presensi</title><style>{style}</style></head>
<body>
{banner}<h1>Posko Presensi</h1>
<p>Layanan ini menerima lembar presensi manual perangkat daerah melalui surel selama presensi daring terganggu,
mencatat waktu penerimaannya, membaca isinya, dan mengirim tanda terima.</p>
<p>Pengirim tidak perlu masuk ke halaman ini: kirimkan lembar presensi ke alamat surel yang ditetapkan BKD,
dan tanda terima akan dikirim sebagai balasan.</p>
<p>Keadaan layanan: <a href="readyz">readyz</a></p>
</body></html>
"""
_BANNER = (
    '<p class="demo" role="alert">INSTALASI PERAGAAN. Jam digeser: {clock}. Waktu di sini bukan waktu nyata.</p>\n'
)


def home_page(demo_clock: str | None) -> str:
    """The page as HTML (UTF-8)."""
    banner = _BANNER.format(clock=escape(demo_clock)) if demo_clock else ""
    return _PAGE.format(style=STYLE, banner=banner)
