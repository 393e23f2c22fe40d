#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith publish through the user's own ssh to a real sshd on loopback: an RSA key, and a host that
# only his ssh configuration knows.
. "$KITH_SOURCE/tests/cli/lib.sh"
sshd=$(command -v sshd || echo /usr/sbin/sshd)
for program in "$sshd" ssh python3; do
	command -v "$program" >/dev/null || skip "there is no $program"
done
unset GIT_CONFIG_GLOBAL
who=$(id -un)
mkdir -m 700 "$work/etc" "$HOME/.ssh"
ssh-keygen -q -t ed25519 -N '' -f "$work/etc/host"
ssh-keygen -q -t rsa -b 3072 -N '' -f "$work/etc/key"
cp "$work/etc/key.pub" "$work/etc/authorized"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$work/etc/sshd_config" <<END
ListenAddress 127.0.0.1
Port $port
HostKey $work/etc/host
AuthorizedKeysFile $work/etc/authorized
PidFile $work/etc/pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
SetEnv GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*
END
[ -d /run/sshd ] || [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
"$sshd" -D -e -f "$work/etc/sshd_config" 2>"$work/etc/log" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
cat >"$work/etc/ssh_config" <<END
Host proofs
	HostName 127.0.0.1
	Port $port
	User $who
	IdentityFile $work/etc/key
	IdentitiesOnly yes
	UserKnownHostsFile $work/etc/known
	StrictHostKeyChecking accept-new
END
git config --global core.sshCommand "ssh -F $work/etc/ssh_config"
i=0
until ssh -F "$work/etc/ssh_config" proofs true 2>/dev/null; do
	i=$((i + 1))
	[ $i -lt 50 ] || skip "sshd does not take us in: $(tail -n 1 "$work/etc/log")"
	sleep 0.1
done

k id new --no-passphrase --url https://example.org/me/crev-proofs
k trust yN55UMIhZBPoxU_P6c0NdwfwkMTYxUHwouV0ygO1U2I --level low
repo=$(echo "$HOME/.local/share/kith/proofs"/example_org*)
git init -q --bare -b main "$work/served.git"
git -C "$repo" remote set-url origin "proofs:$work/served.git"
k publish --yes
status_is 0
out_has "published for the first time at proofs:"
checks=$((checks + 1))
[ "$(git -C "$repo" rev-parse HEAD)" = "$(git -C "$work/served.git" rev-parse HEAD)" ] || fail "what is there"
k publish --yes
status_is 0
out_line "nothing new to publish"
git -C "$repo" remote set-url origin "proofs:$work/nowhere.git"
k publish --yes
status_is 3
err_has "does not appear to be a git repository"

# a host whose key is another one than before
ssh-keygen -q -t ed25519 -N '' -f "$work/etc/other"
printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "$work/etc/other.pub")" >"$work/etc/known"
sed -i 's/accept-new/yes/' "$work/etc/ssh_config"
k publish --yes
status_is 3
err_has "ssh"
clean_output

finish
