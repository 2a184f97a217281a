"""A provider of OAuth tokens: refresh tokens rotate, access tokens can be withdrawn, Dovecot may ask about them."""

import json
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class TokenProvider:
    """``access``: valid access tokens and whose they are. ``refresh``: the only valid refresh token of each user."""

    url: str = ""
    access: dict[str, str] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    expires_in: float = 3600
    failure: tuple[int, str] | None = None

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.requests.append(form)
        if self.failure:
            return self.failure[0], {"error": self.failure[1]}
        user = next((u for u, t in self.refresh.items() if t == form.get("refresh_token")), None)
        if user is None:
            return 400, {"error": "invalid_grant"}
        number = len(self.requests)
        self.refresh[user] = f"refresh-{user}-{number}"
        self.access[f"access-{user}-{number}"] = user
        return 200, {
            "access_token": f"access-{user}-{number}",
            "refresh_token": self.refresh[user],
            "expires_in": self.expires_in,
            "token_type": "Bearer",
        }

    def introspect(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        user = self.access.get(form.get("token", ""))
        return 200, {"active": "true" if user else "false", "username": user or ""}


@contextmanager
def run_tokens() -> Iterator[TokenProvider]:
    """Serve on the loopback: ``/token`` and ``/introspect`` below ``url``."""
    provider = TokenProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {key: values[0] for key, values in urllib.parse.parse_qs(body).items()}
            status, answer = provider.token(form) if self.path == "/token" else provider.introspect(form)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
