"""Who may do what at the desk: one table, from which the check at the door and its tests are made.

A route that stands neither here nor in ``PUBLIC`` answers nobody. ``Reach.OWN`` limits what is shown to the account's
own unit and those that it coordinates; another unit's ids are answered as if they did not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.account import Role


class Reach(StrEnum):
    """How far a role sees on one route."""

    ALL = "all"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Right:
    """One route: who may use it and how far. ``names`` says which placeholder names a unit's own thing."""

    method: str
    path: str
    reach: Mapping[Role, Reach]


_ALL, _OWN = Reach.ALL, Reach.OWN
_A, _P, _D, _U = Role.ADMIN, Role.RECEIVER, Role.DISCIPLINE, Role.UNIT
EVERYONE = {_A: _ALL, _P: _ALL, _D: _ALL, _U: _OWN}
STAFF = {_A: _ALL, _P: _ALL, _D: _ALL}
DESK = {_A: _ALL, _P: _ALL}
ADMIN = {_A: _ALL}

# Answered without a login: what they show is public, or they check something else (a password, a token).
PUBLIC = frozenset(
    {
        ("GET", "/"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),  # this machine or the status token
        ("GET", "/api/v1/status"),  # the status token
        ("GET", "/api/v1/openapi.json"),  # holds no data
        ("GET", "/api/v1/units"),  # an API token with the scope
        ("GET", "/api/v1/submissions"),
        ("GET", "/api/v1/marks"),
        ("GET", "/api/v1/reports"),
        ("GET", "/static/{name}"),
        ("GET", "/masuk"),
        ("POST", "/masuk"),
        ("GET", "/masuk/kode"),  # half a login
        ("POST", "/masuk/kode"),
    }
)

_TABLE: tuple[tuple[str, str, Mapping[Role, Reach]], ...] = (
    ("POST", "/keluar", EVERYONE),
    ("GET", "/akun", EVERYONE),
    ("POST", "/akun/sandi", EVERYONE),
    ("POST", "/akun/kode", EVERYONE),
    ("POST", "/akun/kode/lepas", EVERYONE),
    ("GET", "/papan", EVERYONE),
    ("GET", "/papan/hidup", EVERYONE),
    ("GET", "/papan/unit/{unit}", EVERYONE),
    ("POST", "/papan/unit/{unit}/kontak", DESK),
    ("GET", "/periode", STAFF),
    ("POST", "/periode", DESK),
    ("POST", "/periode/{number}/akhiri", DESK),
    ("GET", "/kiriman", EVERYONE),
    ("GET", "/kiriman/{submission}", EVERYONE),
    ("GET", "/kiriman/{submission}/asli/{sha256}", EVERYONE),
    ("GET", "/kiriman/{submission}/halaman/{sha256}", EVERYONE),
    ("POST", "/kiriman/{submission}/baca-ulang", DESK),
    ("GET", "/kiriman/{submission}/isi", DESK),
    ("POST", "/kiriman/{submission}/isi", DESK),
    ("GET", "/periksa", DESK),
    ("GET", "/periksa/susunan", DESK),
    ("POST", "/periksa/susunan/{layout}", DESK),
    ("GET", "/periksa/susunan/{layout}/halaman", DESK),
    ("POST", "/periksa/susunan/{layout}/baca-ulang", DESK),
    ("POST", "/periksa/{question}", DESK),
    ("POST", "/periksa/{question}/batal", DESK),
    ("GET", "/rekap", EVERYONE),
    ("GET", "/rekap/unduh", EVERYONE),
    ("GET", "/laporan", EVERYONE),
    ("POST", "/laporan", STAFF),
    ("GET", "/laporan/{report}", EVERYONE),
    ("GET", "/laporan/{report}/{sha256}", EVERYONE),
    ("GET", "/pegawai", EVERYONE),
    ("GET", "/pegawai/{key}", EVERYONE),
    ("GET", "/keterangan", EVERYONE),
    ("GET", "/keterangan/{number}/bukti/{sha256}", EVERYONE),
    ("POST", "/keterangan/{number}", STAFF),
    ("GET", "/admin", ADMIN),
    ("POST", "/admin/surat/{number}", ADMIN),
    ("POST", "/admin/pesan/{number}", ADMIN),
    ("GET", "/admin/pesan/{number}/asli", ADMIN),
    ("GET", "/admin/pegawai", ADMIN),
    ("GET", "/admin/pegawai/unduh", ADMIN),
    ("POST", "/admin/pegawai", ADMIN),
    ("POST", "/admin/pegawai/terapkan", ADMIN),
    ("GET", "/admin/alamat", DESK),
    ("POST", "/admin/alamat/{number}", DESK),
    ("GET", "/admin/kalender", ADMIN),
    ("POST", "/admin/kalender", ADMIN),
    ("GET", "/admin/mesin", ADMIN),
    ("POST", "/admin/mesin/{number}/id", ADMIN),
    ("POST", "/admin/mesin/akhiri", ADMIN),
    ("POST", "/admin/mesin/berkas", ADMIN),
    ("GET", "/admin/mesin/susunan/{number}", ADMIN),
    ("POST", "/admin/mesin/susunan/{number}", ADMIN),
    ("GET", "/admin/pratinjau", ADMIN),
    ("GET", "/admin/akun", ADMIN),
    ("POST", "/admin/akun", ADMIN),
    ("POST", "/admin/akun/{number}", ADMIN),
    ("POST", "/admin/token", ADMIN),
    ("POST", "/admin/token/{number}/cabut", ADMIN),
)

RIGHTS: Mapping[tuple[str, str], Right] = {(m, p): Right(m, p, r) for m, p, r in _TABLE}


def reach_of(method: str, path: str, role: Role) -> Reach | None:
    """How far ``role`` sees on a route (its pattern); None: not at all."""
    right = RIGHTS.get((method, path))
    return right.reach.get(role) if right else None


def may(method: str, path: str, role: Role) -> bool:
    """Whether ``role`` may use a route at all: menus and buttons are drawn by it."""
    return reach_of(method, path, role) is not None
