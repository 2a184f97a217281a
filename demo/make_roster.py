"""An invented roster of the forty offices: always the same people, none of whom exists.

``python -m demo.make_roster OUT.xlsx`` writes it. Serial numbers end in 9xx, telephones begin with 6280000000 and
addresses lie under ``.test``, so that nothing here can meet a real person.
"""

import random
import sys
from dataclasses import dataclass
from pathlib import Path

from demo.offices import OFFICES, Office
from demo.roster import Employee, Town, settle, write

_FIRST_MEN = "Agus Bambang Budi Dedi Eko Hadi Heru Imam Joko Slamet Suyanto Teguh Wahyu Yudi Rizal Arif Edi Nur"
_FIRST_WOMEN = "Anik Dewi Endang Fitri Kartika Lilis Nanik Ratna Rini Siti Sulis Tutik Umi Wahyuni Wiwik Yuni Puji Nur"
_MIDDLE = "Adi Arya Ayu Budi Catur Dian Eka Indra Kusuma Panca Puspita Sari Setya Tri Wahyu Agung Dwi Bayu"
_LAST_MEN = "Cahyono Hartono Hidayat Kurniawan Mulyono Nugroho Prasetyo Raharjo Santoso Setiawan Suprapto Utomo Widodo"
_LAST_WOMEN = "Anggraini Astuti Fitriani Handayani Hidayati Kurniasih Lestari Nurjanah Pertiwi Rahmawati Wulandari"
_HEADS = {
    "setda": "Sekretaris Daerah",
    "bagian": "Kepala Bagian",
    "uptd": "Kepala UPTD",
    "smp": "Kepala Sekolah",
    "puskesmas": "Kepala Puskesmas",
    "kecamatan": "Camat",
}
_POSTS = {
    "smp": (
        "Guru Ahli Muda (Matematika)",
        "Guru Ahli Pertama (IPA)",
        "Guru Ahli Madya (PJOK)",
        "Pengelola Perpustakaan",
    ),
    "puskesmas": ("Perawat Ahli Pertama", "Bidan Mahir", "Nutrisionis Ahli Pertama", "Sanitarian Terampil"),
}
_OFFICE_POSTS = (
    "Penelaah Teknis Kebijakan",
    "Pranata Komputer Ahli Pertama",
    "Arsiparis Terampil",
    "Pengelola Layanan Operasional",
    "Pengadministrasi Perkantoran",
)
_TITLES = {"smp": ("S.Pd.", "S.Pd., Gr.", "S.Pd., M.Pd."), "puskesmas": ("A.Md.Keb.", "S.Kep., Ns.", "S.KM.")}
_HEAD_TITLES = ("S.H., M.Si.", "S.Sos., M.AP.")
_OFFICE_TITLES = ("S.Sos.", "S.E.", "S.H.", "S.Kom.", "S.IP., M.Si.", "", "", "")
_RANKS = (
    ("II/c", "Pengatur"),
    ("III/a", "Penata Muda"),
    ("III/b", "Penata Muda Tingkat I"),
    ("III/d", "Penata Tingkat I"),
)
_SEKDA = "U001"


@dataclass
class _Inventor:
    """Hands out names, numbers and contacts that were not given before."""

    dice: random.Random
    taken_names: set[str]
    taken_nips: set[str]
    count: int = 0

    def name(self, sex: str) -> str:
        first, last = (_FIRST_MEN, _LAST_MEN) if sex == "L" else (_FIRST_WOMEN, _LAST_WOMEN)
        while True:
            parts = [self.dice.choice(words.split()) for words in (first, _MIDDLE, last)]
            name = " ".join(dict.fromkeys(parts))
            if name not in self.taken_names:
                self.taken_names.add(name)
                return name

    def nip(self, sex: str, status: str, *, head: bool) -> tuple[str, str]:
        """A number and the birth date it holds (DOMAIN.md 1)."""
        while True:
            born = f"{self.dice.randint(1968 if head else 1972, 1980 if head else 1996)}"
            day = f"{self.dice.randint(1, 12):02}{self.dice.randint(1, 28):02}"
            hired = int(born) + self.dice.randint(23, 26)
            entry = f"{hired}{self.dice.choice(('01', '03', '12'))}" if status == "PNS" else f"{max(hired, 2021)}21"
            nip = f"{born}{day}{entry}{1 if sex == 'L' else 2}9{self.dice.randint(1, 99):02}"
            if nip not in self.taken_nips:
                self.taken_nips.add(nip)
                return nip, f"{born}-{day[:2]}-{day[2:]}"


def invent() -> Town:
    """The same forty offices with the same people, every time."""
    inventor = _Inventor(random.Random("roster-peragaan"), set(), set())
    people: list[Employee] = []
    sekda: str | None = None
    for office in OFFICES:
        head = _invent(inventor, office, None, sekda)
        sekda = sekda or head.nip
        people.append(head)
        people.extend(_invent(inventor, office, place, head.nip) for place in range(1, office.size))
    return settle(people)


def _invent(inventor: _Inventor, office: Office, place: int | None, superior: str | None) -> Employee:
    """The head of ``office`` (``place`` None) or its n-th employee."""
    dice, head = inventor.dice, place is None
    inventor.count += 1
    sex = dice.choice("LP")
    status = "PNS" if head else dice.choices(("PNS", "PPPK", "NON ASN"), (70, 24, 6))[0]
    bare = inventor.name(sex)
    nip, born = inventor.nip(sex, status, head=head)
    title = (
        dice.choice(("S.H., M.Si.", "S.Sos., M.AP.")) if head else dice.choice(_TITLES.get(office.kind, _OFFICE_TITLES))
    )
    grade, rank = ("IV/b", "Pembina Tingkat I") if head else dice.choice(_RANKS)
    return Employee(
        name=f"{bare}, {title}" if title and status != "NON ASN" else bare,
        bare_name=bare,
        nip=None if status == "NON ASN" else nip,
        status=status,
        grade=grade if status == "PNS" else "IX" if status == "PPPK" else None,
        rank=rank if status == "PNS" else None,
        post=_HEADS.get(office.kind, "Kepala Perangkat Daerah") if head else _post(dice, office),
        echelon=None,
        unit=office.code,
        head=head,
        finger=10_000 + inventor.count,
        superior=superior if office.code != _SEKDA else None,
        phone=f"6280000000{inventor.count:03}",
        email=f"p{inventor.count:05}@presensi.test",
        sex=sex,
        born=born,
    )


def _post(dice: random.Random, office: Office) -> str:
    return dice.choice(_POSTS.get(office.kind, _OFFICE_POSTS))


if __name__ == "__main__":
    write(Path(sys.argv[1]), invent())
