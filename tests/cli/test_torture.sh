#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a machine can do to a program: each allocation, open, read, write, sync and rename of verify,
# fetch and review fails once, one a run, in kith and in kith-git; and kith is killed at random
# moments of fetch, verify and review. Never a crash, a better verdict than the true one, a lost or
# a torn proof; afterwards the same commands work, and kith doctor --deep finds nothing.
# KITH_TORTURE=N: so many kills; KITH_BREAK_ALL=1: every call, not a sample; KITH_TORTURE_SEED.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
[ -e "$KITH_BUILD/tests/kith_break.so" ] || skip "there is no kith_break.so"
# the helpers see no environment of ours: the one that writes gets it from a script
mkdir "$work/libexec"
for program in kith-unpack kith-agent; do ln -s "$KITH_BUILD/$program" "$work/libexec/"; done
preload="$KITH_BUILD/tests/kith_break.so"
starve=$KITH_BUILD/tests/kith_starve.so
if ldd "$kith" | grep -q libasan || grep -q '^KITH_SANITIZE:BOOL=ON' "$KITH_BUILD/CMakeCache.txt"; then starve=''; fi
[ -z "$starve" ] || preload="$preload:$starve"
cat >"$work/libexec/kith-git" <<END
#!/bin/sh
KITH_BREAK=$work/break LD_PRELOAD=$preload ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 exec "$KITH_BUILD/kith-git" "\$@"
END
chmod +x "$work/libexec/kith-git"
cp -R "$KITH_SOURCE/proofs/project" "$work/example"
export PRELOAD="$preload" STARVE="$starve" WORK="$work" KITH="$kith" EXAMPLE="$work/example" BIT="$project"
lock bit 1.1.0
python3 - <<'END'
import json, os, random, shutil, signal, struct, subprocess, sys, time

W, KITH, SOURCE = os.environ["WORK"], os.environ["KITH"], os.environ["KITH_SOURCE"]
HOME = W + "/kh"
ALL, SAMPLE = os.environ.get("KITH_BREAK_ALL") == "1", 5
KILLS = int(os.environ.get("KITH_TORTURE", "12"))
seed = int(os.environ.get("KITH_TORTURE_SEED", time.time_ns() % 1000000))
rng = random.Random(seed)
KINDS = {"changes": 1, "opens": 2, "reads": 4}
if os.environ["STARVE"]:
    KINDS["allocations"] = 8
checks = 0

def die(*words):
    sys.exit(f"FAIL (KITH_TORTURE_SEED={seed}): " + " ".join(str(w) for w in words))

