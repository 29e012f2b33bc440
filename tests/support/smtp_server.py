#!/usr/bin/env python3
"""A real SMTP server for tests, on a free port of 127.0.0.1. What it is to do comes line by line on
standard input; what it has seen goes line by line, as JSON, to standard output.

    accept              takes every mail (the way it begins)
    refuse CODE         answers CODE to every recipient
    refuse-data CODE    answers CODE to every message
    slow SECONDS        takes them, after so long
    close               says 421 to every recipient

    smtp_server.py [--tls CERTIFICATE KEY] [--user NAME PASSWORD]
"""
import argparse
import asyncio
import json
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


def say(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Handler:
    def __init__(self):
        self.mode = ["accept"]

    async def handle_RCPT(self, server, session, envelope, address, options):
        mode = self.mode  # The other thread may set another in between.
        if mode[0] == "refuse":
            say(refused=address, code=mode[1])
            return f"{mode[1]} not now"
        if mode[0] == "close":
            say(refused=address, code="421")
            return "421 going away"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mode = self.mode
        if mode[0] == "refuse-data":
            say(refused=envelope.rcpt_tos[0], code=mode[1])
            return f"{mode[1]} not this"
        if mode[0] == "slow":
            say(began=envelope.rcpt_tos[0])
            await asyncio.sleep(float(mode[1]))
        say(mail_from=envelope.mail_from, rcpt_tos=envelope.rcpt_tos,
            data=envelope.content.decode("utf-8"), tls=session.ssl is not None,
            user=(session.auth_data or b"").decode() if isinstance(session.auth_data, bytes) else None)
        return "250 Taken"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--user", nargs=2)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    handler = Handler()
    more = {}
    if arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments.tls)
        more.update(tls_context=context, require_starttls=True)
    if arguments.user:
        name, password = (text.encode() for text in arguments.user)

        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=data.login == name and data.password == password,
                              auth_data=data.login)

        more.update(authenticator=check, auth_required=True)
    # The port is free at the moment of asking: the tests' own way (rabbit_node.hpp).
    controller = Controller(handler, hostname="127.0.0.1", port=arguments.port, **more)
    controller.start()
    say(ready=arguments.port)
    for line in sys.stdin:
        handler.mode = line.split()
        say(mode=handler.mode[0])
    controller.stop()


if __name__ == "__main__":
    main()
