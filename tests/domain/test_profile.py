"""Profiles: complete for five governments, and refused with file, line and expectation when wrong (K1-K8)."""

from datetime import date, time
from itertools import pairwise
from pathlib import Path

import pytest

from domain import profile_codes, profile_rules, profile_time
from domain.errors import ExitCode, ProfileError
from domain.profile import Profile, load_profile, parse_profile, profile_names
from domain.profile_base import DAY_END, Part
from domain.terms import Pattern, Session, StatusKey
from domain.windows import windows_on

NAMES = ("bontang", "bulungan", "malang", "tarakan", "tulungagung")
FOLDER = Path(__file__).resolve().parents[2] / "domain" / "profiles"
TEXT = (FOLDER / "tulungagung.toml").read_text(encoding="utf-8")


def test_five_governments_are_shipped() -> None:
    assert profile_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_government_says_what_every_room_needs(name: str) -> None:
    profile = load_profile(name)
    assert profile.key == name
    assert profile.zone_label == {"bontang": "WITA", "bulungan": "WITA", "tarakan": "WITA"}.get(name, "WIB")
    assert profile.session_names[Session.PULANG] == "PULANG"
    assert (profile.reminder_minutes, profile.retake_minutes) == (10, 30)
    assert {"weekly", "monthly"} == set(profile.recipients)
    assert not any(recipient.copies for recipient in profile.recipients.values())  # BTG-08
    assert profile.forms["daily"].head_signature  # TLG-08
    assert profile.code_for(StatusKey.DINAS_LUAR) == "DL"
    pns, pppk = profile.sanctions
    assert (len(pns.steps), pns.steps[-1].first_days, pns.steps[-1].last_days) == (9, 28, None)
    assert (pns.minutes_per_day, pppk.steps) == (None, ())
    ends = [(step.first_days, step.last_days) for step in pns.steps]
    assert all(last is not None and last + 1 == first for (_, last), (first, _) in pairwise(ends))


def test_field_descriptions_exist_for_every_key_of_every_part() -> None:
    def undescribed(model: type[Part]) -> list[str]:
        return [name for name, field in model.model_fields.items() if not field.description]

    parts: set[type[Part]] = {
        part
        for module in (profile_codes, profile_rules, profile_time)
        for part in vars(module).values()
        if isinstance(part, type) and issubclass(part, Part)
    }
    assert {part.__name__: undescribed(part) for part in parts | {Profile} if undescribed(part)} == {}


def test_k1_the_same_code_means_opposite_things_in_two_governments() -> None:
    assert load_profile("bulungan").code_key("TK") is StatusKey.TUGAS_KHUSUS
    assert load_profile("malang").code_key("TK") is StatusKey.ALPA
    assert load_profile("tulungagung").code_key("TK") is None


@pytest.mark.parametrize("spelling", ["A", "a", " Alpa ", "ALPHA", "alfa", "A."])
def test_k2_alpa_is_known_in_bulungan_only(spelling: str) -> None:
    assert load_profile("bulungan").code_key(spelling) is StatusKey.ALPA
    for name in ("bontang", "malang", "tarakan", "tulungagung"):
        assert load_profile(name).code_key(spelling) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", ["TL", "TL1", "PSW1", "M", "D", "DD", "PD", "X", "", "."])
def test_k3_a_code_with_two_meanings_is_never_guessed(name: str, code: str) -> None:
    assert load_profile(name).code_key(code) is None


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("d.l.", StatusKey.DINAS_LUAR),
        ("Dinas  Luar", StatusKey.DINAS_LUAR),
        ("ijin", StatusKey.IZIN),
        ("S", StatusKey.SAKIT),
        ("Diklat", StatusKey.DIKLAT),
        ("TB", StatusKey.TUGAS_BELAJAR),
    ],
)
def test_spellings_are_accepted_in_any_case_and_with_dots(code: str, key: StatusKey) -> None:
    assert load_profile("bulungan").code_key(code) is key
    assert "DINAS LUAR" in load_profile("bulungan").code_spellings


def test_reports_print_the_governments_own_code() -> None:
    bulungan = load_profile("bulungan")
    assert bulungan.code_for(StatusKey.DIKLAT) == "TK"  # BLG F: diklat has no code of its own
    assert bulungan.code_for(StatusKey.TUGAS_BELAJAR) == "-"  # BLG-15
    assert bulungan.code_for(StatusKey.LEPAS_JAGA) is None
    assert load_profile("malang").code_for(StatusKey.ALPA) == "TK"