def environment(broken):
    env = dict(os.environ, KITH_HOME=HOME, TMPDIR=W + "/tmp", KITH_LIBEXEC=W + "/libexec")
    if broken:
        env.update(KITH_BREAK=W + "/break", LD_PRELOAD=os.environ["PRELOAD"],
                   ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
    return env

def command(args, where):
    return [KITH, "--now", "2026-06-01T12:00:00Z", "-C", where] + args

def kith(args, where, kind=0, at=None):
    """Runs kith; with `at` its so manieth call of the kind fails (0: none, they are counted)."""
    open(W + "/break", "wb").write(struct.pack("QQQ", 0, at or 0, kind))
    p = subprocess.run(command(args, where), env=environment(at is not None), stdin=subprocess.DEVNULL,
                       capture_output=True, text=True, errors="replace", timeout=120)
    return p, struct.unpack("QQQ", open(W + "/break", "rb").read())[0]

def copy(a, b):
    shutil.rmtree(b, ignore_errors=True)
    subprocess.run(["cp", "-a", a, b], check=True)

EX, BIT = os.environ["EXAMPLE"], os.environ["BIT"]

def verdict(p):
    if p.returncode not in (0, 1, 4):
        return None
    return {(x["name"], x["version"]): x["status"] for x in json.loads(p.stdout)["packages"]}

def verdict_now():
    p, _ = kith(["verify", "--json"], EX)
    return verdict(p)

def proofs():
    p, _ = kith(["query", "proofs", "--json"], EX)
    if p.returncode not in (0, 1):
        die("query proofs:", p.returncode, p.stderr)
    return {r["proof"] for r in json.loads(p.stdout)["rows"]}

def own():
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

def doctor(what):
    p, _ = kith(["doctor", "--deep", "--json"], EX)
    bad = [x for x in json.loads(p.stdout)["findings"] if x["level"] == "error"]
    bad += [x for x in json.loads(p.stdout)["findings"]
            if x["level"] == "warning" and x["text"] not in healthy]
    if bad:
        die(what, "doctor:", bad)

# --- the scene ---
os.mkdir(W + "/tmp")
os.makedirs(HOME)
ADA = open(SOURCE + "/proofs/root.id").read().strip()
people = [SOURCE + "/proofs/" + n for n in ("ada", "ben", "dov", "eve", "lee", "mal")]
cora = [SOURCE + "/proofs/cora"]
good = ["--rating", "positive", "--thoroughness", "low", "--understanding", "low"]

def must(args, where=EX):
    p, _ = kith(args, where)
    if p.returncode:
        die(args, p.returncode, p.stderr)
    return p

must(["id", "new", "--no-passphrase"])
must(["trust", ADA, "--level", "high"])
must(["fetch"] + people)
must(["open", "bit"], BIT)
before = proofs()
copy(HOME, W + "/base")
must(["fetch"] + cora)
after = proofs()
truth = verdict_now()
p, _ = kith(["doctor", "--deep", "--json"], EX)
healthy = {x["text"] for x in json.loads(p.stdout)["findings"] if x["level"] == "warning"}
copy(HOME, W + "/full")
if not before < after or "verified" not in truth.values() or "negative" not in truth.values():
    die("the example is none:", len(before), len(after), truth)

# --- one call fails ---
def check_verify(p, what):
    got = verdict(p)
    for key, status in (got or {}).items():
        true = truth[key]
        if status == "verified" and true != "verified" or true in ("negative", "mismatch") and status not in ("negative", "mismatch"):
            die(what, key, "is", true, "and was said to be", status, p.stderr)
    if verdict_now() != truth:
        die(what, "another verdict afterwards", p.stderr)

def check_fetch(p, what):
    have = proofs()
    if not before <= have <= after:
        die(what, "proofs:", len(have), "neither of before nor of after;", p.stderr)
    # a file of a plain folder that cannot be read is left out, and that is said
    if p.returncode == 0 and have != after and "not read" not in p.stderr:
        die(what, "told, but not done:", p.stdout, p.stderr)
    must(["fetch"] + cora)
    if proofs() != after:
        die(what, "cannot be fetched any more:", p.stderr)

def check_review(p, what):
    have = own()
    if have not in (1, 2) or (p.returncode == 0 and have != 2):
        die(what, "own proofs:", have, p.returncode, p.stderr)
    must(["review", "bit"] + good, BIT)
    if own() != have + 1:
        die(what, "cannot be reviewed any more")

def each(name, args, where, check, start):
    global checks
    for kind, bit in KINDS.items():
        copy(start, HOME)
        p, total = kith(args, where, bit, 0)
        if p.returncode not in (0, 4):
            die(name, "does not work:", p.returncode, p.stderr)
        places = range(1, total + 1)
        if not ALL and total > SAMPLE:
            places = sorted({1, total} | set(rng.sample(places, SAMPLE - 2)))
        other = 0
        for at in places:
            what = f"{name}, {kind} {at} of {total}:"
            copy(start, HOME)
            q, _ = kith(args, where, bit, at)
            if q.returncode not in (0, 1, 2, 3, 4) or "Sanitizer" in q.stderr:
                die(what, "status", q.returncode, q.stderr)
            if q.returncode in (2, 3) and not q.stderr and "failed " not in q.stdout:
                die(what, "status", q.returncode, "without a word")
            other += q.returncode != p.returncode
            if os.environ.get("KITH_TORTURE_SHOW"):
                print(what, q.returncode, q.stderr.strip().replace("\n", " | ")[:300])
            check(q, what)
            if os.listdir(W + "/tmp"):
                die(what, "left behind:", os.listdir(W + "/tmp"))
            checks += 1
        doctor(name + ", " + kind)
        print(f"{name}: each of {len(places)} of {total} {kind} failed, {other} times with another status")

each("verify", ["verify", "--json"], EX, check_verify, W + "/full")
each("fetch", ["fetch"] + cora, EX, check_fetch, W + "/base")
each("review", ["review", "bit"] + good, BIT, check_review, W + "/base")

# --- killed at any moment ---
def mix(i):
    """A folder whose proofs come and go."""
    shutil.rmtree(W + "/mix", ignore_errors=True)
    shutil.copytree(SOURCE + "/proofs/" + ("cora", "ben", "eve")[i % 3], W + "/mix")
    return ["fetch", W + "/mix"]

works = [
    ("fetch", lambda i: (["fetch"] + people + cora, EX)),
    ("mix", lambda i: (mix(i // 4), EX)),
    ("verify", lambda i: (["verify"], EX)),
    ("review", lambda i: (["review", "bit"] + good + ["--comment", str(i)], BIT)),
]
copy(W + "/base", HOME)
usual = {}
for name, make in works:
    args, where = make(0)
    begun = time.monotonic()
    kith(args, where)
    usual[name] = time.monotonic() - begun
told, killed = own(), 0
for i in range(KILLS):
    name, make = works[i % 4]
    args, where = make(i)
    if name == "verify" and i % 8 == 2 and os.path.exists(HOME + "/cache/index"):
        os.unlink(HOME + "/cache/index")
    open(W + "/break", "wb").write(struct.pack("QQQ", 0, 0, 0))
    p = subprocess.Popen(command(args, where), env=environment(False), stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    time.sleep(rng.random() * usual[name] * 1.1)
    p.send_signal(signal.SIGKILL)
    out, err = p.communicate()
    if p.returncode == -signal.SIGKILL:
        killed += 1
        usual[name] *= 1.02
    elif p.returncode not in (0, 4):
        die("kill", i, name, p.returncode, err)
    else:
        usual[name] *= 0.95
        told += name == "review"
    have = own()
    if have < told:
        die("kill", i, name, "lost: told", told, "have", have)
    told = have
    if i % 25 == 24:
        doctor(f"after kill {i}:")
    checks += 1
must(["fetch"] + people + cora)
must(mix(0))
must(["review", "bit"] + good, BIT)
if own() != told + 1:
    die("own proofs:", own(), told + 1)
if not after <= proofs():
    die("proofs are lost")
if verdict_now() != truth:
    die("another verdict after the kills:", verdict_now())
doctor("after the kills:")
if KILLS and not killed:
    die("nothing was killed in time")
print(f"killed {killed} of {KILLS}; {checks} checks, seed {seed}")
END
