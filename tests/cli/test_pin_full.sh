#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# Calls that change the file system fail, one a run, while kith.lock is written and while the index
# of what it pins is made: it is the old one or the new one, whole, an error is in words, nothing is
# left beside it, and the same again works.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
[ -e "$KITH_BUILD/tests/kith_break.so" ] || skip "there is no kith_break.so"
lock bit 1.1.0 odd 0.1.0
example_evidence
printf '[roots]\nids = ["%s"]\n' "$root" >"$project/kith.toml"
k -C "$project" pin
status_is 0
export BREAK="$KITH_BUILD/tests/kith_break.so" WORK="$work" KITH="$kith" PROJECT="$project"
python3 - <<'END'
import os, shutil, struct, subprocess, sys

W, KITH, P = os.environ["WORK"], os.environ["KITH"], os.environ["PROJECT"]
LOCK = P + "/kith.lock"
new = open(LOCK).read()
old = "".join(l for l in new.splitlines(True) if 'name = "odd"' not in l)
checks = failed = 0

def die(*words):
    sys.exit("FAIL: " + " ".join(str(w) for w in words))

def kith(args, fail_at=None):
    env = dict(os.environ)
    open(W + "/break", "wb").write(struct.pack("QQ", 0, fail_at or 0))
    if fail_at is not None:
        env.update(KITH_BREAK=W + "/break", LD_PRELOAD=os.environ["BREAK"],
                   ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
    p = subprocess.run([KITH, "--now", "2026-06-01T12:00:00Z", "-C", P] + args, env=env,
                       stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return p, struct.unpack("QQ", open(W + "/break", "rb").read())[0]

def begin():
    open(LOCK, "w").write(old)
    for name in os.listdir(P):
        if name.startswith("kith.lock") and name != "kith.lock":
            die("left behind:", name)

begin()
p, total = kith(["pin"], 0)
if p.returncode or open(LOCK).read() != new or not total:
    die("pin does not work:", total, p.stderr)
for at in range(1, total + 1):
    begin()
    p, calls = kith(["pin"], at)
    if calls < at:
        break
    text = open(LOCK).read()
    if text not in (old, new):
        die("pin", at, "torn")
    if p.returncode == 0 and text != new:
        die("pin", at, "says that it was written")
    if p.returncode not in (0, 3) or (p.returncode and "kith: pin: " not in p.stderr):
        die("pin", at, "status", p.returncode, p.stderr)
    failed += p.returncode != 0
    p, _ = kith(["pin"])
    if p.returncode or open(LOCK).read() != new:
        die("pin", at, "again:", p.stderr)
    checks += 1
if not failed:
    die("no failure of pin was seen")

# the index of what is pinned, from nothing
folder = os.environ["HOME"] + "/.cache/kith/pinned"
want, _ = kith(["verify", "--locked", "--json"])
shutil.rmtree(folder)
_, total = kith(["verify", "--locked", "--json"], 0)
failed = 0
for at in range(1, total + 1):
    shutil.rmtree(folder, ignore_errors=True)
    p, calls = kith(["verify", "--locked", "--json"], at)
    if calls < at:
        break
    failed += p.returncode not in (0, 1)
    if p.returncode in (0, 1) and (p.returncode, p.stdout) != (want.returncode, want.stdout):
        die("verify", at, "says something else")
    if p.returncode not in (0, 1, 3) or (p.returncode == 3 and "kith: verify: " not in p.stderr):
        die("verify", at, "status", p.returncode, p.stderr)
    p, _ = kith(["verify", "--locked", "--json"])
    if p.stdout != want.stdout:
        die("verify", at, "again:", p.stderr)
    checks += 1
if not failed:
    die("no failure of verify --locked was seen")
print(checks, "failures")
END
finish
