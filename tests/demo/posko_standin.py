"""A stand-in for the ``posko`` command: just enough of a desk to play the demonstration against, in a second or two.

It knows the scenario by heart, so it says nothing about the product; it shows that the play itself works. A file
``sulk`` beside the installation makes ``serve`` end at once.
"""

import json
import os
import smtplib
import sys
import threading
import time
import tomllib
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.utils import parseaddr
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
from imapclient import IMAPClient

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from demo.offices import BY_CODE, OFFICES, PHONES, TELEGRAMS
from demo.scenario import AWAY, EXPECTED, PRINTED, STEPS

COVERS = {
    "tigabagian": ("U003", "U004", "U008"),
    "dishub": ("U045", "U046"),
    "umum": ("U001", "U002"),
    "pertanian": ("U033", "U034", "U035"),
    "satpolrar": (),
    "dlhbom": (),
    "kominfokunci": (),
}
STEP = {step.key: step for step in STEPS}


class Desk:
    """Reads the mailboxes over and over, answers, and keeps the board."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.settings: dict[str, Any] = tomllib.loads((data / "posko.toml").read_text())
        self.arrived: set[str] = set()
        self.messages = 0
        self.seen: set[tuple[str, int]] = set()

    def password(self, block: dict[str, Any]) -> str:
        return Path(self.data, block["password_file"]).read_text()

    def read(self) -> None:
        clients = []
        for box in self.settings["mailbox"]:
            client = IMAPClient(box["host"], box["port"], ssl=False)
            client.login(box["username"], self.password(box))
            clients.append((box["name"], client))
        while True:
            for name, client in clients:
                client.select_folder("INBOX", readonly=True)
                for uid in client.search():
                    if (name, uid) not in self.seen:
                        self.seen.add((name, uid))
                        self.take(client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])
            time.sleep(0.05)

    def take(self, raw: bytes) -> None:
        self.messages += 1
        (self.data / "originals").mkdir(exist_ok=True)
        (self.data / "originals" / f"{self.messages}.eml").write_bytes(raw)
        mail = message_from_bytes(raw)
        key = mail["Message-ID"].strip("<>").split(".")[0]
        sender = parseaddr(mail["From"])[1]
        if mail["Auto-Submitted"] or sender not in {office.address for office in OFFICES}:
            return
        self.arrived |= set(COVERS.get(key, (STEP[key].office,)))
        self.answer(sender, "Tanda terima", mail, empty(STEP[key].office))
        if key == "kesra":
            self.answer(BY_CODE["U002"].address, "SALAH JALUR", mail)

    def post_sheets(self) -> None:
        """As after a declaration: each office that prints its sheet gets one."""
        pdf = (self.data.parent / "lembar.pdf").read_bytes()
        for code in PRINTED:
            letter = EmailMessage()
            letter["From"], letter["To"] = self.settings["smtp"]["from_address"], BY_CODE[code].address
            letter["Subject"], letter["Message-ID"] = "Lembar presensi: " + code, f"<lembar.{code}@bkd.presensi.test>"
            letter.set_content("Terlampir.\n")
            letter.add_attachment(pdf, maintype="application", subtype="pdf", filename="lembar.pdf")
            self.hand_in(letter)

    def hear(self, form: dict[str, list[str]]) -> None:
        """A webhook: a photo gets a receipt, anything else is kept as the officer's word."""
        self.messages += 1
        code = next(code for code, number in PHONES.items() if number in form["From"][0])
        photo = form["NumMedia"] != ["0"]
        if photo:
            self.arrived.add(code)
        chat = self.settings["whatsapp"]
        said = f"{empty(code)} Nomor: TLG-0117." if photo else f"menurut petugas: {form['Body'][0]} {empty(code)}"
        told = {"To": form["From"][0], "From": f"whatsapp:{chat['number']}", "Body": said}
        httpx.post(
            f"{chat['api']}/2010-04-01/Accounts/{chat['account_sid']}/Messages.json",
            data=told, auth=(chat["account_sid"], (self.data / chat["auth_token_file"]).read_text()), trust_env=False,
        ).raise_for_status()  # fmt: skip

    def poll(self) -> None:
        """Telegram: a file gets a receipt, words are answered as STATUS."""
        chat = self.settings["telegram"]
        api = f"{chat['api']}/bot{(self.data / chat['token_file']).read_text()}"
        offset = 0
        with httpx.Client(trust_env=False, timeout=60) as client:
            while True:
                asked = (
                    client.get(f"{api}/getUpdates", params={"offset": offset, "timeout": 1}).json().get("result", [])
                )
                for update in asked:
                    offset = update["update_id"] + 1
                    self.messages += 1
                    who = update["message"]["chat"]["id"]
                    code = next(code for code, number in TELEGRAMS.items() if number == who)
                    said = "BELUM DITERIMA; batas pukul 07.30 WIB"
                    if "document" in update["message"]:
                        self.arrived.add(code)
                        said = f"TEPAT WAKTU. {empty(code)}"
                    client.post(f"{api}/sendMessage", data={"chat_id": who, "text": said}).raise_for_status()

    def answer(self, to: str, subject: str, mail: Message, text: str = "") -> None:
        smtp = self.settings["smtp"]
        reply = EmailMessage()
        reply["From"], reply["To"], reply["Subject"] = smtp["from_address"], to, subject
        reply["In-Reply-To"] = mail["Message-ID"]
        reply["Message-ID"] = f"<jawab.{self.messages}@bkd.presensi.test>"
        reply.set_content(f"Telah kami terima. {text}\n")
        self.hand_in(reply)

    def hand_in(self, letter: EmailMessage) -> None:
        smtp = self.settings["smtp"]
        with smtplib.SMTP(smtp["host"], smtp["port"]) as out:
            out.login(smtp["username"], self.password(smtp))
            out.send_message(letter, from_addr="")

    def status(self) -> dict[str, Any]:
        units = [
            {
                "code": office.code,
                "name": office.name,
                "state": EXPECTED[office.code].state if office.code in self.arrived else "belum",
                "arrived": "2026-11-24T00:05:00+00:00" if office.code in self.arrived else None,
                "flags": sorted(EXPECTED[office.code].flags),
            }
            for office in OFFICES
        ]
        return {
            "counts": {"messages": self.messages, "read": self.messages},
            "units": units,
            "originals": {"messages": self.messages},
        }


