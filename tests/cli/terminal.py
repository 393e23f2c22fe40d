#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command in a pseudo-terminal and answers what it asks.

usage: terminal.py [QUESTION ANSWER]... -- COMMAND...
Each QUESTION is waited for, in order, then ANSWER and a newline are typed. Everything that is shown
goes to standard output; the exit status is the command's, 124 if a question never comes.
"""
import os
import pty
import select
import sys
import time

DEADLINE = 30


def main():
    cut = sys.argv.index("--")
    script, command = sys.argv[1:cut], sys.argv[cut + 1:]
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    shown, seen, end = b"", 0, time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if not select.select([fd], [], [], 0.2)[0]:
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        shown += data
        while script and script[0].encode() in shown[seen:]:
            seen = shown.index(script[0].encode(), seen) + len(script[0])
            os.write(fd, script[1].encode() + b"\n")
            script = script[2:]
    else:
        os.kill(pid, 9)
        shown += b"\nterminal.py: waited too long for: " + repr(script[:1]).encode() + b"\n"
        status = 124
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
    _, code = os.waitpid(pid, 0)
    if time.monotonic() < end:
        status = os.waitstatus_to_exitcode(code)
        if script:
            sys.stdout.write("\nterminal.py: never asked: " + script[0] + "\n")
            status = 124
    sys.exit(status if status >= 0 else 128 - status)


main()
