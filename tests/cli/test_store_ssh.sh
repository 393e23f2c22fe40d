#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetching over ssh: a program in ssh's place notes how it was called and runs the command here.
. "$KITH_SOURCE/tests/cli/store.sh"

git init -q -b main work
echo one >work/a.crev
git -C work add -A && git -C work commit -qm one
cat >ssh <<END
#!/bin/sh
for a; do printf '<%s>' "\$a" >&2; last=\$a; done
[ ! -e "$T/say" ] || { cat "$T/say" >&2; exit 255; }
[ ! -e "$T/hang" ] || exec sleep 30
[ ! -e "$T/drip" ] || { printf 003d; while printf a; do sleep 0.2; done; }
[ ! -e "$T/refs" ] || exec yes "003daaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa refs/heads/main"
touch "$T/outside" 2>/dev/null
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
exec 2>/dev/null
if [ -e "$T/cut" ]; then
	sh -c "\$last" | head -c "\$(cat "$T/cut")"
	exec sleep 30
fi
exec sh -c "\$last"
END
chmod +x ssh
export GIT_SSH="$T/ssh"

same 'long form' "updated$TAB-" "$(fetch "$T/h" "ssh://git@host.example:2222$T/work")"
same 'short form' "updated$TAB-" "$(fetch "$T/h" "host.example:$T/work")"
same 'again' "unchanged$TAB-" "$(fetch "$T/h" "ssh://git@host.example:2222$T/work")"
same 'read' 'a.crev	4
a.crev	4' "$(read_all "$T/h")"

# what ssh says is passed on, made safe; what it was given is what it should be
printf 'Host key verification failed.\033[0m\nmore\n' >say
cat >said <<END
#!/bin/sh
cat "$T/say" >&2
exit 255
END
chmod +x said
same 'refused' "failed${TAB}ssh ended: Host key verification failed.\\x1b[0m" "$(GIT_SSH="$T/said" fetch "$T/h" "ssh://host.example$T/work")"
same 'arguments' "failed${TAB}ssh ended: <-oBatchMode=yes><-oConnectTimeout=15><-oClearAllForwardings=yes><-T><-a><-x><-oPort=22><git@host.example><git-upload-pack '~u/x'>Host key verification failed.\\x1b[0m" \
	"$(fetch "$T/h" ssh://git@host.example:22/~u/x)"
rm say
same 'not there' "failed${TAB}ssh ended" "$(fetch "$T/h" "ssh://host.example$T/nothing" | sed 's/: <.*//')"
same 'no ssh' "failed${TAB}ssh ended" "$(GIT_SSH="$T/nowhere" fetch "$T/h" "ssh://host.example$T/work" | sed 's/: <.*//')"

# it hangs: ended, and what it started too
touch hang
start=$(date +%s)
same 'hangs' "failed${TAB}it is too slow" "$(fetch --idle 1 --timeout 5 "$T/h" "ssh://host.example$T/work" | sed 's/: <.*//')"
[ $(($(date +%s) - start)) -lt 15 ] || fail 'a hanging ssh was waited for'
rm hang
touch drip
same 'drips' "failed${TAB}it is too slow" "$(fetch --idle 1 --timeout 20 "$T/h" "ssh://host.example$T/work")"
rm drip
touch refs
same 'endless refs' "failed${TAB}it names more than 1000 refs" "$(fetch --max-refs 1000 "$T/h" "ssh://host.example$T/work")"
rm refs
# it stalls within the pack
head -c 100000 /dev/urandom >work/b.crev
git -C work add -A && git -C work commit -qm two
echo 5000 >"$T/cut"
same 'stalls' "failed${TAB}it is too slow" "$(fetch --idle 1 --timeout 20 "$T/c" "ssh://host.example$T/work")"
rm cut
same 'what failed left nothing' '' "$("$FETCH" list "$T/c")"
same 'in peace' "updated$TAB-" "$(fetch "$T/c" "ssh://host.example$T/work")"

# not even ssh's own child writes outside of what ssh needs (where the kernel has Landlock)
if grep -qs landlock /sys/kernel/security/lsm; then
	case $T in
	/tmp/*) ;; # ssh may write in /tmp
	*) [ ! -e outside ] || fail 'wrote outside' ;;
	esac
fi
