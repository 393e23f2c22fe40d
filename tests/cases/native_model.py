# SPDX-License-Identifier: Apache-2.0
"""Random trust graphs as .wot files whose expectations come from the executable models.

usage: native_model.py ORACLE_FOLDER SEED COUNT OUT_FOLDER
"""
import os
import random
import sys

sys.path.insert(0, sys.argv[1])
import crev_ref as crev  # noqa: E402
import native_ref as model  # noqa: E402

LEVELS = ["distrust", "none", "low", "medium", "high"]
REACH = ["reviews", "introduce", "delegate"]
RATINGS = ["negative", "neutral", "positive", "strong"]
# of different lengths: which of two equally long scopes is more specific is open
SCOPES = ["cargo:foo", "cargo:b*", "cargo:*", "npm:*", "cargo:[a-f]oo"]
NOW = 1000


class World:
    pass


def statement(rng, w, frm, to):
    level = rng.choices(range(5), w.mix)[0]
    over = set()
    if rng.random() < w.p_over:
        over = set(rng.sample(w.names, min(len(w.names), rng.randint(1, 3))))
    scope = rng.choice(SCOPES) if rng.random() < w.p_scope else None
    reach = rng.randint(0, 2) if level and rng.random() < w.p_reach else 2
    until = rng.choice([NOW - 5, NOW, NOW + 1, NOW + 50]) if rng.random() < w.p_until else None
    at = rng.choice([0, 0, 5, 9, NOW, NOW + 1]) if rng.random() < w.p_date else 0
    return model.stmt(frm, to, level, over, scope, reach, until, at)


def generate(rng):
    w = World()
    w.names = [chr(65 + i) for i in range(rng.randint(2, 13))]
    w.mix = rng.choice([[1, 1, 3, 4, 3], [3, 1, 3, 3, 3], [0, 1, 2, 3, 4], [1, 2, 6, 2, 1], [4, 2, 2, 2, 6]])
    w.p_over, w.p_scope, w.p_reach, w.p_until, w.p_date = (
        rng.choice([0, 0.1, 0.4]) for _ in range(5))
    n_roots = rng.choice([1, 1, 1, 1, 2, 3, 4])
    w.roots = w.names[: min(n_roots, len(w.names))]
    w.threshold = rng.randint(1, len(w.roots))
    n = len(w.names)
    w.statements = []
    for _ in range(rng.randint(1, n * rng.choice([1, 2, 4, 7]))):
        frm = rng.choice(w.names[: rng.choice([2, n, n])])
        w.statements.append(statement(rng, w, frm, rng.choice(w.names)))
    w.caps = {i: rng.randint(0, 4) for i in rng.sample(w.names, rng.choice([0, 0, 1, 2]) if n > 2 else 0)}
    w.actor = {}
    for k in range(rng.choice([0, 0, 1, 2])):
        for i in rng.sample(w.names, min(n, rng.randint(1, 3))):
            w.actor.setdefault(i, "actor%d" % k)
    w.publishers = {p: rng.sample(w.names, min(n, rng.choice([0, 0, 1, 2]))) for p in ("foo", "bar")}
    high = rng.randint(0, 2)
    medium = high + rng.randint(0, 2)
    low = medium + rng.randint(0, 3)
    w.params = dict(budget=rng.choice([0, 1, 3, 4, 6, 12, 12]), high=high, medium=medium, low=low)
    w.params["veto"] = rng.choice(["contacts", "contacts", "contacts", "root"])
    w.params["pin"] = rng.choice([1, 1, 1, 1, 0])
    w.order = rng.sample(w.names, n)
    costs = rng.choice([(20, 0, 1, 5, 21, 21), (5, 1, 1, 1, 6, 6), (9, 3, 1, 2, 2, 1), (12, 0, 0, 3, 1, 9),
                        tuple(rng.randint(0, 6) for _ in range(6))])
    w.crev = dict(zip(("max", "high", "medium", "low", "none", "distrust"), costs))
    w.reviews = []
    for _ in range(rng.randint(0, 2 * n)):
        over = rng.sample(w.names, 1) if rng.random() < 0.2 else []
        w.reviews.append(dict(a=rng.choice(w.names), pkg=rng.choice(["foo@1.0.0", "bar@1.0.0"]),
                              rating=rng.randint(0, 3), thor=rng.randint(0, 3), und=rng.randint(0, 3),
                              over=over, at=rng.choice([0, 0, 1])))
    return w