def test_bulungan_keeps_the_numbers_of_its_regulation() -> None:
    profile = load_profile("bulungan")
    assert profile.apel is not None
    assert profile.apel.deadline == time(9, 0)  # BLG-17
    kinerja = profile.kinerja
    assert kinerja is not None
    assert (kinerja.monthly_points, kinerja.points_per_credited_day) == (6800, 360)  # BLG-20, BLG-27
    assert (kinerja.entry_hours, kinerja.verify_hours) == (48, 48)  # BLG-21, BLG-22
    assert profile.superior_silence == "approved"  # BLG-23, K4
    assert profile.people.transfer_days == 7  # BLG-14
    reasons = {r.code: (r.letter_required, r.max_days) for r in profile.manual_reasons}
    assert reasons == {"SINYAL": (True, None), "HP": (True, 7), "SERVER": (False, None)}  # BLG-25, 26, 30
    assert profile.evidence.photo_max_kb == 200  # BLG-36
    assert "NON ASN" not in profile.people.subjects  # BLG-01, K7
    assert profile.deadlines.correction_first_day == 1  # BLG-33


def test_malang_bontang_and_tarakan_keep_what_is_theirs_alone() -> None:
    malang, bontang, tarakan = (load_profile(name) for name in ("malang", "bontang", "tarakan"))
    assert malang.absence.automatic  # MLG-07
    assert malang.absence.last_day_warning == time(15, 0)
    assert "NON ASN" in malang.people.subjects  # MLG-01
    assert malang.people.single_entry == (StatusKey.DINAS_LUAR,)  # MLG-13
    cutoff = malang.deadlines.keterangan_cutoff
    assert cutoff is not None
    assert cutoff.closes == DAY_END  # MLG-06
    assert bontang.superior_silence == "pending"  # BTG-03
    assert bontang.evidence.face_photo_outside  # BTG-01
    assert [step.minutes for step in tarakan.approval_chain] == [15, 5, 5, 5, 5]  # TRK-07
    assert [step.action for step in tarakan.approval_chain] == ["draf", "paraf", "paraf", "tanda tangan", "arsip"]


def test_tulungagung_names_who_sends_directly() -> None:
    routing = load_profile("tulungagung").routing
    assert routing.direct_parents == ("Dinas Pendidikan", "Dinas Kesehatan")  # TLG-14
    assert routing.coordinators == {"Sekretariat Daerah": "Bagian Umum"}  # TLG-12
    assert routing.whatsapp_when_mail_fails  # TLG-15


def test_the_version_names_the_exact_text() -> None:
    one, same = parse_profile(TEXT, "a.toml"), parse_profile(TEXT, "b.toml")
    other = parse_profile(TEXT + "\n# catatan", "a.toml")
    assert one.version == same.version == load_profile("tulungagung").version
    assert len(one.version) == 12
    assert one.version != other.version


def test_a_governments_own_file_is_read_by_path_even_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "kabupaten.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert load_profile(path).key == "tulungagung"
    assert load_profile(str(path)).version == load_profile("tulungagung").version


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ProfileError, match="bontang, bulungan, malang, tarakan, tulungagung") as caught:
        load_profile("jember")
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "rusak.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProfileError, match=r"rusak\.toml"):
        load_profile(path)


SPECIAL = """
[[windows]]
session = "pulang"
patterns = [5]
{narrower}
opens = "15.00"
closes = "15.30"
"""