def empty(code: str) -> str:
    """Whose cells are empty on the office's sheet."""
    return "Kolom kosong: " + ", ".join(f"no. {no} Pegawai" for no in sorted(AWAY.get(code, ())))


def serve(data: Path) -> None:
    if (data.parent / "sulk").exists():
        sys.exit("tidak mau")
    desk = Desk(data)
    token = (data / "status.token").read_text()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            allowed = self.headers["Authorization"] == f"Bearer {token}"
            self.send_response(200 if allowed else 401)
            self.end_headers()
            if allowed:
                self.wfile.write(json.dumps(desk.status()).encode())

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
            desk.hear(form)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    if not (data / "lembar").exists():
        (data / "lembar").touch()
        threading.Thread(target=desk.post_sheets, daemon=True).start()
    threading.Thread(target=desk.read, daemon=True).start()
    threading.Thread(target=desk.poll, daemon=True).start()
    (data.parent / "pid").write_text(str(os.getpid()))
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["POSKO_PORT"])), Handler).serve_forever()


def main(arguments: list[str]) -> None:
    data = Path(arguments[arguments.index("--data") + 1])
    with (data.parent / "commands").open("a") as log:
        log.write(f"{arguments[0]} {os.environ.get('POSKO_CLOCK', '-')} {os.environ.get('POSKO_DATABASE_URL', '-')}\n")
    if arguments[0] == "init":
        data.mkdir()
        (data / "posko.toml").write_text('profile = "tulungagung"\ndemo = true\n')
        (data / "status.token").write_text("kunci")
    elif arguments[0] == "serve":
        serve(data)
    elif arguments[0] == "user":
        sys.stdout.write('{"name": "penerima", "password": "sandi-peragaan"}\n')
    elif arguments[0] == "verify":
        sys.stdout.write("utuh\n")


if __name__ == "__main__":
    main(sys.argv[1:])
