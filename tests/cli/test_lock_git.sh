#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whether git keeps the lock file: ignored, not committed, another text; asked once for each state.
. "$KITH_SOURCE/tests/cli/lib.sh"
[ -x "$(command -v git)" ] || skip 'no git'

example_project
example_evidence
p="$work/repo/p"
mkdir -p "$p"
printf '[package]\nname = "p"\nversion = "0.1.0"\n' >"$p/Cargo.toml"
printf 'version = 4\n\n[[package]]\nname = "p"\nversion = "0.1.0"\n' >"$p/Cargo.lock"
v() { k -C "$p" verify --root "$root" "$@"; }
git() { command git -C "$work/repo" -c init.defaultBranch=main "$@"; }
clean() {
	status_is 0
	out_lacks Cargo.lock
	err_empty
}

v
clean
git init -q
v
clean # nothing is under git's care yet
git add p/Cargo.toml
git commit -q -m manifest
v
status_is 0
out_line "  warning  Cargo.lock: git's current commit does not have it"
git add p/Cargo.lock
git commit -q -m lock
v
clean
echo '# more' >>"$p/Cargo.lock"
v
status_is 0
out_line "  warning  Cargo.lock: it is not the one of git's current commit"
k -C "$work" verify --root "$root" repo/p --format sarif
out_has '"ruleId": "kith/lock-uncommitted"'
out_has '"uri": "repo/p/Cargo.lock"'
printf '[lockfile]\nuncommitted = "error"\n' >"$p/kith.toml"
v --json
status_is 1
out_has '"rule": "kith/lock-uncommitted"'
v
err_line 'next: git commit Cargo.lock'
printf '[lockfile]\nuncommitted = "off"\n' >"$p/kith.toml"
v
clean
rm "$p/kith.toml"
git commit -q -a -m more
v
clean
git checkout -q -b other HEAD~1
v
clean

# ignored: by rules at any height; one that is committed all the same is not
git checkout -q main
for rules in .gitignore p/.gitignore .git/info/exclude; do
	mkdir -p "$work/repo/.git/info"
	: >"$work/repo/.git/info/exclude"
	rm -f "$work/repo/.gitignore" "$p/.gitignore"
	echo 'Cargo.lock' >>"$work/repo/$rules"
	v
	clean
	git rm -q --cached p/Cargo.lock
	git commit -q -m 'without'
	v
	status_is 0
	out_line '  warning  Cargo.lock: git ignores it: nobody else gets what is judged here'
	git add -f p/Cargo.lock
	git commit -q -m 'with'
done
printf '[lockfile]\ngit-ignored = "error"\n' >"$p/kith.toml"
git rm -q --cached p/Cargo.lock
git commit -q -m 'without'
v --format github
status_is 1
out_has '::error file=Cargo.lock,line=1,title=kith/lock-ignored::git ignores it'
rm "$p/kith.toml"
# a folder that is ignored with all that is in it is not the repository's
echo '/p/' >"$work/repo/.git/info/exclude"
git rm -q -r --cached p
git commit -q -m 'no p'
v
clean
# the user's own rules are nobody else's
: >"$work/repo/.git/info/exclude"
rm -f "$work/repo/.gitignore" "$p/.gitignore"
mkdir -p "$HOME/.config/git"
echo Cargo.lock >"$HOME/.config/git/ignore"
printf '[core]\nexcludesFile = %s\n' "$HOME/.config/git/ignore" >"$HOME/.gitconfig"
git add -f p
git rm -q --cached p/Cargo.lock
git commit -q -m 'manifest only'
v
out_line "  warning  Cargo.lock: git's current commit does not have it"

# a linked work tree
git add -f p/Cargo.lock
git commit -q -m 'all'
git worktree add -q "$work/linked" 2>/dev/null
k -C "$work/linked/p" verify --root "$root"
clean
echo '# there' >>"$work/linked/p/Cargo.lock"
k -C "$work/linked/p" verify --root "$root"
out_line "  warning  Cargo.lock: it is not the one of git's current commit"
v
clean

# asked once: a second run needs no helper, until something of it changes
sleep 2.2
v
run env KITH_LIBEXEC=/nowhere "$kith" --now "$now" -C "$p" verify --root "$root"
clean
checks=$((checks + 1))
[ "$(find "$HOME" -path '*/kept/*' -type f | wc -l)" -ge 1 ] || fail 'nothing is remembered'
printf '# changed\n' >>"$p/Cargo.lock"
run env KITH_LIBEXEC=/nowhere "$kith" --now "$now" -C "$p" verify --root "$root"
status_is 0
err_has 'whether git keeps the lock file is not known'
v
out_line "  warning  Cargo.lock: it is not the one of git's current commit"
# what is remembered and was not written here counts for nothing
sleep 2.2
v
find "$HOME" -path '*/kept/*' -type f >"$work/kept"
while read -r f; do
	printf '\067' | dd of="$f" bs=1 seek=32 conv=notrunc 2>/dev/null
done <"$work/kept"
v
out_line "  warning  Cargo.lock: it is not the one of git's current commit"

# a repository that is none, or a trap: a warning, and the packages are judged all the same
for how in empty link head fifo objects; do
	rm -rf "$work/bad"
	mkdir -p "$work/bad"
	cp "$p/Cargo.toml" "$p/Cargo.lock" "$work/bad"
	case $how in
	empty) mkdir "$work/bad/.git" ;;
	link) echo 'gitdir: /etc' >"$work/bad/.git" ;;
	head)
		command git -C "$work/bad" init -q
		head -c 100000 /dev/zero >"$work/bad/.git/HEAD"
		;;
	fifo)
		command git -C "$work/bad" init -q
		rm "$work/bad/.git/HEAD"
		mkfifo "$work/bad/.git/HEAD"
		;;
	objects)
		command git -C "$work/bad" init -q
		command git -C "$work/bad" add -f Cargo.toml
		command git -C "$work/bad" commit -q -m x
		# shellcheck disable=SC2016
		find "$work/bad/.git/objects" -type f -exec chmod u+w {} + -exec sh -c 'for f; do echo junk >"$f"; done' sh {} +
		;;
	esac
	run timeout 60 "$kith" --now "$now" -C "$work/bad" verify --root "$root"
	status_is 0
	clean_output
done
finish
