#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# Calls that change the file system fail, one a run, while a bundle is put in the place of another,
# and where none was: it is the old one or the new one, whole, an error is in words, nothing is left
# beside it, and the same again works.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
[ -e "$KITH_BUILD/tests/kith_break.so" ] || skip "there is no kith_break.so"
example_evidence
printf '[roots]\nids = ["%s"]\n' "$root" >"$project/kith.toml"
export BREAK="$KITH_BUILD/tests/kith_break.so" WORK="$work" KITH="$kith" PROJECT="$project"
python3 - <<'END'
import os, shutil, struct, subprocess, sys

W, KITH, P = os.environ["WORK"], os.environ["KITH"], os.environ["PROJECT"]
PLACE = W + "/place"
BUNDLE = PLACE + "/evidence.kith"
OLD = b"kith bundle 1\nof another day\n"
checks = 0

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

def begin(there):
    shutil.rmtree(PLACE, ignore_errors=True)
    os.mkdir(PLACE)
    if there:
        open(BUNDLE, "wb").write(OLD)

def content():
    return open(BUNDLE, "rb").read() if os.path.exists(BUNDLE) else None

begin(False)
# twice: the first run leaves what this machine remembers of the project
for _ in range(2):
    p, total = kith(["pin", "--bundle", BUNDLE, "--json"], 0)
new = content()
if p.returncode or not new or total < 4:
    die("pin --bundle does not work:", p.returncode, total, p.stderr)
for there in (True, False):
    old = OLD if there else None
    failed = 0
    for at in range(1, total + 1):
        begin(there)
        p, calls = kith(["pin", "--bundle", BUNDLE, "--json"], at)
        if calls < at:
            break
        if content() not in (old, new):
            die("bundle", at, "torn")
        if p.returncode == 0 and content() != new:
            die("bundle", at, "says that it was written")
        if p.returncode and p.stdout:
            die("bundle", at, "failed, and says what is in it")
        if p.returncode not in (0, 3) or (p.returncode and "kith: pin: " not in p.stderr):
            die("bundle", at, "status", p.returncode, p.stderr)
        failed += p.returncode != 0
        if os.listdir(PLACE) not in (["evidence.kith"], []):
            die("bundle", at, "left behind:", os.listdir(PLACE))
        p, _ = kith(["pin", "--bundle", BUNDLE])
        if p.returncode or content() != new:
            die("bundle", at, "again:", p.stderr)
        checks += 1
    # the file's making, its content, its sync and its rename, at least
    if failed < 4:
        die("only", failed, "failures of", total, "calls were seen")
print(checks, "failures")
END
checks=$((checks + 1))
finish
