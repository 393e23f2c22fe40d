#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith publish: over http with a password, over ssh, to a folder; alone, behind, beside others.
. "$KITH_SOURCE/tests/cli/lib.sh"
command -v python3 >/dev/null || skip "there is no python3"
unset GIT_CONFIG_GLOBAL
git config --global user.name tester
git config --global user.email tester@example.invalid
git config --global protocol.file.allow always
ada=yN55UMIhZBPoxU_P6c0NdwfwkMTYxUHwouV0ygO1U2I
ben=_LMuC9huFMJjb2lRBViWBb5gnVqVfQVPmPB81R2WHKc
own=$HOME/.local/share/kith/proofs
mkdir -p "$work/srv"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/srv" "$work/port" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
i=0
while [ ! -s "$work/port" ] && [ $i -lt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
base=http://127.0.0.1:$(cat "$work/port")
now=2026-06-01T12:00:00Z
tick() { now=2026-06-$1T12:00:00Z; }
is() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || fail "$1: want $2, got $3"
}

# what is missing is said, with the way out
k publish --yes
status_is 2
err_has "you have no id yet"
k id new --no-passphrase
me=$(cat "$work/out")
k publish --yes
status_is 2
err_has "no URL to publish at"
k trust "$ada" --level high
k id set-url "$base/auth/me.git"
status_is 0
repo=$(echo "$own"/127_0_0_1*)
k --offline publish
status_is 2
k publish --yes
status_is 3
err_has "credential"
# wrong password, then no repository, then one that declines, then one that takes it
printf '[credential]\n\thelper = "!f() { cat >/dev/null; echo username=owner; echo password=wrong; }; f"\n' >>"$HOME/.gitconfig"
k publish --yes
status_is 3
sed -i 's/password=wrong/password=open sesame/' "$HOME/.gitconfig"
k publish --yes
status_is 3
err_has "create the repository"
git init -q --bare -b main "$work/srv/me.git"
git -C "$work/srv/me.git" config http.receivepack true
printf '#!/bin/sh\necho "not on Sundays" >&2\nexit 1\n' >"$work/srv/me.git/hooks/pre-receive"
chmod +x "$work/srv/me.git/hooks/pre-receive"
k publish --yes
status_is 3
err_has "not on Sundays"
rm "$work/srv/me.git/hooks/pre-receive"
k publish --dry-run
status_is 0
out_has "would be published for the first time"
is "a dry run moves nothing" "" "$(git -C "$work/srv/me.git" for-each-ref)"
out_line "  trust for $ada: high"
# it leaves the machine only with a yes
k publish
status_is 2
err_has "1 proof for everybody at $base/auth/me.git:"
err_has "  trust for $ada: high"
err_has "there is nobody to ask"
on="$KITH_BUILD/tests/on_terminal"
run "$on" "[y/N]" 'n\n' -- "$kith" --now "$now" publish
status_is 2
is "a no publishes nothing" "" "$(git -C "$work/srv/me.git" for-each-ref)"
run "$on" "[y/N]" 'y\n' -- "$kith" --now "$now" publish
status_is 0
out_has "branch main published for the first time"
git -C "$work/srv/me.git" update-ref -d refs/heads/main
k publish --yes
status_is 0
out_line "branch main published for the first time at $base/auth/me.git"
is "what is there" "$(git -C "$repo" rev-parse HEAD)" "$(git -C "$work/srv/me.git" rev-parse HEAD)"
k publish --yes
status_is 0
out_line "nothing new to publish"
k --json publish --yes
out_has '"schema": "kith.published/1"'

# others see it where it says that it is
run env KITH_HOME="$work/other" GIT_CONFIG_GLOBAL=/dev/null "$kith" fetch "$base/auth/me.git"
status_is 3
out_has "$base/auth/me.git: it asks for a password (HTTP 401)"
run env KITH_HOME="$work/other" "$kith" fetch "$work/srv/me.git"
status_is 0
out_has "1 new proof"
# … and who has its password
run env KITH_HOME="$work/third" "$kith" fetch "$base/auth/me.git"
status_is 0
out_has "1 new proof"

# stored without a commit: committed and published
tick 02
k trust "$ben" --level low --no-commit
k publish --yes
status_is 0
out_has "1 commit published"
is "clean" "" "$(git -C "$repo" status --porcelain)"

