"""Ids of devices that nobody is mapped to, without reading all punches: the key of ``punch`` is walked from id to id,
and only punches of ids that are not mapped for good are counted.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.records_devices import UnknownUser

_IDS = """
    WITH RECURSIVE ids AS (
        (SELECT device_id, user_id, at AS first_at FROM punch
         WHERE device_id >= :low AND device_id <= :high ORDER BY device_id, user_id, at LIMIT 1)
        UNION ALL
        SELECT following.* FROM ids CROSS JOIN LATERAL (
            SELECT device_id, user_id, at FROM punch
            WHERE (device_id, user_id) > (ids.device_id, ids.user_id) AND device_id <= :high
            ORDER BY device_id, user_id, at LIMIT 1
        ) AS following
    ), loose AS (
        SELECT * FROM ids WHERE NOT EXISTS (
            SELECT FROM device_user AS u WHERE u.device_id = ids.device_id AND u.user_id = ids.user_id
            AND u.first <= ids.first_at::date AND u.last IS NULL
        )
    )
"""
_HELD = """
    punch.device_id = loose.device_id AND punch.user_id = loose.user_id AND NOT EXISTS (
        SELECT FROM device_user AS u WHERE u.device_id = punch.device_id AND u.user_id = punch.user_id
        AND u.first <= punch.at::date AND (u.last IS NULL OR u.last >= punch.at::date)
    )
"""
_LOOSE = text(f"{_IDS} SELECT device_id, user_id FROM loose")
# The ids are given as arrays, so that the planner knows whether they are a few or nearly all.
_COUNTED = text(f"""
    SELECT held.device_id, held.user_id, coalesce(device_name.name, ''), held.punches, held.first_at, held.last_at
    FROM (
        SELECT loose.device_id, loose.user_id, count(*) AS punches, min(at) AS first_at, max(at) AS last_at
        FROM unnest(cast(:devices AS integer[]), cast(:users AS text[])) AS loose (device_id, user_id)
        JOIN punch ON {_HELD} GROUP BY loose.device_id, loose.user_id
    ) AS held
    LEFT JOIN device_name ON device_name.device_id = held.device_id AND device_name.user_id = held.user_id
    ORDER BY held.punches DESC, held.user_id, held.device_id LIMIT :most
""")
_BY_DEVICE = text(f"""{_IDS}
    SELECT device_id, count(*) FROM loose WHERE EXISTS (SELECT FROM punch WHERE {_HELD}) GROUP BY device_id
""")
_ANY = {"low": 0, "high": (1 << 31) - 1}


async def unknown_ids(session: AsyncSession, device_id: int | None, most: int) -> list[UnknownUser]:
    """Ids with punches on days on which nobody is mapped to them, most punches first."""
    span = _ANY if device_id is None else {"low": device_id, "high": device_id}
    loose = (await session.execute(_LOOSE, span)).all()
    named = {"devices": [row[0] for row in loose], "users": [row[1] for row in loose], "most": most}
    return [UnknownUser(*row) for row in await session.execute(_COUNTED, named)] if loose else []


async def unknown_by_device(session: AsyncSession) -> dict[int, int]:
    """How many such ids each device has; devices without any are left out. Counts no punches."""
    return {row[0]: row[1] for row in await session.execute(_BY_DEVICE, _ANY)}
