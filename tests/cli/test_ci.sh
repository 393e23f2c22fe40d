#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The snippets of docs/ci, as far as they go without their hosts: read as YAML, their steps run by a
# shell with the environment that the host sets; exit status and reports are what they promise.
. "$KITH_SOURCE/tests/cli/lib.sh"
python=python3
"$python" -c 'import yaml' 2>/dev/null || python=/usr/bin/python3
"$python" -c 'import yaml' 2>/dev/null || skip 'no yaml for python: ./dev setup installs it'
[ -x "$(command -v git)" ] || skip 'no git'
PATH="$KITH_BUILD:$PATH"
unset GITHUB_BASE_REF GITHUB_STEP_SUMMARY CI_MERGE_REQUEST_TARGET_BRANCH_NAME CHANGE_TARGET KITH_REPORTS
ci="$KITH_SOURCE/docs/ci"

example_project
example_evidence
printf '[roots]\nids = ["%s"]\n' "$root" >"$project/kith.toml"
git init -q --bare "$work/origin"
git -C "$project" init -q
git -C "$project" add -A -f
git -C "$project" commit -q -m project
git -C "$project" branch -M main
git -C "$project" push -q "$work/origin" main 2>/dev/null
git -C "$project" remote add origin "$work/origin"
git -C "$project" fetch -q

# the steps of each file as scripts: $work/NAME.sh
cat >"$work/steps.py" <<'EOF2'
import re, sys, yaml
ci, out = sys.argv[1:]
for name in ("github", "forgejo"):
    doc = yaml.safe_load(open(f"{ci}/{name}.yml"))
    steps = doc["jobs"]["verify"]["steps"]
    assert set(doc[True]) == {"push", "pull_request"} and steps[0]["with"]["fetch-depth"] == 0
    assert steps[0]["with"]["persist-credentials"] is False
    assert not any("cache" in s.get("uses", "") for s in steps)
    runs = [s["run"] for s in steps if "run" in s]
    assert len(runs) == 2 and all("if" in s for s in steps if "upload" in s.get("uses", ""))
    open(f"{out}/{name}.sh", "w").write("".join("sh -e <<'STEP'\n" + r + "STEP\n" for r in runs))
job = yaml.safe_load(open(f"{ci}/gitlab.yml"))["kith"]
assert job["variables"]["GIT_DEPTH"] == "0" and "cache" not in job
assert job["artifacts"]["when"] == "always" and job["artifacts"]["reports"]["junit"] == "kith.xml"
open(f"{out}/gitlab.sh", "w").write("set -e\n" + "\n".join(job["script"]) + "\n")
text = open(f"{ci}/Jenkinsfile").read()
(script,) = re.findall(r"sh '''(.*?)'''", text, re.S)
assert "\\" not in script and text.count("{") == text.count("}")
open(f"{out}/Jenkinsfile.sh", "w").write(script)
EOF2
checks=$((checks + 1))
"$python" "$work/steps.py" "$ci" "$work" || fail 'the files are not what they should be'
cp "$ci/shell.sh" "$work/shell.sh"

# job NAME [VARIABLE=VALUE]...: runs it in a fresh clone; $here is that
job() {
	name=$1
	shift
	here="$work/run"
	rm -rf "$here"
	git clone -q "$work/origin" "$here" 2>/dev/null
	git -C "$here" checkout -q -B change "$branch"
	: >"$work/summary"
	last="$name $*"
	status=0
	(cd "$here" && env "$@" GITHUB_STEP_SUMMARY="$work/summary" sh -e "$work/$name.sh") \
		>"$work/out" 2>"$work/err" </dev/null || status=$?
}

# reports NAME: those that it promises are there and can be read by who gets them
reports() {
	case $1 in
	github) set -- kith.sarif ;;
	forgejo) set -- kith-reports/kith.html kith-reports/kith.sarif ;;
	gitlab | Jenkinsfile) set -- kith.xml kith.html ;;
	shell) set -- kith-reports/kith.sarif kith-reports/kith.junit kith-reports/kith.markdown \
		kith-reports/kith.html kith-reports/kith.json ;;
	esac
	for f; do
		checks=$((checks + 1))
		[ -s "$here/$f" ] || {
			fail "no $f"
			continue
		}
		case $f in
		*.sarif) "$python" -c 'import json, sys; d = json.load(open(sys.argv[1])); assert d["runs"][0]["results"]' "$here/$f" ;;
		*.xml | *.junit) "$python" -c 'import sys, xml.etree.ElementTree as E; assert len(E.parse(sys.argv[1]).getroot()[0])' "$here/$f" ;;
		*.json) "$python" -c 'import json, sys; assert json.load(open(sys.argv[1]))["pass"] is False' "$here/$f" ;;
		*) grep -q kith "$here/$f" ;;
		esac || fail "$f cannot be read"
	done
}

branch=origin/main
for name in github forgejo gitlab Jenkinsfile shell; do
	job "$name"
	status_is 4
	reports "$name"
	case $name in
	github)
		out_has '::error file=Cargo.lock,line='
		checks=$((checks + 1))
		grep -q '^### kith: fail' "$work/summary" || fail 'no summary'
		;;
	*) out_has FAIL ;;
	esac
done

# a policy that does not work: no verdict, and the job fails
(
	cd "$project"
	git checkout -q -b broken
	echo '[polcy]' >>kith.toml
	git commit -q -a -m broken
	git push -q origin broken 2>/dev/null
)
branch=origin/broken
for name in github forgejo gitlab Jenkinsfile shell; do
	job "$name"
	checks=$((checks + 1))
	[ "$status" != 0 ] || fail 'passes'
	err_has "did you mean 'policy'"
done

# a change: the policy of what it is merged into counts, whatever it does to its own
"$kith" help verify | grep -q -e '--since' || {
	finish
	exit
}
(
	cd "$project"
	git checkout -q -b change main
	printf '[roots]\nids = ["%s"]\n[policy]\nlevel = "high"\n' "$root" >kith.toml
	git commit -q -a -m change
	git push -q origin change 2>/dev/null
)
branch=origin/change
# judged, and its own words about the policy are told: neither a verdict by them nor a failure to judge
judged() {
	checks=$((checks + 1))
	case $status in 0 | 1 | 4) ;; *) fail 'a change is not judged' ;; esac
	out_has '[policy] level'
}
job github GITHUB_BASE_REF=main
judged
job forgejo GITHUB_BASE_REF=main
judged
job gitlab CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main
judged
job Jenkinsfile CHANGE_TARGET=main
judged
sed -i '1a set -- origin/main' "$work/shell.sh"
job shell
judged
finish