# what lies there and is not committed is looked at before it goes out under one's name
trustfile=$(echo "$repo/$me"/trust/*.crev)
cp "$trustfile" "$work/right"
sed 's/trust: low/trust: high/' "$trustfile" >"$work/forged"
cp "$work/forged" "$trustfile"
before=$(git -C "$repo" rev-parse HEAD)
k publish --yes
status_is 4
err_has "1 committed proof is no longer in it"
cp "$work/right" "$trustfile"
printf 'nonsense\n' >>"$trustfile"
k publish --yes
status_is 2
err_has "not committed and no valid proof"
cp "$work/right" "$trustfile"
mkdir -p "$repo/$me/reviews"
sed "s/$ada/$ben/" "$work/right" >"$repo/$me/reviews/2026-01-x.proof.crev"
k publish --yes
status_is 2
err_has "reviews/2026-01-x.proof.crev:1: not committed and no valid proof"
rm "$repo/$me/reviews/2026-01-x.proof.crev"
is "nothing was committed" "$before" "$(git -C "$repo" rev-parse HEAD)"
k publish --yes
status_is 0
out_line "nothing new to publish"

# beside another machine of the same person: a file that grew on both sides gets both ends
git clone -q "$work/srv/me.git" "$work/elsewhere"
mkdir -p "$work/second/proofs" "$work/second/ids"
cp "$HOME/.config/kith/ids/$me.yaml" "$work/second/ids/"
cp "$HOME/.local/share/kith/secret" "$work/second/secret"
mv "$work/elsewhere" "$work/second/proofs/$(basename "$repo")"
git -C "$work/second/proofs/$(basename "$repo")" remote set-url origin "$base/auth/me.git"
second() { run env KITH_HOME="$work/second" "$kith" --now "$now" "$@"; }
tick 03
second trust "$ada" --level medium
status_is 0
second publish --yes
status_is 0
tick 04
k trust "$ben" --level medium
k publish --yes
status_is 0
out_has "1 commit of the server added here"
out_has "1 commit published"
is "all four" 4 "$(git -C "$work/srv/me.git" grep -h -e '^trust:' HEAD -- '*.crev' | wc -l)"
is "linear" "" "$(git -C "$work/srv/me.git" log --merges --format=%h)"
second publish --yes
status_is 0
out_has "1 commit of the server added here"
out_has "nothing new to publish"
k query proofs --author "$me"
is "all four are read" 4 "$(grep -c . "$work/out")"

# somebody removed proofs at the server: nothing is taken over
git clone -q "$work/srv/me.git" "$work/rm"
git -C "$work/rm" rm -q -r -- "$me"
git -C "$work/rm" commit -qm "remove"
git -C "$work/rm" push -q
k publish --yes
status_is 4
err_has "4 proofs of this repository would be lost"
is "still here" 4 "$(cat "$repo/$me"/trust/*.crev | grep -c '^trust:')"
git -C "$work/srv/me.git" update-ref refs/heads/main "$(git -C "$repo" rev-parse HEAD)"

# changed by hand on both sides
echo one >>"$repo/README.md"
git -C "$repo" commit -qam "mine"
git -C "$work/rm" pull -q --rebase 2>/dev/null || git -C "$work/rm" reset -q --hard origin/main
git -C "$work/rm" reset -q --hard "$(git -C "$work/srv/me.git" rev-parse HEAD)" 2>/dev/null || {
	rm -rf "$work/rm"
	git clone -q "$work/srv/me.git" "$work/rm"
}
echo two >>"$work/rm/README.md"
git -C "$work/rm" commit -qam "theirs"
git -C "$work/rm" push -qf
k publish --yes
status_is 2
err_has "was changed here and at the server"
git -C "$repo" reset -q --hard HEAD~1
k publish --yes
status_is 0

# no remote; the middle of a merge; a detached head
git -C "$repo" remote rename origin away
git -C "$repo" config --unset branch.main.remote || true
git -C "$repo" remote remove away
k publish --yes
status_is 2
err_has "the proof repository has no remote"
err_has "hint: git remote add origin URL there"
git -C "$repo" remote add origin "$base/auth/me.git"
git -C "$repo" checkout -q --detach
k publish --yes
status_is 2
err_has "its HEAD is detached"
git -C "$repo" checkout -q main
touch "$repo/.git/MERGE_HEAD"
k publish --yes
status_is 2
err_has "in the middle of a merge"
rm "$repo/.git/MERGE_HEAD"

# on a third machine, with the key only: what was published comes first
mkdir -p "$work/third/ids"
third() { run env KITH_HOME="$work/third" "$kith" --now "$now" "$@"; }
third id import "$HOME/.config/kith/ids/$me.yaml"
err_has "kith publish brings here what it published already"
third publish --dry-run
status_is 2
third publish --yes
status_is 0
err_has "your proof repository was fetched from $base/auth/me.git"
out_line "nothing new to publish"
third query proofs --author "$me"
is "all four are there" 4 "$(grep -c . "$work/out")"
now=2026-06-04T11:00:00Z
third untrust "$ben"
err_has "the clock is behind your newest statement"

# over ssh, with the user's own program, where the proofs say another place
cat >"$work/ssh" <<END
#!/bin/sh
for a; do last=\$a; done
exec sh -c "\$last"
END
chmod +x "$work/ssh"
git init -q --bare -b main "$work/srv/over-ssh.git"
git -C "$repo" remote set-url origin "ssh://git@host.example$work/srv/over-ssh.git"
tick 05
k trust "$ada" --level low
run env GIT_SSH_COMMAND="$work/ssh" "$kith" --now "$now" publish --yes
status_is 0
err_has "your proofs say that they are at $base/auth/me.git, but they are pushed to ssh://"
is "over ssh" "$(git -C "$repo" rev-parse HEAD)" "$(git -C "$work/srv/over-ssh.git" rev-parse HEAD)"
# while the network is waited for others can write: here the server waits for just that
cat >"$work/ssh" <<END
#!/bin/sh
for a; do last=\$a; done
env -u KITH_HOME "$kith" --now 2026-06-05T13:00:00Z trust "$ben" --level high </dev/null >>"$work/meanwhile" 2>&1
rm -f "$work/ssh.once"
exec sh -c "\$last"
END
k trust "$ben" --level low
touch "$work/ssh.once"
sed -i "3i [ ! -e '$work/ssh.once' ] || " "$work/ssh"
sed -i '3{N;s/\n//}' "$work/ssh"
run timeout 60 env GIT_SSH_COMMAND="$work/ssh" "$kith" --now "$now" publish --yes
status_is 0
checks=$((checks + 1))
grep -q '1 proof stored' "$work/meanwhile" || fail "the writer waited: $(cat "$work/meanwhile")"
# its words reach us, made safe
printf '#!/bin/sh\nprintf "Permission denied (publickey).\\033[0m\\n" >&2\nexit 255\n' >"$work/ssh"
tick 06
k trust "$ada" --level medium
run env GIT_SSH_COMMAND="$work/ssh" "$kith" --now "$now" publish --yes
status_is 3
err_has "Permission denied"
clean_output

finish
