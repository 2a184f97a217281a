"""Commands: slips and small letters are understood, chatter never becomes a command with effects."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commands import EFFECTS, Command, Spoken, read_command


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("BANTUAN", Spoken(Command.HELP)),
        ("bantun", Spoken(Command.HELP)),
        ("/start", Spoken(Command.HELP)),
        ("status", Spoken(Command.STATUS)),
        ("Sttus", Spoken(Command.STATUS)),
        ("statsu", Spoken(Command.STATUS)),
        ("/status@posko_bot", Spoken(Command.STATUS)),
        ("Status pak", Spoken(Command.STATUS)),
        ("belum", Spoken(Command.MISSING)),
        ("format", Spoken(Command.FORMS)),
        ("formt", Spoken(Command.FORMS)),
        ("format ulang", Spoken(Command.FORMS_AGAIN)),
        ("FORMAT ULNG", Spoken(Command.FORMS_AGAIN)),
        ("riwayat", Spoken(Command.HISTORY)),
        ("riwyat", Spoken(Command.HISTORY)),
        ("Rekap mingguan", Spoken(Command.RECAP, text="mingguan")),
        ("rekap", Spoken(Command.RECAP)),
        ("cek tlg-2026-w48-1", Spoken(Command.CHECK, "TLG-2026-W48-1")),
        ("cek", Spoken(Command.CHECK)),
        ("DAFTAR Dinas Perhubungan", Spoken(Command.REGISTER, text="Dinas Perhubungan")),
        ("daftr dinas perhubungan", Spoken(Command.REGISTER, text="dinas perhubungan")),
        ("daftar 4827 1930", Spoken(Command.REGISTER, "48271930")),
        ("berhenti", Spoken(Command.STOP)),
        ("Berenti.", Spoken(Command.STOP)),
        ("STOP", Spoken(Command.STOP)),
        ("mulai", Spoken(Command.START)),
        ("KENDALA listrik padam sejak subuh", Spoken(Command.TROUBLE, text="listrik padam sejak subuh")),
        ("kendla 0117 jaringan putus", Spoken(Command.TROUBLE, "0117", "jaringan putus")),
        ("Kendala: jaringan", Spoken(Command.TROUBLE, text="jaringan")),
        ("koreksi 0117", Spoken(Command.OBJECT, "0117")),
        ("KOREKSI TLG-20261124-D-0117 baris 7", Spoken(Command.OBJECT, "TLG-20261124-D-0117", "baris 7")),
        ("perksa 0117", Spoken(Command.INSPECT, "0117")),
        ("bukti k-12", Spoken(Command.EVIDENCE, "K12")),
        ("setuju K12", Spoken(Command.APPROVE, "K12")),
        ("terima k12", Spoken(Command.APPROVE, "K12")),
        ("tolak K12 surat tidak bertanggal", Spoken(Command.REJECT, "K12", "surat tidak bertanggal")),
    ],
)  # fmt: skip
def test_a_command_is_understood_as_people_type_it(text: str, meant: Spoken) -> None:
    assert read_command(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "> BERHENTI", "Terlampir daftar hadir hari ini.", "Daftar hadir Dinas Perhubungan 24 November",
        "daftar nama pegawai terlampir", "Mulai besok kami kirim lewat surel.", "Berhenti sejenak ya listriknya",
        "Rekan-rekan mohon segera", "rekan", "koleksi foto", "Formal sekali pak", "kendali", "Setuju pak",
        "terima kasih", "Terima kasih banyak", "tolak ukur kinerja", "Mohon bantuan Bapak/Ibu",
        "Status pegawai kami belum berubah",
        "Belum ada yang datang pak", "periksa lagi dong fotonya yang kedua", "cek ombak", "Bukti terlampir",
        "Koreksi kami kirim besok pagi saja", "Siap", "Baik Pak, laksanakan", "Assalamualaikum", "07.18", "0117",
        "Format lama",
    ],
)  # fmt: skip
def test_chatter_is_no_command(text: str) -> None:
    assert read_command(text) is None


WORDS = (
    "yth bapak ibu kami mohon kirim presensi hari ini dinas sudah belum ada listrik padam jaringan foto lembar besok"
    " pagi siang sore surel pegawai hadir sakit cuti izin terlampir nama rapat baik siap laksanakan segera menyusul"
    " berganti rekan koleksi kendali formal mulia tolok perkara mulut status laporan format kepala kantor"
).split()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_sentences_of_ordinary_words_never_have_effects(words: list[str]) -> None:
    found = read_command(" ".join(words))
    # FORMAT alone is the command itself.
    assert found is None or found.command not in EFFECTS or words[0] == "format"


@given(st.text(alphabet=string.ascii_letters + string.digits + " .,:;/?!\n", max_size=60))
def test_any_text_is_read_without_an_error_and_effects_need_the_first_letter_and_length_of_a_command(text: str) -> None:
    found = read_command(text)
    if found is not None and found.command in EFFECTS:
        first = text.strip().lstrip("/#").split()[0]
        spelled = {c.value.split()[0] for c in Command} | {"STOP", "TERIMA"}
        assert any(first[0].upper() == word[0] and len(first) >= len(word) - 2 for word in spelled)


@given(
    st.sampled_from(sorted(EFFECTS - {Command.FORMS_AGAIN})),
    st.integers(0, 10),
    st.sampled_from(string.ascii_lowercase),
)
def test_one_wrong_letter_gives_the_same_command_or_none_never_another(
    command: Command, place: int, letter: str
) -> None:
    word = command.value
    at = place % (len(word) - 1) + 1
    slip = word[:at] + letter + word[at + 1 :]
    for behind in ("", " 0117", " K12 alasan", " Dinas Perhubungan"):
        found = read_command(slip + behind)
        assert found is None or found.command is command
