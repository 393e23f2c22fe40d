#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Killed 200 times at random moments while it stores: never a torn file, never a lost proof.
. "$KITH_SOURCE/tests/cli/store.sh"
OWNER="$KITH_BUILD/tests/kith_owner"
export OWNER T TZ=UTC
python3 - <<'END' || exit 1
import os, random, signal, subprocess, sys, time

owner, top = os.environ["OWNER"], os.environ["T"]
home, url = top + "/h", "https://example.org/alice/p"
seed = int(os.environ.get("KITH_KILL_SEED", time.time_ns() % 1000000))
rng = random.Random(seed)

def die(text):
    sys.exit(f"FAIL (KITH_KILL_SEED={seed}): {text}")

def add(version):
    return subprocess.Popen([owner, home, url, "--now", "2026-01-01T00:00:00Z", "add", "foo", version],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

start = time.monotonic()
p = add("0.0.1")
out, err = p.communicate()
usual = time.monotonic() - start
if p.returncode:
    die(err)
told = ["0.0.1"]
killed = 0
for i in range(2, 202):
    p = add(f"0.0.{i}")
    time.sleep(rng.random() * usual * 1.2)
    p.send_signal(signal.SIGKILL)
    out, err = p.communicate()
    if p.returncode == -signal.SIGKILL:
        killed += 1
        usual *= 1.02  # so that kills come at its end, too, however busy the machine is
    elif p.returncode:
        die(err)
    else:
        usual *= 0.95
    if b"stored" in out:
        told.append(f"0.0.{i}")
p = add("0.1.0")  # whatever the kills left behind is no obstacle
out, err = p.communicate()
if p.returncode:
    die(err)
told.append("0.1.0")
listed = subprocess.run([owner, home, url, "list"], capture_output=True, text=True, check=True).stdout.splitlines()
tree = listed[0]
have = [line.split()[1] for line in listed[1:]]
for version in told:
    if have.count(version) != 1:
        die(f"{version} is there {have.count(version)} times")
git = ["git", "-C", tree]
status = subprocess.run(git + ["status", "--porcelain"], capture_output=True, text=True, check=True).stdout
if status:
    die(f"left behind: {status}")
subprocess.run(git + ["fsck", "--strict"], capture_output=True, check=True)
text = subprocess.run(git + ["grep", "-c", "END CREV PROOF", "HEAD"], capture_output=True, text=True, check=True).stdout
count = sum(int(line.rsplit(":", 1)[1]) for line in text.splitlines())
if count != len(have):
    die(f"{count} proofs in files, {len(have)} of them valid")
left = [n for n in os.listdir(os.path.dirname(tree)) if not n.startswith("example_org")]
if left or os.path.exists(os.path.dirname(tree) + ".new"):
    die(f"left behind: {left}")
if killed < 50:
    die(f"only {killed} of 200 were killed in time")
print(f"{killed} of 200 killed, {len(have)} proofs, seed {seed}")
END
