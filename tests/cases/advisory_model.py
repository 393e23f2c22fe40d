# SPDX-License-Identifier: Apache-2.0
"""Random cases for `./dev cases`, answered by the shared model of advisory matching.

advisory_model.py ORACLE SEED cvss|ranges|osv
"""
import itertools
import json
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import rustsec_ref as model  # noqa: E402

random.seed(int(sys.argv[2]))
NUMBERS = ["0", "1", "2", "3", "10"]
SUFFIXES = ["", "", "", "-0", "-alpha", "-alpha.1", "-rc.2", "-rc.10"]


def version():
    return ".".join(random.choice(NUMBERS) for _ in range(3)) + random.choice(SUFFIXES)


def partial():
    if random.random() < .6:
        return version()
    return ".".join(random.choice(NUMBERS) for _ in range(random.choice([1, 2])))


def requirement():
    k = random.random()
    if k < .35:
        return ">=" + partial()
    if k < .45:
        return ">= %s, < %s" % (partial(), partial())
    if k < .55:
        return "<" + partial()
    if k > .97:
        return "*"
    return random.choice([">", "<=", "=", "^", "~", "", "=1.*", ">%s, <=" % version()]) + partial()


def ranges():
    for _ in range(5000):
        patched = [requirement() for _ in range(random.choice([0, 1, 1, 2, 3]))]
        unaffected = [requirement() for _ in range(random.choice([0, 0, 1, 2]))]
        try:
            lists = [[model.parse_req(r) for r in x] for x in (patched, unaffected)]
            answer = model.show_ranges(model.affected_ranges(*lists))
        except model.Bad:
            answer = "refused"
        print(";".join(patched) + "\t" + ";".join(unaffected) + "\t" + answer)


def osv_range():
    events = [{"introduced": random.choice(["0", version()])}]
    end = random.choice(["fixed", "last_affected"])
    for _ in range(random.randrange(4)):
        kind = random.choice(["introduced", end, end, "limit"])
        events.append({kind: version() if random.random() < .9 else "0"})
    random.shuffle(events)
    return {"type": "SEMVER", "events": events}


def osv():
    for _ in range(1000):
        some = [osv_range() for _ in range(random.choice([1, 1, 2]))]
        asked = version()
        hit = model.osv_semver_affected(some, model.Version.parse(asked))
        package = {"ecosystem": "crates.io", "name": "a"}
        print(json.dumps({
            "why": "model",
            "record": {"id": "T-1", "affected": [{"package": package, "ranges": some}]},
            "package": dict(package, version=asked),
            "expect": "affected" if hit else "not"}))


def show(vector):
    score, label = model.cvss(vector)
    print("%s\t%.1f\t%s\tmodel" % (vector, score, label))


def cvss():
    """All of 3.1, all of 2.0, random ones of 4.0."""
    for prefix, weights in (("CVSS:3.1/", model.V3), ("", model.V2)):
        for values in itertools.product(*weights.values()):
            show(prefix + "/".join("%s:%s" % m for m in zip(weights, values)))
    for _ in range(5000):
        metrics = ["%s:%s" % (k, random.choice(v)) for k, v in model.V4_BASE.items()]
        metrics += ["%s:%s" % (k, random.choice(v)) for k, v in model.V4_MORE.items()
                    if random.random() < .3]
        show("CVSS:4.0/" + "/".join(metrics))


{"cvss": cvss, "ranges": ranges, "osv": osv}[sys.argv[3]]()
