"""``posko devices add, list, users, offset, shift, assign``: what an administrator says about machines and people."""

from datetime import datetime, time, timedelta
from typing import Annotated

import typer

from bot.bootstrap import Installation, open_installation
from bot.cli_base import DataOption, JsonOption, day_of, put, put_json, run_async
from domain.device import DeviceKind
from domain.device_people import suggestions
from domain.errors import UsageError
from domain.profile import ZONE_LABELS
from storage.engine import UnitOfWork
from storage.records_devices import DeviceRow, NewAssignment, NewDevice, NewDeviceUser, NewOffset, ShiftRow

ByOption = Annotated[str, typer.Option("--by", help="Siapa yang menetapkan.")]
DeviceOption = Annotated[str, typer.Option("--device", help="Nama mesin.")]
_ZONES = {label: zone for zone, label in reversed(ZONE_LABELS.items())}


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(add)
    app.command("list")(list_)
    app.command()(users)
    app.command()(offset)
    app.command()(shift)
    app.command()(assign)


def add(
    name: Annotated[str, typer.Argument(help="Nama mesin, misalnya dishub-lobi.")],
    data: DataOption = None,
    kind: Annotated[str, typer.Option("--kind", help=f"Jenis: {', '.join(DeviceKind)}.")] = "file",
    serial: Annotated[str | None, typer.Option("--serial", help="Nomor seri, dev_id, atau cloud_id.")] = None,
    number: Annotated[int | None, typer.Option("--number", help="Nomor mesin pada berkas USB.")] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="WIB, WITA, atau WIT; kosong: zona profil.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Kode unit tempat mesin.")] = None,
    place: Annotated[str, typer.Option("--place", help="Letak, misalnya lobi.")] = "",
    address: Annotated[str | None, typer.Option("--address", help="IP:port mesin yang ditelepon.")] = None,
    key_file: Annotated[str | None, typer.Option("--key-file", help="Berkas kunci komunikasi (chmod 600).")] = None,
    network: Annotated[list[str] | None, typer.Option("--network", help="Jaringan asal, misalnya 10.1.0.0/16.")] = None,
    by: ByOption = "admin",
) -> None:
    """Daftarkan mesin, atau ubah yang sudah terdaftar; mesin yang belum terdaftar tidak diterima."""
    if kind not in set(DeviceKind):
        raise UsageError(f"--kind: salah satu dari {', '.join(DeviceKind)}")
    if zone is not None and zone not in (*_ZONES, *ZONE_LABELS):
        raise UsageError("--zone: WIB, WITA, atau WIT")

    async def work() -> None:
        async with open_installation(data) as where, where.db.begin() as uow:
            if unit and unit not in (await uow.roster.load()).units:
                raise UsageError(f"tidak ada unit berkode {unit}")
            device = NewDevice(
                name, DeviceKind(kind), _ZONES.get(zone or "", zone or where.profile.zone), by, where.clock.now(),
                serial, number, unit, place, address, key_file, tuple(network or ()),
            )  # fmt: skip
            await _put_device(uow, device)

    run_async(work())
    put(f"Mesin {name} ({kind}) terdaftar.")


async def _put_device(uow: UnitOfWork, device: NewDevice) -> None:
    known = await uow.devices.by_name(device.name)
    if known is None:
        if await uow.devices.add(device) is None:
            raise UsageError(f"nomor seri {device.serial} sudah dipakai mesin lain")
    else:
        names = ("kind", "zone", "serial", "number", "unit", "place", "address", "key_file", "networks")
        other = await uow.devices.by_serial(device.serial) if device.serial else None
        if other is not None and other.id != known.id:
            raise UsageError(f"nomor seri {device.serial} sudah dipakai mesin {other.name}")
        await uow.devices.change(known.id, {n: getattr(device, n) for n in names})
    action = "device_added" if known is None else "device_changed"
    await uow.audit.add(action, "device", device.name, device.added_by, device.added_at)


