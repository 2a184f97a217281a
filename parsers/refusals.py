"""What is said to the sender about a file that was not, or not wholly, read; each says what to send instead."""

from domain.reading import FileReading, Problem, ProblemCode, SheetKind, SheetReading

_SEND = "Mohon mengirim lembar presensi dalam bentuk XLSX, PDF, atau foto/pindaian (JPG, PNG)"

_RETAKE = (
    "Mohon memotret ulang lembar yang sama: kertas rata dan terang, keempat sudut tampak, satu foto satu halaman; "
    "kirim dengan kualitas HD atau hasil pindaian. Mohon tidak menambah tanda tangan sebelum dipotret ulang."
)

MESSAGES: dict[ProblemCode, str] = {
    ProblemCode.NOT_SHEET: f"Berkas tidak kami kenali sebagai lembar presensi. {_SEND}.",
    ProblemCode.EMPTY_FILE: f"Berkas kosong. {_SEND}.",
    ProblemCode.DAMAGED: "Berkas rusak atau terpotong sehingga tidak dapat dibuka. Mohon menyimpan ulang berkas "
    "(XLSX atau PDF), atau memotret ulang lembarnya, dan mengirimkannya kembali.",
    ProblemCode.ENCRYPTED: "Berkas dikunci dengan kata sandi. Mohon mengirim ulang berkas tanpa kata sandi.",
    ProblemCode.UNSUPPORTED_ARCHIVE: "Arsip RAR, 7z, atau sejenisnya tidak dapat kami buka. Mohon melampirkan lembar "
    "presensi langsung (XLSX, PDF, JPG) atau dalam arsip ZIP.",
    ProblemCode.UNSUPPORTED_TYPE: "Jenis berkas ini tidak dapat kami baca. Mohon menyimpannya sebagai XLSX, DOCX, atau "
    "PDF dan mengirimkannya kembali.",
    ProblemCode.TOO_LARGE: "Berkas terlalu besar untuk dibaca. Mohon mengirim lembar presensinya saja, satu unit satu "
    "berkas.",
    ProblemCode.BOMB: "Berkas mengembang jauh melebihi batas ketika dibuka sehingga tidak dibaca. Mohon menyalin "
    "lembar presensi ke berkas baru (XLSX atau PDF) dan mengirimkannya kembali.",
    ProblemCode.TOO_SLOW: "Berkas terlalu rumit untuk dibaca dalam waktu yang tersedia. Mohon mengirim lembar "
    "presensinya saja sebagai XLSX atau PDF; sementara itu petugas BKD akan memeriksanya.",
    ProblemCode.CRASHED: "Berkas tidak dapat dibaca dan disisihkan untuk diperiksa petugas BKD. Mohon menyimpan ulang "
    "berkas (XLSX atau PDF) dan mengirimkannya kembali.",
    ProblemCode.READING_PENDING: "Gambar lembar presensi telah diterima; pembacaannya menyusul.",
    ProblemCode.HAS_MACROS: "Berkas memuat makro. Hanya nilainya yang dibaca; mohon selanjutnya mengirim XLSX tanpa "
    "makro.",
    ProblemCode.DATE_MISSING: "Tanggal pada lembar tidak ditemukan atau tidak lengkap. Mohon menuliskan hari, tanggal, "
    "bulan, dan tahun di atas tabel.",
    ProblemCode.DATE_DOUBTFUL: "Nama hari pada lembar tidak sesuai dengan tanggalnya. Mohon memeriksa tanggal lembar.",
    ProblemCode.UNIT_MISSING: "Nama unit pada lembar tidak ditemukan. Mohon menuliskan nama unit di atas tabel.",
    ProblemCode.UNKNOWN_LAYOUT: "Susunan kolom lembar tidak kami kenali. Mohon memakai format dari BKD; balas FORMAT "
    "untuk memperolehnya.",
    ProblemCode.NEW_LAYOUT: "Susunan kolom formulir ini baru bagi kami; hasil bacanya menunggu konfirmasi petugas BKD.",
    ProblemCode.ROW_UNREAD: "Ada baris yang belum terbaca.",
    ProblemCode.BLURRED: f"Foto belum terbaca (buram). {_RETAKE}",
    ProblemCode.CROPPED: f"Foto belum terbaca (sebagian lembar terpotong atau tertutup). {_RETAKE}",
    ProblemCode.COVERED: "Sebagian kotak tertutup atau terkena silau sehingga belum terbaca. Mohon memotret ulang "
    "lembar yang sama tanpa benda di atasnya dan tanpa pantulan cahaya.",
    ProblemCode.UNKNOWN_FORM: "Kode pada lembar tidak terdaftar di posko ini. Mohon memakai lembar yang dikirim BKD; "
    "balas FORMAT untuk memperolehnya. Sementara itu petugas BKD akan memeriksa kiriman ini.",
    ProblemCode.FORM_RETIRED: "Lembar ini cetakan lama yang sudah digantikan. Mohon selanjutnya memakai cetakan "
    "terbaru; balas FORMAT untuk memperolehnya.",
    ProblemCode.NAMES_DIFFER: "Nama yang tercetak tidak sama dengan nama pada lembar yang dikirim BKD dengan kode ini, "
    "sehingga tidak satu baris pun dicatat sebelum diperiksa petugas BKD. Mohon memakai lembar asli dari BKD; balas "
    "FORMAT untuk memperolehnya.",
    ProblemCode.TWO_TONE: "Pindaian ini hitam-putih (1-bit) sehingga tinta tipis dapat hilang dan kotak kosong, juga "
    "pada baris tambahan, tidak dapat dipastikan. Mohon memindai dalam mode abu-abu (grayscale) atau memotret "
    "lembarnya.",
}


def problem(code: ProblemCode, detail: str = "") -> Problem:
    """The problem with its Indonesian sentence; ``detail`` (Indonesian) is put before it."""
    return Problem(code, f"{detail}: {MESSAGES[code]}" if detail else MESSAGES[code])


def refused(code: ProblemCode, reader: str, *, seconds: float = 0.0, detail: str = "") -> FileReading:
    """A reading that holds nothing but its problem; a picture is a sheet of which the reading is pending."""
    told = problem(code, detail)
    if code is ProblemCode.READING_PENDING:
        return FileReading(reader, sheets=(SheetReading(SheetKind.IMAGE, problems=(told,)),), seconds=seconds)
    return FileReading(reader, problems=(told,), seconds=seconds)