def text(w):
    out = []
    if len(w.roots) == 1:
        out.append("root " + w.roots[0])
    else:
        out.append("roots %s threshold %d" % (" ".join(w.roots), w.threshold))
    out.append("now %d" % NOW)
    out.append("order " + " ".join(w.order))
    out.append("param crev " + " ".join("%s=%s" % x for x in w.crev.items()))
    out.append("param native " + " ".join("%s=%s" % x for x in w.params.items()))
    for s in w.statements:
        line = "trust %s %s %s" % (s.frm, s.to, LEVELS[s.level]) if s.level else "distrust %s %s" % (s.frm, s.to)
        if s.over:
            line += " override " + ",".join(sorted(s.over))
        if s.scope:
            line += " scope " + s.scope
        if s.reach != 2:
            line += " reach " + REACH[s.reach]
        if s.until is not None:
            line += " until %d" % s.until
        if s.at:
            line += " at %d" % s.at
        out.append(line)
    out += ["cap %s %s" % (i, LEVELS[v]) for i, v in w.caps.items()]
    for a in sorted(set(w.actor.values())):
        out.append("actor %s %s" % (a, " ".join(i for i in w.names if w.actor.get(i) == a)))
    out += ["publisher %s %s" % (p, " ".join(v)) for p, v in w.publishers.items() if v]
    for r in w.reviews:
        line = "review %s %s %s thoroughness %s understanding %s at %d" % (
            r["a"], r["pkg"], RATINGS[r["rating"]], LEVELS[r["thor"] + 1], LEVELS[r["und"] + 1], r["at"])
        if r["over"]:
            line += " override " + ",".join(r["over"])
        out.append(line)
    return out


def team(w, statements, question):
    policy = model.Policy(**w.params)
    return model.Team(statements, w.roots, w.threshold, policy, NOW, question, w.caps, w.actor)


def shown(w, t, which):
    out = []
    for i, level in getattr(t, which).items():
        word = "%s:%s" % (i, LEVELS[level])
        if len(w.roots) == 1:
            states = (t.R[0].states if which == "approve" else t.R[0].ostates)[i]
            best = max((x for x in states if x[0] == level), key=lambda x: (x[2], x[1]))
            word += "/%d" % best[2] + ("" if best[1] == 2 else "/" + REACH[best[1]])
        out.append(word)
    return " ".join(sorted(out))


def newest(w, package):
    found = {}
    for r in w.reviews:
        if r["pkg"] == package and (r["a"] not in found or found[r["a"]]["at"] <= r["at"]):
            found[r["a"]] = r
    return list(found.values())


def crev_expectations(w):
    said, day = {}, {}
    for s in w.statements:
        pair = (s.frm, s.to)
        if pair not in day or day[pair] <= s.at:
            day[pair] = s.at
            said[pair] = (s.level, sorted(s.over))
    cost = {level: w.crev[name] for level, name in enumerate(LEVELS)}
    rec, ban, _, _, _, _ = crev.resolve(w.roots[0], said, {}, cost, w.crev["max"], w.order.index)
    return ["expect crev trusted " + " ".join("%s:%s/%d" % (i, LEVELS[r[0]], r[1]) for i, r in sorted(rec.items())),
            "expect crev distrusted " + " ".join("%s<%s" % (i, r[0]) for i, r in sorted(ban.items()))]


def expectations(w, rng):
    out = crev_expectations(w)
    for question in (None, "cargo:foo"):
        t = team(w, w.statements, question)
        scope = "scope=%s " % question if question else ""
        out.append("expect native approve " + scope + shown(w, t, "approve"))
        out.append("expect native object " + scope + shown(w, t, "object"))
        doubts = {}
        for r in t.R:
            for b, a in r.contested.items():
                doubts.setdefault(b, set()).update(a)
        out.append("expect native contested " + scope
                   + " ".join("%s<%s" % (b, "+".join(sorted(a))) for b, a in sorted(doubts.items())))
    for package in ("foo@1.0.0", "bar@1.0.0"):
        name = package.split("@")[0]
        owners = {w.actor.get(i, i) for i in w.publishers[name]}
        rest = [s for s in w.statements if s.frm in w.roots or w.actor.get(s.frm, s.frm) not in owners]
        bare = team(w, rest, "cargo:" + name)
        bare.object = team(w, w.statements, "cargo:" + name).object
        for level in (2, 3, 4):
            k = rng.randint(1, 4)
            thor, und = rng.choice([(0, 0), (1, 0), (2, 1)])
            verdict, count, _, _ = bare.verify(newest(w, package), level, k, w.publishers[name], thor, und)
            out.append("expect native verify %s trust=%s redundancy=%d thoroughness=%s understanding=%s %s/%d" % (
                package, LEVELS[level], k, LEVELS[thor + 1], LEVELS[und + 1], verdict, count))
    return out


def main():
    seed, count, folder = int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    for i in range(count):
        rng = random.Random("%d %d" % (seed, i))
        w = generate(rng)
        with open(os.path.join(folder, "m%05d.wot" % i), "w") as f:
            f.write("\n".join(text(w) + expectations(w, rng)) + "\n")


main()
