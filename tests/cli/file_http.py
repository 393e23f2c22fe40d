#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Single files over HTTP on loopback, honest or hostile.

usage: file_http.py ROOT PORTFILE
The first component of a URL's path says how it behaves, the rest is a file below ROOT. Each request
is a line of ROOT/access.log: path, the condition it came with, the status.
"""
import base64
import hashlib
import http.server
import os
import sys
import time

ROOT = os.path.abspath(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def note(self, status):
        asked = self.headers.get("If-None-Match") or self.headers.get("If-Modified-Since") or "-"
        with open(os.path.join(ROOT, "access.log"), "a", encoding="utf-8") as log:
            log.write(f"{self.path} {asked} {status}\n")

    def plain(self, status, body=b"", headers=()):
        self.note(status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self, length=None):
        self.note(200)
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()

    def content(self, rest):
        with open(os.path.join(ROOT, rest), "rb") as f:
            return f.read()

    def conditional(self, rest, name, value, asked):
        if self.headers.get(asked) == value:
            return self.plain(304, headers=[(name, value)])
        return self.plain(200, self.content(rest), [(name, value)])

    def hang_up(self):
        self.close_connection = True

    def endless(self):
        self.begin()
        try:
            for _ in range(100000):
                self.wfile.write(b"# more\n" * 10000)
        except OSError:
            pass

    def drip(self):
        self.begin()
        try:
            for _ in range(300):
                self.wfile.write(b"#")
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    def do_GET(self):
        how, _, rest = self.path.lstrip("/").partition("/")
        rest = rest.partition("?")[0]
        etag = '"' + hashlib.sha256(self.content(rest)).hexdigest()[:16] + '"'
        answers = {
            "etag": lambda: self.conditional(rest, "ETag", etag, "If-None-Match"),
            "date": lambda: self.conditional(rest, "Last-Modified",
                                             "Mon, 01 Jun 2026 00:00:00 GMT", "If-Modified-Since"),
            "bare": lambda: self.plain(200, self.content(rest)),
            "evil-etag": lambda: self.plain(200, self.content(rest), [("ETag", '"a\x01\x7fb"')]),
            "coded": lambda: self.plain(200, base64.encodebytes(self.content(rest)),
                                        [("X-Gitiles-Object-Type", "blob")]),
            "miscoded": lambda: self.plain(200, b"!!!!", [("X-Gitiles-Object-Type", "blob")]),
            "moved": lambda: self.plain(302, headers=[("Location", "/etag/" + rest)]),
            "elsewhere": lambda: self.plain(302, headers=[("Location", "http://127.0.0.1:9/" + rest)]),
            "to-file": lambda: self.plain(302, headers=[("Location", "file:///etc/passwd.toml")]),
            "loop": lambda: self.plain(302, headers=[("Location", self.path)]),
            "never": lambda: self.plain(304),
            "page": lambda: self.plain(200, b"\n <!DOCTYPE html><html>log in</html>"),
            "nothing": lambda: self.plain(200),
            "busy": lambda: self.plain(503, headers=[("Retry-After", "120")]),
            "huge": lambda: self.begin(10 << 30),
            "cut": lambda: (self.begin(len(self.content(rest)) + 10),
                            self.wfile.write(self.content(rest)), self.hang_up()),
            "endless": self.endless,
            "drip": self.drip,
            "stall": lambda: (self.begin(100), time.sleep(25)),
            "headers": lambda: self.plain(200, b"x", [("X-" + str(i), "x" * 1000) for i in range(90)]),
        }
        try:
            if how.isdigit():
                self.plain(int(how), b"an error")
            else:
                answers[how]()
        except OSError:
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # clients that hang up are what is tested


server = Server(("127.0.0.1", 0), Handler)
server.daemon_threads = True
with open(sys.argv[2] + ".new", "w", encoding="ascii") as f:
    f.write(str(server.server_address[1]))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
