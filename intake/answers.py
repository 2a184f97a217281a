"""The words about one submission: from a draft to the lines of its receipt (CONVENTIONS.md 1 and 6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from domain.decision import is_about_row
from domain.outcome import RECAP, Flag, QuestionKind, SubmissionDraft
from domain.reading import Problem
from domain.resolution import World
from domain.row_owner import owners
from domain.terms import Session, Timeliness
from domain.timing import window_of
from domain.wording import clock_time, listing, long_date, month_name

_FLAG_LINES = {
    Flag.WRONG_ROUTE: "SALAH JALUR: kiriman unit ini dikoordinir melalui {sender}; kiriman tetap dicatat.",
    Flag.WRONG_MAILBOX: "Kiriman ini masuk ke alamat BKD yang bukan untuk unit ini ({mailbox}); kiriman tetap dicatat.",
    Flag.STRANGER: "Pengirim tidak terdaftar untuk unit ini; kiriman dicatat dan akan diperiksa petugas BKD.",
    Flag.UNVERIFIED: "BELUM TERVERIFIKASI: keaslian pengirim belum terbukti. Bila kiriman ini bukan dari Bapak/Ibu, "
    "mohon segera memberi tahu BKD dengan membalas surel ini.",
    Flag.NO_SIGNATURE: "TANPA TANDA TANGAN: lembar ini diketik. Mohon menyusulkan lembar bertanda tangan "
    "(foto atau pindaian).",
    Flag.HEAD_MISSING: "BELUM SAH: tanda tangan kepala belum ada; dapat dilengkapi hari ini. "
    "Kehadiran pegawai tidak terpengaruh.",
    Flag.NOT_DUE: "Hari ini bukan hari kerja unit; kiriman tetap disimpan dan dibaca.",
    Flag.OUTSIDE_PERIOD: "Presensi manual sedang tidak diberlakukan untuk unit ini; kiriman tetap disimpan dan dibaca.",
    Flag.SENT_IN_TIME: "DIKIRIM DALAM WAKTU MENURUT PENYEDIA: petugas BKD akan memutuskan.",
    Flag.OUR_INCIDENT: "GANGGUAN POSKO: kotak surel kami terganggu; keterlambatan ini tidak dibebankan kepada unit.",
    Flag.AHEAD: "MENDAHULUI: ada tanda untuk sesi yang belum dimulai; petugas BKD akan memeriksanya.",
    Flag.SUSULAN: "SUSULAN: ada tanda pada sesi sebelumnya yang baru terlihat pada kiriman ini.",
    Flag.SAME_PHOTO: "FOTO SAMA: foto ini sama dengan yang sudah kami terima; tidak ada tanda baru.",
    Flag.CHANGED: "BERUBAH: ada tanda pada kiriman sebelumnya yang kini tidak terlihat; petugas BKD akan memeriksanya. "
    "Tanda yang sudah tercatat tetap berlaku.",
    Flag.OTHER_PRINT: "LEMBAR LAIN: lembar ini bukan lembar yang sebelumnya dikirim. Mohon satu lembar saja dipakai "
    "sepanjang minggu; bila lembar hilang, balas FORMAT ULANG.",
    Flag.NAMES_DIFFER: "NAMA BERBEDA: nama pada lembar tidak sesuai dengan kodenya; petugas BKD akan memeriksanya.",
    Flag.COPIED: "SALINAN: beberapa tanda tangan tampak disalin; petugas BKD akan memeriksanya.",
    Flag.SAME_FILE: "Berkas yang sama sudah pernah kami terima; catatan pertama tetap berlaku.",
    Flag.RESENT: "Kiriman ulang: ditambahkan pada nomor yang sama; waktu kiriman pertama tetap berlaku.",
    Flag.OWN_FORM: "FORMULIR SENDIRI: untuk minggu ini lembar cetak BKD tersedia dan lebih pasti terbaca; mohon "
    "memakainya. Balas FORMAT untuk memperolehnya.",
    Flag.NEW_LAYOUT: "Susunan formulir ini baru bagi kami; hasil bacanya menunggu konfirmasi petugas BKD.",
    Flag.PENDING: "Foto atau pindaian sudah disimpan; pembacaannya dilakukan petugas BKD.",
    Flag.DATE_GUESSED: "Tanggal tidak tertulis di lembar; dicatat sesuai tanggal kiriman. Mohon dibalas bila keliru.",
    Flag.UNIT_FROM_SENDER: "Nama unit tidak tertulis pada lembar; dicatat untuk unit pengirim.",
}


@dataclass(frozen=True, slots=True)
class SubmissionAnswer:
    """What a receipt says of one submission: result first, then what to do, then the number."""

    headline: str
    lines: tuple[str, ...]
    number: str


def answer_submission(draft: SubmissionDraft, number: str, world: World, mailbox: str | None) -> SubmissionAnswer:
    """The words for one submission."""
    lines = [
        *_reading_lines(draft, world),
        *_page_lines(draft),
        *_question_lines(draft, world),
        *_how_to_name(draft, number),
    ]
    lines.extend(flag_lines(draft.flags, draft, world, mailbox))
    lines.extend(problem_line(p) for p in draft.problems)
    lines.extend(_retake_lines(draft, world))
    return SubmissionAnswer(_headline(draft, world), tuple(lines), number)


def subject_of(draft: SubmissionDraft, world: World) -> str:
    """``DATANG Dinas Perhubungan, Selasa, 24 November 2026``."""
    unit = world.roster.units[draft.unit].name
    if draft.session == RECAP:
        return f"rekap {unit}, {month_name(draft.date)}"
    return f"{world.profile.session_names[Session(draft.session)]} {unit}, {long_date(draft.date)}"


def _headline(draft: SubmissionDraft, world: World) -> str:
    what = subject_of(draft, world)
    if not draft.received:
        return (
            f"Kiriman pukul {clock_time(draft.at, world.profile)} telah kami terima dan simpan, tetapi belum dapat "
            f"dibaca sebagai lembar presensi. Presensi {what} masih tercatat BELUM DITERIMA{_limit(draft, world)}."
        )
    told = f"Presensi {what}, telah kami terima pukul {clock_time(draft.at, world.profile)}"
    if draft.session == RECAP:
        return told.replace("Presensi rekap", "Rekap presensi", 1) + f": {_timing_words(draft, world)}."
    return f"{told}: {_timing_words(draft, world)}."


def _limit(draft: SubmissionDraft, world: World) -> str:
    if draft.session == RECAP:
        return ""
    window = window_of(world, draft.unit, draft.date, Session(draft.session))
    return f"; batas pengiriman pukul {clock_time(window.closes, world.profile)}" if window else ""


def _timing_words(draft: SubmissionDraft, world: World) -> str:
    if draft.timeliness is Timeliness.ON_TIME:
        return "TEPAT WAKTU"
    if draft.timeliness is Timeliness.EARLY:
        return "LEBIH AWAL dari jadwal dan tetap dicatat"
    if draft.timeliness is Timeliness.PARTIAL:
        pages = listing([str(n) for n in draft.missing_pages])
        return "TEPAT WAKTU SEBAGIAN" + (f"; halaman yang belum ada: {pages}" if pages else "")
    limit = ""
    if draft.session != RECAP:
        window = window_of(world, draft.unit, draft.date, Session(draft.session))
        limit = f" dari batas {clock_time(window.closes, world.profile)}" if window else ""
    return (
        f"TERLAMBAT {duration(draft.late_minutes)}{limit}. "
        "Keterlambatan dicatat pada pengiriman unit, bukan pada kehadiran pegawai"
    )


def duration(minutes: int) -> str:
    """``4 menit``, ``1 jam 5 menit``, ``2 hari 3 jam``."""
    days, rest = divmod(minutes, 24 * 60)
    hours, mins = divmod(rest, 60)
    parts = [(days, "hari"), (hours, "jam"), (mins, "menit")]
    told = [f"{n} {word}" for n, word in parts if n]
    return " ".join(told[:2]) or "0 menit"


def _reading_lines(draft: SubmissionDraft, world: World) -> list[str]:
    counts = draft.counts
    if not counts.rows:
        return []
    members = len(world.roster.members(draft.unit, draft.date))
    read = counts.signed + counts.reported + counts.code
    lines = [f"Terbaca {read} dari {members} pegawai{_parts(draft)}."]
    if draft.empty_rows:
        lines.append("Kolom kosong: " + listing([f"{_row_no(no)}{name}" for no, name in draft.empty_rows]) + ".")
    if draft.absentees:
        names = [world.roster.people[key].bare_name for key in draft.absentees]
        lines.append("Tidak tercantum pada lembar: " + listing(names) + ".")
    return lines


def _page_lines(draft: SubmissionDraft) -> list[str]:
    """TLG-05: the receipt names the missing pages."""
    if not draft.missing_pages:
        return []
    missing = listing([str(n) for n in draft.missing_pages])
    return [
        f"Halaman BELUM lengkap: halaman {missing} (dari {draft.expected_pages}) belum kami terima atau belum terbaca; "
        "mohon segera dikirimkan."
    ]


def _retake_lines(draft: SubmissionDraft, world: World) -> list[str]:
    """TLG-05: until when a retake keeps the time of the first photo."""
    if not draft.ask_retake:
        return []
    return [
        f"Kiriman ulang yang kami terima paling lambat pukul {retake_until(draft, world)} tetap memakai waktu kiriman "
        "pertama. Bila tetap terkendala, petugas BKD akan memeriksa kiriman pertama."
    ]


def retake_until(draft: SubmissionDraft, world: World) -> str:
    """The time up to which a retake surely keeps the first photo's time."""
    asked = draft.retake_asked_at or draft.at
    return clock_time(asked + timedelta(minutes=world.profile.retake_minutes), world.profile)