def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tampilkan mesin: terakhir terdengar, log sampai kapan, simpangan jam, kendala."""

    async def work() -> list[DeviceRow]:
        async with open_installation(data) as where, where.db.begin() as uow:
            return await uow.devices.all()

    for device in run_async(work()):
        shown = {
            "name": device.name,
            "kind": device.kind.value,
            "serial": device.serial,
            "number": device.number,
            "zone": ZONE_LABELS.get(device.zone, device.zone),
            "unit": device.unit,
            "place": device.place,
            "address": device.address,
            "seen_at": device.seen_at.isoformat() if device.seen_at else None,
            "synced_to": device.synced_to.isoformat(sep=" ") if device.synced_to else None,
            "drift_seconds": device.drift_s,
            "trouble": device.trouble,
        }
        if as_json:
            put_json(shown)
        else:
            log_to = shown["synced_to"] or "belum ada log"
            head = f"{device.name:<20} {device.kind:<10} {shown['zone']:<5} {device.unit or '-':<6}"
            put(f"{head} {log_to}  {device.trouble}")


def users(
    data: DataOption = None,
    device: Annotated[str | None, typer.Option("--device", help="Hanya mesin ini.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="ID=KUNCI pegawai (NIP atau F+nomor).")] = None,
    end: Annotated[list[str] | None, typer.Option("--end", help="ID yang berakhir (mutasi, ID dipakai ulang).")] = None,
    day: Annotated[
        str | None, typer.Option("--from", help="Berlaku mulai, atau berakhir pada (--end), YYYY-MM-DD.")
    ] = None,
    match: Annotated[
        bool, typer.Option("--match", help="Petakan ID yang sama persis dengan ID pada daftar pegawai.")
    ] = False,
    as_json: JsonOption = False,
    by: ByOption = "admin",
) -> None:
    """Tampilkan ID yang belum dipetakan beserta usulannya, atau petakan ID ke pegawai (MLG-24)."""
    if (set_ or end or match) and device is None:
        raise UsageError("sebutkan mesinnya dengan --device NAMA")

    async def work() -> None:
        async with open_installation(data) as where:
            async with where.db.begin() as uow:
                row = await _device(uow, device) if device else None
                if row is not None and (set_ or end or match):
                    await _map(where, uow, row, set_ or [], end or [], day, match, by)
            async with where.db.begin() as uow:
                await _show_unknown(uow, row, as_json)

    run_async(work())


async def _map(
    where: Installation, uow: UnitOfWork, device: DeviceRow, pairs: list[str], ended: list[str], day: str | None,
    match: bool, by: str,
) -> None:  # fmt: skip
    roster = await uow.roster.load()
    first = day_of(day) if day else where.clock.now().astimezone(where.profile.tz).date()
    now = where.clock.now()
    for user in ended:
        if not await uow.devices.end_user(device.id, user, first):
            raise UsageError(f"ID {user} pada mesin {device.name} tidak sedang dipetakan")
        await uow.audit.add("device_user_ended", "device", device.name, by, now, {"id": user, "last": str(first)})
    told = [pair.partition("=") for pair in pairs]
    if match:
        by_finger = {p.finger_id: p.key for p in roster.people.values() if p.finger_id}
        unknown = [u for u in await uow.punches.unknown(device.id) if u.user_id in by_finger]
        told += [(u.user_id, "=", by_finger[u.user_id]) for u in unknown]
        first = min((u.first_at.date() for u in unknown), default=first) if day is None and not pairs else first
    for user, _, person in told:
        if person not in roster.people:
            raise UsageError(f"tidak ada pegawai berkunci '{person}'; tulis --set ID=KUNCI")
        mapped = [u for u in await uow.devices.users(device.id) if u.user_id == user]
        if taken := next((u for u in mapped if u.last is None or u.last >= first), None):
            raise UsageError(f"ID {user} milik {taken.person} sejak {taken.first}; akhiri dulu dengan --end {user}")
        await uow.devices.map_user(NewDeviceUser(device.id, user, person, first, by, now))
        await uow.audit.add("device_user_mapped", "device", device.name, by, now, {"id": user, "person": person})


async def _show_unknown(uow: UnitOfWork, device: DeviceRow | None, as_json: bool) -> None:
    roster = await uow.roster.load()
    names = {d.id: d for d in await uow.devices.all()}
    for unknown in await uow.punches.unknown(device.id if device else None):
        of = names[unknown.device_id]
        day = unknown.last_at.date()
        near = roster.members(of.unit, day) if of.unit else tuple(roster.people.values())
        found = suggestions(unknown.user_id, unknown.name, near)
        shown = {
            "device": of.name,
            "id": unknown.user_id,
            "name": unknown.name,
            "punches": unknown.punches,
            "first": unknown.first_at.isoformat(sep=" "),
            "last": unknown.last_at.isoformat(sep=" "),
            "suggestions": [{"person": s.person, "reason": s.reason} for s in found],
        }
        if as_json:
            put_json(shown)
        else:
            maybe = (
                ", ".join(f"{roster.people[s.person].name} ({s.person}, {s.reason})" for s in found) or "tanpa usulan"
            )
            put(f"{of.name:<20} ID {unknown.user_id:<10} {unknown.punches:>6} kali  {maybe}")


def offset(
    device: DeviceOption,
    data: DataOption = None,
    first: Annotated[
        str | None, typer.Option("--from", help="Waktu mesin pertama yang keliru, 'YYYY-MM-DD HH:MM:SS'.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Waktu mesin terakhir yang keliru.")] = None,
    real: Annotated[str | None, typer.Option("--real", help="Waktu sebenarnya dari --from.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Dasar koreksi.")] = "",
    revoke: Annotated[int | None, typer.Option("--revoke", help="Batalkan koreksi bernomor ini.")] = None,
    by: ByOption = "admin",
) -> None:
    """Koreksi jam mesin yang keliru; waktu asli tetap tersimpan, dan setiap koreksi tercatat atas nama seseorang."""

    async def work() -> None:
        async with open_installation(data) as where, where.db.begin() as uow:
            row = await _device(uow, device)
            now = where.clock.now()
            if revoke is not None:
                if not await uow.devices.revoke_offset(revoke, by, now):
                    raise UsageError(f"koreksi {revoke} tidak sedang berlaku")
                await uow.audit.add("clock_offset_revoked", "device", device, by, now, {"offset": revoke})
            elif first and last and real:
                if not reason:
                    raise UsageError("sebutkan dasarnya dengan --reason")
                start, end = _wall(first), _wall(last)
                seconds = round((_wall(real) - start).total_seconds())
                made = NewOffset(row.id, start, end, seconds, reason, by, now)
                number = await uow.devices.add_offset(made)
                await uow.audit.add("clock_offset", "device", device, by, now, {"offset": number, "seconds": seconds})
            elif first or last or real:
                raise UsageError("sebutkan --from, --to, dan --real bersama-sama")
            for known in await uow.devices.offsets(row.id):
                shift_ = timedelta(seconds=known.seconds)
                span = f"{known.first_at} s.d. {known.last_at}"
                put(f"{known.id}: {span} digeser {shift_} ({known.reason}, {known.made_by})")

    run_async(work())


def shift(
    data: DataOption = None,
    code: Annotated[str | None, typer.Option("--code", help="Kode pola, misalnya MALAM.")] = None,
    hours: Annotated[str | None, typer.Option("--hours", help="Jam kerja, misalnya 22.00-06.00.")] = None,
    name: Annotated[str, typer.Option("--name", help="Nama pola.")] = "",
    by: ByOption = "admin",
) -> None:
    """Tampilkan pola jam kerja, atau tetapkan satu (MLG-16)."""

    async def work() -> None:
        async with open_installation(data) as where, where.db.begin() as uow:
            if code and hours:
                starts, _, ends = hours.partition("-")
                rules = where.profile.punches
                made = ShiftRow(
                    code, name or code, _clock(starts), _clock(ends), rules.before_minutes, rules.after_minutes, by,
                    where.clock.now(),
                )  # fmt: skip
                await uow.devices.put_shift(made)
                await uow.audit.add("shift", "shift", code, by, where.clock.now())
            elif code or hours:
                raise UsageError("sebutkan --code dan --hours bersama-sama")
            for known in await uow.devices.shifts():
                put(f"{known.code:<12} {known.starts:%H.%M}-{known.ends:%H.%M} {known.name}")

    run_async(work())


def assign(
    shift_code: Annotated[str, typer.Argument(help="Kode pola.")],
    people: Annotated[list[str], typer.Argument(help="Kunci pegawai (NIP atau F+nomor).")],
    first: Annotated[str, typer.Option("--from", help="Mulai berlaku, YYYY-MM-DD.")],
    data: DataOption = None,
    last: Annotated[str | None, typer.Option("--to", help="Terakhir berlaku.")] = None,
    weekdays: Annotated[
        str, typer.Option("--days", help="Hari kerja, misalnya 1,3,5 (1 = Senin); kosong: tiap hari.")
    ] = "",
    letter: Annotated[str, typer.Option("--letter", help="Nomor surat keputusan kepala.")] = "",
    by: ByOption = "admin",
) -> None:
    """Tetapkan pola jam kerja pegawai (MLG-16)."""
    days = tuple(int(d) for d in weekdays.split(",") if d.strip().isdigit() and 1 <= int(d) <= 7)

    async def work() -> None:
        async with open_installation(data) as where, where.db.begin() as uow:
            roster = await uow.roster.load()
            if shift_code not in {s.code for s in await uow.devices.shifts()}:
                raise UsageError(f"tidak ada pola berkode {shift_code}: posko devices shift --code … --hours …")
            if unknown := [p for p in people if p not in roster.people]:
                raise UsageError(f"tidak ada pegawai berkunci {', '.join(unknown)}")
            now = where.clock.now()
            until = day_of(last) if last else None
            made = [NewAssignment(p, shift_code, day_of(first), by, now, until, days, letter) for p in people]
            await uow.devices.assign(made)
            for person in people:
                await uow.audit.add("shift_assigned", "person", person, by, now, {"shift": shift_code})

    run_async(work())
    put(f"{len(people)} pegawai memakai pola {shift_code} mulai {first}.")


async def _device(uow: UnitOfWork, name: str) -> DeviceRow:
    found = await uow.devices.by_name(name)
    if found is None:
        known = ", ".join(d.name for d in await uow.devices.all()) or "belum ada"
        raise UsageError(f"tidak ada mesin bernama {name}; yang ada: {known}")
    return found


def _wall(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"waktu '{text}' tidak dikenal; tulis seperti '2026-11-24 07:18:00'") from None
    if moment.tzinfo is not None:
        raise UsageError(f"waktu mesin ditulis tanpa zona: '{text}'")
    return moment


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text.strip().replace(".", ":"))
    except ValueError:
        raise UsageError(f"jam '{text}' tidak dikenal; tulis seperti 22.00-06.00") from None
