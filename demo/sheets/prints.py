"""Sheets as PDF: printed from an office program, so with a text layer; and one that nobody can open."""

from io import BytesIO

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from demo.sheets.paper import Paper, long_date

_GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, black),
        ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
        ("FONTSIZE", (0, 0), (-1, -1), 8),
        ("ALIGN", (0, 0), (0, -1), "CENTER"),
    ]
)
_WIDTHS = (10 * mm, 62 * mm, 40 * mm, 20 * mm, 20 * mm, 26 * mm)


def text_pdf(paper: Paper, *, password: str | None = None) -> bytes:
    """The daily list on A4, its header row repeated; locked when a ``password`` is given."""
    out = BytesIO()
    lock = StandardEncryption(password, canPrint=0) if password else None
    document = SimpleDocTemplate(out, pagesize=A4, title="Daftar Hadir Pegawai", encrypt=lock, invariant=1)
    styles = getSampleStyleSheet()
    rows = [["NO", "NAMA", "NIP", "DATANG", "PULANG", "KETERANGAN"]]
    rows += [[str(n), line.name, str(line.nip), line.arrived, "", line.note] for n, line in enumerate(paper.lines, 1)]
    table = Table(rows, colWidths=_WIDTHS, repeatRows=1)
    table.setStyle(_GRID)
    signature = (f"Tulungagung, {long_date(paper.day).split(', ')[1]}", paper.head_post, "", paper.head_name)
    document.build(
        [
            Paragraph("PEMERINTAH KABUPATEN TULUNGAGUNG", styles["Heading3"]),
            Paragraph("DAFTAR HADIR PEGAWAI", styles["Heading2"]),
            Paragraph(f"Nama OPD : {paper.office.name}", styles["Normal"]),
            Paragraph(f"Hari/Tanggal : {long_date(paper.day)}", styles["Normal"]),
            Spacer(0, 4 * mm),
            table,
            Spacer(0, 8 * mm),
            *(Paragraph(text or "&nbsp;", styles["Normal"]) for text in (*signature, f"NIP. {paper.head_nip}")),
        ]
    )
    return out.getvalue()
