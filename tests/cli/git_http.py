#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small HTTP server on loopback around `git http-backend`, honest or hostile.

usage: git_http.py ROOT PORTFILE [CERTIFICATE KEY]
The first component of a URL's path says how it behaves, the rest is a repository below ROOT. With
a certificate it speaks TLS. As a proxy it takes every name for itself (CONNECT: for the port that
TUNNEL in the environment names).
"""
import base64
import http.server
import os
import select
import socket
import ssl
import subprocess
import sys
import time

ROOT = os.path.abspath(sys.argv[1])
GIT = subprocess.check_output(["git", "--exec-path"], text=True).strip()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    user = ""

    def log_message(self, *args):
        self.note("access.log", self.requestline)

    @staticmethod
    def note(name, line):
        with open(os.path.join(ROOT, name), "a", encoding="utf-8") as log:
            log.write(line + "\n")

    def plain(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def backend(self, path):
        """What git http-backend answers: status, headers, body."""
        path, _, query = path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": ROOT,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_PROJECT_ROOT": ROOT,
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "CONTENT_LENGTH": str(length),
            "REMOTE_ADDR": "127.0.0.1",
        }
        if self.user:
            env["REMOTE_USER"] = self.user
        if self.headers.get("Content-Encoding"):
            env["HTTP_CONTENT_ENCODING"] = self.headers["Content-Encoding"]
        out = subprocess.run([GIT + "/git-http-backend"], input=self.rfile.read(length), env=env,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
        head, _, body = out.partition(b"\r\n\r\n")
        headers, status = [], 200
        for line in head.decode("latin-1").split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "Status":
                status = int(value.split()[0])
            elif name:
                headers.append((name, value))
        return status, headers, body

    def pack_end(self, body):
        """Where the last byte of the pack is, in packets of side band 1 or plain."""
        at, end = 0, 0
        while at + 4 <= len(body):
            if body[at:at + 4] == b"PACK":
                return len(body)
            size = int(body[at:at + 4], 16)
            if size > 4 and body[at + 4] == 1:
                end = at + size
            at += max(size, 4)
        return end or len(body)

    def do_CONNECT(self):
        self.note("proxy.log", self.requestline)
        with socket.create_connection(("127.0.0.1", int(os.environ["TUNNEL"]))) as other:
            self.send_response(200)
            self.end_headers()
            pair = [self.connection, other]
            while True:
                for s in select.select(pair, [], [])[0]:
                    data = s.recv(65536)
                    if not data:
                        self.close_connection = True
                        return
                    pair[1 - pair.index(s)].sendall(data)

    def advertise(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"001e# service=git-upload-pack\n0000")

    def sleep(self):
        time.sleep(30)

    def refuse(self):
        """Unless the user is `owner` with the password `open sesame`."""
        given = self.headers.get("Authorization") or ""
        if given:
            self.note("auth.log", self.headers["Host"])
        if given == "Basic " + base64.b64encode(b"owner:open sesame").decode():
            self.user = "owner"
            return False
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.plain(401, b"no", [("WWW-Authenticate", 'Basic realm="proofs"')])
        return True

    def hostile(self, how, path):
        """True if the request was answered."""
        if how.isdigit():
            self.plain(int(how), b"no", [("Retry-After", "60")])
        elif how == "stall":
            self.sleep()
        elif how == "stall-headers":
            self.advertise()
            self.sleep()
        elif how == "drip":
            self.advertise()
            for _ in range(30):
                self.wfile.write(b"0")
                self.wfile.flush()
                time.sleep(1)
        elif how == "endless-refs":
            self.advertise()
            line = b"003d" + b"a" * 40 + b" refs/heads/xxxxxxx\n"
            line = b"%04x" % (len(line)) + line[4:]
            while True:
                self.wfile.write(line * 1000)
        elif how == "endless-headers":
            self.send_response(200)
            while True:
                self.send_header("X-Junk", "y" * 1000)
                self.flush_headers()
        elif how == "elsewhere":
            self.plain(302, b"go", [("Location", "http://127.0.0.2:1" + path)])
        elif how == "to-file":
            self.plain(302, b"go", [("Location", "file:///etc/passwd")])
        elif how == "loop":
            self.plain(302, b"go", [("Location", "/loop" + path)])
        elif how == "moved":
            self.plain(301, b"go", [("Location", "/ok" + path)])
        elif how == "auth":
            return self.refuse()
        elif how == "once" and os.path.exists(os.path.join(ROOT, "busy")):
            self.plain(503, b"no", [("Retry-After", "7200")])
        elif how == "downgrade":
            self.plain(301, b"go", [("Location", "http://%s/ok%s" % (self.headers["Host"], path))])
        elif how.startswith("hop-"):  # so many redirects, all of them here
            left = int(how[4:])
            self.plain(302, b"go", [("Location", ("/hop-%d" % (left - 1) if left > 1 else "/ok") + path)])
        elif how == "claims":  # ten gigabytes, and then nothing
            self.send_response(200)
            self.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
            self.send_header("Content-Length", str(10 << 30))
            self.end_headers()
            self.wfile.write(b"001e# service=git-upload-pack\n0000")
        elif how == "page":
            self.plain(200, b"<html>hello</html>", [("Content-Type", "text/html")])
        else:
            return False
        return True

    def answer(self):
        if self.path.startswith("http://"):  # as a proxy
            self.note("proxy.log", self.requestline)
            self.path = "/" + self.path.split("/", 3)[3]
        how, path = self.path[1:].partition("/")[::2]
        path = "/" + path
        if self.hostile(how, path):
            return
        status, headers, body = self.backend(path)
        if self.command == "POST" and how == "truncated":
            body = body[:len(body) // 2]
        elif self.command == "POST" and how == "checksum":  # the pack is whole, its sum is not
            end = self.pack_end(body)
            body = body[:end - 1] + bytes([body[end - 1] ^ 1]) + body[end:]
        elif self.command == "POST" and how == "flipped":
            cut = body.index(b"PACK") + 30  # behind the pack there may be progress, which is talk
            body = body[:cut] + bytes([body[cut] ^ 1]) + body[cut + 1:]
        elif self.command == "POST" and how == "stall-pack":
            self.send_response(200)
            self.send_header("Content-Type", "application/x-git-upload-pack-result")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[:len(body) // 2])
            self.wfile.flush()
            self.sleep()
            return
        self.plain(status, body, [h for h in headers if h[0] != "Content-Length"])

    def do_GET(self):
        try:
            self.answer()
        except (BrokenPipeError, ConnectionResetError):
            pass
        if self.path.startswith(("/stall", "/drip", "/endless")):
            self.close_connection = True

    do_POST = do_GET


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


SERVER = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 3:
    CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CONTEXT.load_cert_chain(sys.argv[3], sys.argv[4])
    SERVER.socket = CONTEXT.wrap_socket(SERVER.socket, server_side=True, do_handshake_on_connect=False)
with open(sys.argv[2] + ".new", "w", encoding="utf-8") as f:
    f.write(str(SERVER.server_port))
os.rename(sys.argv[2] + ".new", sys.argv[2])
SERVER.serve_forever()
