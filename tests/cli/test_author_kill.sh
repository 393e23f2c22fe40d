#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith itself, killed 200 times at random moments while it signs trust and reviews, publishes, and
# changes a key file: never a torn file, never a lost proof, never a secret left behind.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
export WORK="$work" KITH="$kith" PROJECT="$project"
python3 - <<'END'
import os, random, signal, subprocess, sys, time

W, KITH, HOME = os.environ["WORK"], os.environ["KITH"], os.environ["WORK"] + "/kh"
ADA = "yN55UMIhZBPoxU_P6c0NdwfwkMTYxUHwouV0ygO1U2I"
seed = int(os.environ.get("KITH_KILL_SEED", time.time_ns() % 1000000))
rng = random.Random(seed)
os.mkdir(W + "/tmp")
env = dict(os.environ, KITH_HOME=HOME, TMPDIR=W + "/tmp")

def die(*words):
    sys.exit(f"FAIL (KITH_KILL_SEED={seed}): " + " ".join(str(w) for w in words))

def start(args):
    return subprocess.Popen([KITH, "--now", "2026-06-01T12:00:00Z", "-C", os.environ["PROJECT"]] + args, env=env,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

def whole(args):
    begun = time.monotonic()
    p = start(args)
    out, err = p.communicate()
    if p.returncode:
        die(args, p.returncode, err)
    return out, time.monotonic() - begun

def git(folder, *args):
    return subprocess.run(["git", "-C", folder] + list(args), capture_output=True, text=True)

def proofs():
    n = 0
    for folder, dirs, files in os.walk(HOME + "/proofs"):
        dirs[:] = [d for d in dirs if d != ".git"]
        for name in files:
            if name.endswith(".crev"):
                text = open(os.path.join(folder, name)).read()
                if text and not text.endswith("----- END CREV PROOF -----\n\n"):
                    die("torn:", name)
                n += text.count("END CREV PROOF")
    return n

def published():
    p = git(W + "/server.git", "grep", "-h", "-c", "END CREV PROOF", "main")
    return sum(int(x) for x in p.stdout.split())

git(W, "init", "-q", "--bare", "-b", "main", W + "/server.git")
whole(["id", "new", "--no-passphrase", "--url", "https://example.org/me/crev-proofs"])
whole(["trust", ADA, "--level", "high"])
tree = HOME + "/proofs/" + os.listdir(HOME + "/proofs")[0]
git(tree, "remote", "set-url", "origin", W + "/server.git")
whole(["open", "bit"])
good = ["--rating", "positive", "--thoroughness", "low", "--understanding", "low"]
urls = ["https://example.org/me/crev-proofs", "https://example.org/me/other"]
works = {
    "trust": lambda i: ["trust", ADA, "--level", ("low", "high")[i % 2]],
    "review": lambda i: ["review", "bit"] + good + ["--comment", str(i)],
    "publish": lambda i: ["publish", "--yes"],
    "passwd": lambda i: ["id", "passwd", "--no-passphrase"],
    "set-url": lambda i: ["id", "set-url", urls[i % 2]],
}
usual = {}
for name in works:
    if name != "set-url":
        usual[name] = whole(works[name](0))[1]
usual["set-url"] = usual["trust"]
told, sent, killed = proofs(), published(), {name: 0 for name in works}
for i in range(200):
    name = ("trust", "review", "publish", "trust", "review", "publish", "passwd", "set-url")[i % 8]
    if name == "publish":  # a real server is a process of its own, which no kill of ours reaches
        for folder in os.listdir(HOME + "/proofs"):
            git(HOME + "/proofs/" + folder, "remote", "set-url", "origin", W + "/server.git")
        if os.path.exists(W + "/server.git/refs/heads/main.lock"):
            os.unlink(W + "/server.git/refs/heads/main.lock")
    p = start(works[name](i))
    time.sleep(rng.random() * usual[name] * 1.1)
    p.send_signal(signal.SIGKILL)
    out, err = p.communicate()
    if p.returncode == -signal.SIGKILL:
        killed[name] += 1
        usual[name] *= 1.02
    elif p.returncode:
        die(i, name, p.returncode, err)
    else:
        usual[name] *= 0.95
        told += " stored in " in out
    have, there = proofs(), published()
    if have < told:
        die(i, name, "lost: told", told, "have", have)
    if there < sent:
        die(i, name, "the server lost proofs")
    told, sent = have, there
# whatever the kills left is no obstacle, and is swept
whole(["id", "passwd", "--no-passphrase"])
whole(["id", "set-url", urls[0]])
folders = [n for n in os.listdir(HOME + "/proofs")]
if len(folders) != 1:
    die("repositories:", folders)
tree = HOME + "/proofs/" + folders[0]
git(tree, "remote", "set-url", "origin", W + "/server.git")
whole(["trust", ADA, "--level", "high"])
whole(["review", "bit"] + good)
if os.path.exists(W + "/server.git/refs/heads/main.lock"):
    os.unlink(W + "/server.git/refs/heads/main.lock")
whole(["publish", "--yes"])
if proofs() != told + 2 or published() != told + 2:
    die("told", told + 2, "here", proofs(), "published", published())
for folder in (tree, W + "/server.git"):
    p = git(folder, "fsck", "--strict")
    if p.returncode:
        die(p.stderr)
if git(tree, "status", "--porcelain").stdout:
    die("left behind:", git(tree, "status", "--porcelain").stdout)
ids = sorted(os.listdir(HOME + "/ids"))
top = [n for n in os.listdir(HOME) if n.endswith(".new") or ".new." in n or n == "proofs.moving"]
if [n for n in ids if not n.endswith(".yaml") and n != ".lock"] or top or os.listdir(W + "/tmp"):
    die("left behind:", ids, top, os.listdir(W + "/tmp"))
p = start(["query", "proofs", "--refused"])
if p.communicate()[0] or p.returncode != 1:
    die("refused proofs")
if min(killed.values()) < 3 or sum(killed.values()) < 60:
    die("too few were killed in time:", killed)
print(f"killed {killed} of 200, {told + 2} proofs, seed {seed}")
END
