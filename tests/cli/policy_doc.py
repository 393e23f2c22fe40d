#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the worked examples of docs/POLICY.md and compares what they print.

    policy_doc.py DOCUMENT PROJECT WORK [--write]

Each "### Example" begins with a fresh copy of PROJECT. A block "```toml NAME" becomes that file, or is
appended to it if the info string ends in "+"; in a block "```console" each line after "$ " is run
by sh, and what follows must be what it prints on standard output. --write puts the output there.
"""
import os
import shutil
import subprocess
import sys


def run(command, folder):
    done = subprocess.run(["sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.stdout.decode().splitlines(), done.stderr.decode()


def console(block, folder, write):
    """The block as it should be, and what differs."""
    out, wrong, i = [], [], 0
    while i < len(block):
        command = block[i]
        if not command.startswith("$ "):
            raise SystemExit(f"no command before: {command}")
        i += 1
        want = []
        while i < len(block) and not block[i].startswith("$ "):
            want.append(block[i])
            i += 1
        got, err = run(command[2:], folder)
        got = [line.rstrip() for line in got]
        out += [command] + (got if write else want)
        if got != want:
            wrong.append((command, want, got, err))
    return out, wrong


def main():
    document, project, work = sys.argv[1:4]
    write = "--write" in sys.argv
    lines = open(document, encoding="utf-8").read().split("\n")
    folder, out, wrong, commands, examples, i = None, [], [], 0, 0, 0
    while i < len(lines):
        line = lines[i]
        out.append(line)
        i += 1
        if line.startswith("## "):
            folder = None
        if line.startswith("### Example"):
            examples += 1
            folder = os.path.join(work, f"example{examples}")
            shutil.copytree(project, folder, symlinks=True)
        if folder is None or not line.startswith("```"):
            continue
        block = []
        while lines[i] != "```":
            block.append(lines[i])
            i += 1
        i += 1
        info = line[3:].split()
        if info[:1] == ["toml"] and len(info) > 1:
            mode = "a" if info[-1] == "+" else "w"
            with open(os.path.join(folder, info[1]), mode, encoding="utf-8") as f:
                f.write("\n".join(([""] if mode == "a" else []) + block) + "\n")
        elif info == ["console"]:
            commands += sum(b.startswith("$ ") for b in block)
            block, bad = console(block, folder, write)
            wrong += bad
        out += block + ["```"]
    if write:
        with open(document, "w", encoding="utf-8") as f:
            f.write("\n".join(out))
        return 0
    for command, want, got, err in wrong:
        print(command, "\n--- written\n" + "\n".join(want), "\n--- printed\n" + "\n".join(got),
              "\n--- errors\n" + err)
    print(f"{examples} examples, {commands} commands, {len(wrong)} differ")
    return 0 if not wrong and examples == 6 and commands > 12 else 1


sys.exit(main())
