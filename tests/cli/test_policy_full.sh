#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every call that changes the file system fails once while kith.toml is made and changed: an error
# in words or success; the file is as it was or as it should be, and nothing is left beside it.
. "$KITH_SOURCE/tests/cli/lib.sh"
[ -e "$KITH_BUILD/tests/kith_break.so" ] || skip "there is no kith_break.so"
example_evidence
example_project
export BREAK="$KITH_BUILD/tests/kith_break.so" WORK="$work" KITH="$kith" PROJECT="$project" ROOT="$root"
k -C "$project" verify --root "$root" # what is derived is made before
cat >"$work/break.py" <<'END2'
import os, struct, subprocess, sys

W, KITH, P, ROOT = (os.environ[x] for x in ("WORK", "KITH", "PROJECT", "ROOT"))
FILE = P + "/kith.toml"
ACCEPT = "KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA"


def kith(args, fail_at):
    open(W + "/break", "wb").write(struct.pack("QQ", 0, fail_at))
    env = dict(os.environ, KITH_BREAK=W + "/break", LD_PRELOAD=os.environ["BREAK"],
               ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
    p = subprocess.run([KITH, "--now", "2026-06-01T12:00:00Z", "-C", P] + args, env=env,
                       stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return p, struct.unpack("QQ", open(W + "/break", "rb").read())[0]


def read():
    return open(FILE).read() if os.path.exists(FILE) else None


def put(text):
    if os.path.exists(FILE):
        os.unlink(FILE)
    if text is not None:
        open(FILE, "w").write(text)


def torture(args, before):
    put(before)
    p, calls = kith(args, 0)
    if p.returncode:
        sys.exit(f"{args}: {p.stderr}")
    after, names = read(), sorted(os.listdir(P))
    broken = 0
    for n in range(1, calls + 1):
        put(before)
        p, _ = kith(args, n)
        now = read()
        if p.returncode == 0 and now != after:
            sys.exit(f"{args}, call {n}: success, and the file is another one")
        if now not in (before, after):
            sys.exit(f"{args}, call {n}: torn")
        if p.returncode and (p.returncode not in (2, 3) or not p.stderr.startswith("kith: ")
                             and "\nkith: " not in p.stderr):
            sys.exit(f"{args}, call {n}: {p.returncode} {p.stderr}")
        if not set(os.listdir(P)) <= set(names):
            sys.exit(f"{args}, call {n}: left behind: {set(os.listdir(P)) - set(names)}")
        broken += p.returncode != 0
    print(args[0], calls, "calls,", broken, "errors")
    return calls and broken


policy = f'[roots]\nids = ["{ROOT}"]\n\n[[exempt]]\npackage = "gone"\nversion = "1"\nchecksum = "0"\nreason = "r"\n'
done = [torture(["init", "--root", ROOT], None),
        torture(["exempt", "kith-example-rare", "--reason", "r", "--until", "2027-01-01"], policy),
        torture(["accept", ACCEPT, "--reason", "r"], policy),
        torture(["exempt", "--prune", "--yes"], policy)]
sys.exit(0 if all(done) else "nothing failed")
END2
run python3 "$work/break.py"
status_is 0
cat "$work/out"
out_has 'init '
finish
