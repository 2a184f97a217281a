"""Who may see what is not public: the holder of the token, or a client on this very machine."""

import hmac
import ipaddress

from fastapi import Request

# A proxy on this machine makes every visitor look local, but says for whom it asks.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def has_token(request: Request, token: str) -> bool:
    """Whether the request carries ``Authorization: Bearer <token>``; compared in constant time."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def is_local(request: Request) -> bool:
    """Whether the request comes straight from a loopback address."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
