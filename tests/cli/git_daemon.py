#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""git's own protocol on loopback: `git daemon --inetd` behind a socket, honest or hostile.

usage: git_daemon.py ROOT PORTFILE
The first component of the path says how it behaves, the rest is a repository below ROOT:
ok, silent, drip, endless-refs, garbage, stall-N and cut-N (after N bytes).
"""
import os
import socket
import subprocess
import sys
import threading
import time

ROOT = os.path.abspath(sys.argv[1])


def daemon(path, sock):
    env = dict(os.environ, GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*")
    request = b"git-upload-pack " + path + b"\0host=127.0.0.1\0"
    process = subprocess.Popen(["git", "daemon", "--inetd", "--export-all", "--base-path=" + ROOT], env=env,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdin.write(b"%04x" % (len(request) + 4) + request)
    process.stdin.flush()

    def forward():
        try:
            while True:
                data = sock.recv(65536)
                if not data:
                    break
                process.stdin.write(data)
                process.stdin.flush()
        except OSError:
            pass
        try:
            process.stdin.close()
        except OSError:
            pass
    threading.Thread(target=forward, daemon=True).start()
    return process


def relay(process, sock, limit):
    """All of it, or so many bytes."""
    while limit:
        data = os.read(process.stdout.fileno(), min(65536, limit))
        if not data:
            return
        sock.sendall(data)
        limit -= len(data)


def drip(sock):
    sock.sendall(b"003d")
    while True:
        sock.sendall(b"a")
        time.sleep(0.3)


def endless_refs(sock):
    line = b"a" * 40 + b" refs/heads/xxxxxxx\n"
    line = b"%04x" % (len(line) + 4) + line
    while True:
        sock.sendall(line * 1000)


def serve(sock):
    request = sock.recv(int(sock.recv(4), 16) - 4)
    how, _, path = request.split(b" ")[1].split(b"\0")[0][1:].partition(b"/")
    how, path = how.decode(), b"/" + path
    if how == "silent":
        time.sleep(60)
    elif how == "drip":
        drip(sock)
    elif how == "endless-refs":
        endless_refs(sock)
    elif how == "garbage":
        sock.sendall(b"HTTP/1.0 400 what?\r\n\r\n")
    elif how == "error":
        sock.sendall(b"0015ERR go \033[31maway\n")
    else:
        how, _, limit = how.partition("-")
        process = daemon(path, sock)
        relay(process, sock, int(limit or 1 << 60))
        if how == "stall":
            time.sleep(60)
        process.kill()


def answer(sock):
    try:
        serve(sock)
    except (OSError, ValueError, IndexError):
        pass
    try:
        sock.shutdown(socket.SHUT_RDWR)  # another thread may still hold it
    except OSError:
        pass
    sock.close()


SERVER = socket.create_server(("127.0.0.1", 0), backlog=64)
with open(sys.argv[2] + ".new", "w", encoding="utf-8") as f:
    f.write(str(SERVER.getsockname()[1]))
os.rename(sys.argv[2] + ".new", sys.argv[2])
while True:
    threading.Thread(target=answer, args=(SERVER.accept()[0],), daemon=True).start()