@pytest.mark.parametrize(
    ("old", "new", "line_text", "expected"),
    [
        ('closes = "07.30"', 'closes = "7.30"', 'closes = "7.30"', "menit terakhir"),
        ('closes = "07.30"', "closes = 7.30", "closes = 7.30", "menit terakhir"),
        ('closes = "07.30"', 'closes = "24.00"', 'closes = "24.00"', "windows[1].closes = '24.00'"),
        ('closes = "07.30"', 'closes = "06.30"', 'closes = "06.30"', "sesudah jam buka"),
        ('opens = "15.30"', 'opens = "07.30"', 'opens = "07.30"', "datang harus tutup sebelum"),
        ('zone = "Asia/Jakarta"', 'zone = "WIB"', 'zone = "WIB"', "Asia/Jakarta, Asia/Pontianak"),
        ('zone = "Asia/Jakarta" # WIB', "", 'key = "tulungagung"', "kunci wajib zone belum ada"),
        ('closes = "17.00"', "", "[deadlines.monthly_recap]", "kunci wajib deadlines.monthly_recap.closes"),
        ("reminder_minutes = 10", "reminder_minutes = 0", "reminder_minutes = 0", "mengingatkan"),
        ("reminder_minutes = 10", "reminder_minutes = 45", "reminder_minutes = 45", "jendela waktu kirim"),
        ("reminder_minutes = 10", "reminder_minute = 10", "reminder_minute = 10", "tidak dikenal; yang dikenal: key,"),
        ("at_close = true", "at_clos = true", "at_clos = true", "yang dikenal: at_close, to (dan 1 kesalahan lain)"),
        ("at_close = true", "", "[escalation]", "diharapkan: beri tahu atasan"),
        ('to = "kasubbag"', 'too = "kasubbag"', 'too = "kasubbag"', "yang dikenal: at_close, to"),
        ("[codes.DL]", "[codes.DL]\nlabels = 1", "labels = 1", "yang dikenal: key, label, accepts"),
        ('key = "SAKIT"', 'key = "SICK"', 'key = "SICK"', "codes.S.key = 'SICK'"),
        ('accepts = ["SAKIT", "SKT"]', 'accepts = ["dl"]', 'accepts = ["dl"]', 'ejaan "DL"'),
        ("[codes.S]", "[codes.HADIR]", "[codes.HADIR]", 'ejaan "HADIR"'),
        ("[forms.daily]", "[forms.harian]", "[forms.harian]", "forms.harian"),
        ('[recipients.monthly]\nname = "Subbidang Disiplin ASN"', "", "[recipients.weekly]", "belum ada: monthly"),
        ('rule = "last_working_day"', 'rule = "last_working_day"\nday = 5', "day = 5", "day diisi hanya"),
        ('rule = "last_working_day"', 'rule = "last_day"\nshift = "next_working_day"', 'rule = "last_day"', "shift"),
        ("[5, 6]", "[5, 7]", "[5, 7]", "windows[1].patterns[2] = 7"),
        ("[5, 6]", "[5]", "[[windows]]", "pola 6 hari kerja"),
        ("[session_names]", "[session_names", "[session_names", "bukan TOML yang sah"),
        ("face_photos = 90", "face_photos = 120", "face_photos = 120", "30 s.d. 90"),
        ('employment = ["PPPK"', 'employments = ["PPPK"', "employments = ", "sanctions[2].employments"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_and_what_was_expected(
    old: str, new: str, line_text: str, expected: str
) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, "profil.toml")
    message = str(caught.value)
    assert caught.value.line is not None
    assert message.startswith(f"profil.toml:{caught.value.line}: ")
    assert expected in message
    if "zone" not in expected:
        assert line_text in text.splitlines()[caught.value.line - 1]


def test_a_file_cut_off_in_the_middle_is_refused_without_a_line() -> None:
    with pytest.raises(ProfileError, match=r"profil\.toml: bukan TOML") as caught:
        parse_profile('kop = ["PEMERINTAH"', "profil.toml")
    assert caught.value.line is None


def test_an_empty_file_is_told_its_first_missing_key_and_how_many_more() -> None:
    with pytest.raises(ProfileError, match=r"profil\.toml:1: kunci wajib key belum ada.*\(dan \d+ kesalahan lain\)"):
        parse_profile("", "profil.toml")


@pytest.mark.parametrize(
    ("narrower", "expected"),
    [
        ("", "dua jendela pulang berlaku pada hari yang sama"),
        ("first_day = 2027-03-08\nlast_day = 2027-02-08", "tidak sebelum tanggal mulai"),
        ("weekdays = [0]", "1 = Senin"),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused(narrower: str, expected: str) -> None:
    with pytest.raises(ProfileError, match=expected):
        parse_profile(TEXT + SPECIAL.format(narrower=narrower), "profil.toml")


def test_two_ranges_that_overlap_are_refused_and_two_that_do_not_are_not() -> None:
    first = SPECIAL.format(narrower="first_day = 2027-02-08\nlast_day = 2027-03-08")
    for start, refused in (("2027-03-08", True), ("2027-03-09", False)):
        text = TEXT + first + SPECIAL.format(narrower=f"first_day = {start}")
        if refused:
            with pytest.raises(ProfileError, match=r"windows\[5\]"):
                parse_profile(text, "profil.toml")
        else:
            assert len(parse_profile(text, "profil.toml").windows) == 5


def test_the_most_special_window_counts() -> None:
    special = [
        ("weekdays = [5]", "15.00"),
        ("first_day = 2027-02-08\nlast_day = 2027-03-08", "14.00"),
        ("first_day = 2027-02-08\nlast_day = 2027-03-08\nweekdays = [5]", "14.45"),
    ]
    blocks = [SPECIAL.format(narrower=narrower).replace('"15.00"', f'"{opens}"') for narrower, opens in special]
    profile = parse_profile(TEXT + "".join(blocks), "profil.toml")

    def opens(day: date, pattern: Pattern = Pattern.FIVE) -> str:
        return f"{windows_on(profile, day, pattern)[1].opens:%H.%M}"

    assert opens(date(2027, 2, 4)) == "15.30"  # Thursday, TLG-02
    assert opens(date(2027, 2, 5)) == "15.00"  # Friday
    assert opens(date(2027, 2, 11)) == "14.00"  # Ramadan
    assert opens(date(2027, 2, 12)) == "14.45"  # a Friday of Ramadan
    assert opens(date(2027, 2, 12), Pattern.SIX) == "14.00"  # TLG-03