def _parts(draft: SubmissionDraft) -> str:
    counts = draft.counts
    named = [
        (counts.signed, "tanda tangan"),
        (counts.reported, "isian ketikan"),
        (counts.code, "keterangan"),
        (counts.empty, "kosong"),
        (counts.unsure, "belum terbaca"),
    ]
    told = [f"{n} {word}" for n, word in named if n]
    return f" ({', '.join(told)})" if told else ""


def _row_no(no: int | None) -> str:
    return f"no. {no} " if no is not None else ""


def _question_lines(draft: SubmissionDraft, world: World) -> list[str]:
    if not draft.questions:
        return []
    told = []
    for question in draft.questions:
        who = f"{_row_no(question.paper_no)}(tulisan '{question.text}')"
        if question.kind is QuestionKind.PERSON:
            maybe = [owner.text for owner in owners(world, draft.unit, draft.date, question.candidates)]
            told.append(f"{who} dapat berarti {' atau '.join(maybe[:3])}" if maybe else who)
        elif question.kind is QuestionKind.NEWCOMER:
            told.append(f"{who} tidak ada dalam daftar pegawai unit")
        elif question.kind is QuestionKind.CELL and question.candidates:
            name = world.roster.people[question.candidates[0]].bare_name
            told.append(f"{_row_no(question.paper_no)}{name}" + (f" ({question.text})" if question.text else ""))
        else:
            told.append(who)
    return [
        "Belum terbaca dengan pasti: "
        + listing(told, 8)
        + ". Sebelum jelas, statusnya BELUM TERBACA, bukan tidak hadir."
    ]


def _how_to_name(draft: SubmissionDraft, number: str) -> list[str]:
    """How to say whose a row is; the word is kept beside the reading and settles nothing by itself."""
    rows = [q.paper_no for q in draft.questions if is_about_row(q.kind) and q.paper_no is not None]
    if not rows:
        return []
    digits = number.rpartition("-")[2]
    return [
        f"Untuk baris yang pegawainya belum jelas, mohon balas {digits}: {rows[0]} = diikuti nomor pada daftar unit, "
        "nama lengkap, atau NIP pegawainya."
    ]


def flag_lines(flags: Collection[Flag], draft: SubmissionDraft, world: World, mailbox: str | None) -> list[str]:
    """The sentence of each of ``flags`` that has one, the gravest first."""
    sender = world.roster.units.get(world.roster.sender_of(draft.unit))
    fields = {"sender": sender.name if sender else "", "mailbox": mailbox or "-"}
    return [_FLAG_LINES[flag].format(**fields) for flag in _FLAG_LINES if flag in flags]


def problem_line(problem: Problem) -> str:
    """One problem as a line of a letter; the parser's message already says what to send instead."""
    return problem.message if problem.message.endswith((".", "!", "?")) else problem.message + "."
