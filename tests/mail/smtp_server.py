"""A real mail server (aiosmtpd) on loopback, for one test, in one mood.

Usage: smtp_server.py MOOD FOLDER. Prints its port, then serves until its
stdin closes. What arrives is kept in FOLDER as received-N.eml, and as Python's
own mail parser reads it in received-N.json.
"""

import asyncio
import email
import email.policy
import json
import logging
import os
import ssl
import sys
import threading
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

MOOD, FOLDER = sys.argv[1:]


class Handler:
    def __init__(self):
        self.received = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if MOOD == "refuses":
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if MOOD == "busy":
            return "451 4.3.0 the disk is full, try again"
        self.received += 1
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        stem = os.path.join(FOLDER, f"received-{self.received}")
        with open(f"{stem}.eml", "wb") as file:
            file.write(envelope.content)
        with open(f"{stem}.json", "w") as file:
            json.dump(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "encrypted": server.transport.get_extra_info("ssl_object") is not None,
                    "logged_in": session.authenticated,
                    "subject": message["subject"],
                    "sender": message["from"].addresses[0].display_name,
                    "text": content(message, "plain"),
                    "html": content(message, "html"),
                    "defects": [str(d) for part in message.walk() for d in part.defects],
                },
                file,
            )
        if MOOD == "hangs-up":
            server.transport.abort()
        return "250 OK queued as 42"


def content(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def login(server, session, envelope, mechanism, auth):
    right = auth.login == b"billing" and auth.password == b"correct horse"
    return AuthResult(success=right, handled=False, auth_data=auth.login)


async def main():
    tls = None
    if MOOD not in ("no-starttls", "silent"):
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(os.path.join(FOLDER, "cert.pem"), os.path.join(FOLDER, "key.pem"))
    handler = Handler()

    def protocol():
        if MOOD == "silent":
            return asyncio.Protocol()
        implicit = MOOD == "implicit-tls"
        return SMTP(
            handler,
            hostname="mail.test",
            tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            authenticator=login,
            auth_required=tls is not None,
            auth_require_tls=not implicit and tls is not None,
        )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=tls if MOOD == "implicit-tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def end_with_the_test():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_the_test, daemon=True).start()
logging.getLogger("mail.log").setLevel(logging.ERROR)
warnings.simplefilter("ignore")
asyncio.run(main())
