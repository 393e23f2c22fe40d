#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Calls that change the file system fail, one a run, in kith and in kith-git, while an id is made
# and changed, while trust and reviews are signed and withdrawn, and while they are published: an
# error in words or success, nothing lost, nothing torn, no secret left behind, and the same again
# works. Of many calls every third or sixth, from another one on each time; KITH_BREAK_ALL=1: all.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
[ -e "$KITH_BUILD/tests/kith_break.so" ] || skip "there is no kith_break.so"
# the helpers see no environment of ours: the one that writes gets it from a script
mkdir "$work/libexec"
for program in kith-unpack kith-agent; do ln -s "$KITH_BUILD/$program" "$work/libexec/"; done
cat >"$work/libexec/kith-git" <<END
#!/bin/sh
KITH_BREAK=$work/break LD_PRELOAD=$KITH_BUILD/tests/kith_break.so ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 exec "$KITH_BUILD/kith-git" "\$@"
END
chmod +x "$work/libexec/kith-git"
export BREAK="$KITH_BUILD/tests/kith_break.so" WORK="$work" KITH="$kith" PROJECT="$project" GIT_CONFIG_NOSYSTEM=1
python3 - <<'END'
import os, random, shutil, struct, subprocess, sys

W, KITH = os.environ["WORK"], os.environ["KITH"]
HOME = W + "/kh"
ADA = "yN55UMIhZBPoxU_P6c0NdwfwkMTYxUHwouV0ygO1U2I"
URL = "https://example.org/me/crev-proofs"
checks = 0

def die(*words):
    sys.exit("FAIL: " + " ".join(str(w) for w in words))

def kith(args, fail_at=None, now="2026-06-01T12:00:00Z"):
    env = dict(os.environ, KITH_HOME=HOME, TMPDIR=W + "/tmp", KITH_LIBEXEC=W + "/libexec")
    # kith-git counts in any case: without a number nothing fails there either
    open(W + "/break", "wb").write(struct.pack("QQ", 0, fail_at or 0))
    if fail_at is not None:
        env.update(KITH_BREAK=W + "/break", LD_PRELOAD=os.environ["BREAK"],
                   ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
    p = subprocess.run([KITH, "--now", now, "-C", os.environ["PROJECT"]] + args, env=env,
                       stdin=subprocess.DEVNULL, capture_output=True, text=True)
    calls = struct.unpack("QQ", open(W + "/break", "rb").read())[0] if fail_at is not None else 0
    return p, calls

def proofs(top):
    """What lies in the files of own repositories; dies if one is torn."""
    n = 0
    for folder, dirs, files in os.walk(top):
        dirs[:] = [d for d in dirs if d != ".git"]
        for name in files:
            if name.endswith(".crev"):
                text = open(os.path.join(folder, name)).read()
                if text and not text.endswith("----- END CREV PROOF -----\n\n"):
                    die("torn:", name)
                n += text.count("END CREV PROOF")
    return n

def published():
    p = subprocess.run(["git", "-C", W + "/server.git", "grep", "-h", "-c", "END CREV PROOF", "main"],
                       capture_output=True, text=True)
    return sum(int(x) for x in p.stdout.split())

def left_behind():
    ids = [n for n in os.listdir(HOME + "/ids") if not n.endswith(".yaml") and n != ".lock"]
    top = [n for n in os.listdir(HOME) if n.endswith(".new") or ".new." in n]
    return ids + top + os.listdir(W + "/tmp")

def copy(a, b):
    if os.path.exists(b):
        shutil.rmtree(b)
    subprocess.run(["cp", "-a", a, b], check=True)

def each(name, args, good, old):
    """good(): what the command should have done is there; old: so many proofs were there before."""
    global checks
    copy(HOME, W + "/saved")
    copy(W + "/server.git", W + "/saved.git")
    p, total = kith(args, 0)
    if p.returncode or not good():
        die(name, "does not work:", p.stderr)
    failed = 0
    step = 1 if total < 25 or os.environ.get("KITH_BREAK_ALL") else 3 if total < 100 else 6
    for at in range(random.randint(1, step), total + 1, step):
        copy(W + "/saved", HOME)
        copy(W + "/saved.git", W + "/server.git")
        p, calls = kith(args, at)
        if calls < at:  # how many there are depends on the clock a little
            if at < total - 3:
                die(name, at, "of", total, "was not reached")
            break
        if p.returncode not in (0, 2, 3, 4) or (p.returncode and "kith: " not in p.stderr):
            die(name, at, "status", p.returncode, p.stderr)
        failed += p.returncode != 0
        have = proofs(HOME + "/proofs")
        if have < old or have > old + 1:
            die(name, at, "proofs before and after:", old, have, p.stderr)
        if published() < pushed:
            die(name, at, "the server lost proofs")
        if not p.returncode and not good():
            die(name, at, "told, but not done:", p.stdout, p.stderr)
        if "Sanitizer" in p.stderr:
            die(name, at, p.stderr)
        # and again, with nothing in the way
        if p.returncode:
            again, _ = kith(args, now="2026-06-01T12:30:00Z")
            done = again.returncode == 0 or "already" in again.stderr or "no review" in again.stderr
            if not done or not good():
                die(name, at, "cannot be done any more:", p.stderr, again.returncode, again.stderr)
        refused, _ = kith(["query", "proofs", "--refused"])
        if refused.returncode != 1:
            die(name, at, "refused:", refused.stdout, refused.stderr)
        if left_behind():
            die(name, at, "left behind:", left_behind(), p.stderr)
        checks += 1
    if failed < 2:
        die(name, "only", failed, "of", total, "failed")
    print(f"{name}: {failed} of {total} failed")
    copy(W + "/saved", HOME)
    copy(W + "/saved.git", W + "/server.git")
    p, _ = kith(args)
    if p.returncode:
        die(name, p.stderr)

pushed = 0
os.mkdir(W + "/tmp")
os.makedirs(HOME)
subprocess.run(["git", "init", "-q", "--bare", "-b", "main", W + "/server.git"], check=True)
os.mkdir(HOME + "/ids")
os.chmod(HOME + "/ids", 0o700)
keys = lambda: [n for n in os.listdir(HOME + "/ids") if n.endswith(".yaml")]
key_text = lambda: open(HOME + "/ids/" + keys()[0]).read()
each("id new", ["id", "new", "--no-passphrase"], lambda: len(keys()) >= 1 and "current-id" in open(HOME + "/config.toml").read(), 0)
kith(["id", "use", keys()[0][:43]])
each("first trust", ["trust", ADA, "--level", "high"], lambda: proofs(HOME + "/proofs") >= 1, 0)
each("id set-url", ["id", "set-url", URL], lambda: URL in key_text() and not any("local" in n for n in os.listdir(HOME + "/proofs")), 1)
tree = HOME + "/proofs/" + os.listdir(HOME + "/proofs")[0]
subprocess.run(["git", "-C", tree, "remote", "set-url", "origin", W + "/server.git"], check=True)
kith(["open", "bit"])
good = ["--rating", "positive", "--thoroughness", "low", "--understanding", "low"]
each("review", ["review", "bit"] + good, lambda: proofs(HOME + "/proofs") >= 2, 1)
each("publish", ["publish", "--yes"], lambda: published() == 2, 2)
pushed = 2
each("unreview", ["unreview", "bit"], lambda: proofs(HOME + "/proofs") >= 3, 2)
print(checks, "calls failed")
END
