#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith search: names by words, with who has said how much about them.
. "$KITH_SOURCE/tests/cli/lib.sh"

# nothing is here
k search anything
status_is 1
out_empty
err_line "nobody here has said anything about such a package; kith fetch may know more"
k search
status_is 2
k search ''
status_is 2
err_has "an empty word is in every name"
k search x --trusted
status_is 2
err_has "no root: whose trust should count?"

# reviews of the example web, and a set
example_evidence
mkdir "$work/set"
cat >"$work/set/audits.toml" <<'END'
[criteria.own]
description = "x"

[[audits.kith-example-json]]
criteria = "safe-to-deploy"
version = "1.1.0"

[[audits.kith-example-json]]
criteria = "safe-to-run"
delta = "1.1.0 -> 1.2.0"

[[audits.only-audited]]
criteria = "own"
violation = "<2"

[[trusted.only-audited]]
criteria = "safe-to-run"
user-id = 3
start = "2020-01-01"
end = "2026-01-01"
END
k source add vet "$work/set/audits.toml"
status_is 0
k fetch
k search JSON --root "$root"
status_is 0
grep '^kith-example-json ' "$work/out" >"$work/line"
checks=$((checks + 3))
[ "$(wc -l <"$work/out")" = "$(wc -l <"$work/line")" ] || fail "other packages than json"
grep -q '^kith-example-json  *[0-9]* reviews\?, 2 audits by ' "$work/line" || fail "counts: $(cat "$work/line")"
grep -q '(high)' "$work/line" || fail "no level: $(cat "$work/line")"
k search only
out_line "only-audited              1 violation, 1 vouch by audits.toml"
k search 'only*ted'
status_is 0
k search 'only*x'
status_is 1
k search audit only
status_is 0
k search audit json
status_is 1
k search only --trusted --root "$root"
out_line "only-audited              1 violation, 1 vouch by audits.toml (low)"
printf 'level = "none"\n' >>"$HOME/.config/kith/config.toml"
k search only --trusted --root "$root"
status_is 1
# the exact name first, then what most is said about
k search kith-example-parse
checks=$((checks + 1))
head -n 1 "$work/out" | grep -q '^kith-example-parse ' || fail "not first"
k search kith --root "$root"
status_is 0
checks=$((checks + 1))
awk '{ n = $2; for (i = 3; i <= NF; i++) if ($i ~ /^audits?$/) n += $(i - 1); if (NR > 1 && n > last) bad = 1; last = n }
	END { exit bad || NR < 5 }' "$work/out" || fail "not sorted by how much is said"
cp "$work/out" "$work/first"
TZ=Asia/Tokyo k search kith --root "$root"
out_is "$work/first"
clean_output

k search kith-example-json --root "$root" --json
status_is 0
cat >"$work/check.py" <<'END'
import json, sys
d = json.load(sys.stdin)
p = d["packages"][0]
print(d["schema"], p["ecosystem"], p["name"], p["reviews"] > 0, p["audits"], p["violations"], p["vouches"],
      [b for b in p["by"] if "source" in b], p["by"][0]["level"],
      sum(b["claims"] for b in p["by"]) == p["reviews"] + p["audits"])
END
run python3 "$work/check.py" <"$work/out"
cp "$work/out" "$work/json"
k search kith-example-json --root "$root" --json
cp "$work/out" "$work/json"
python3 "$work/check.py" <"$work/json" >"$work/out"
out_line "kith.search/1 cargo kith-example-json True 2 0 0 [{'source': 'audits.toml', 'level': 'none', 'claims': 2}] high True"
k search zzz --json
status_is 1
out_has '"packages": []'
finish
