#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# Private hosts as git reaches them, for what the user names: certificates, passwords, proxies,
# insteadOf, addresses. Nothing of it for what others name, but for the proxy.
. "$KITH_SOURCE/tests/cli/lib.sh"
command -v openssl >/dev/null || skip "there is no openssl"
export GIT_CONFIG_GLOBAL="$HOME/.gitconfig"
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY GIT_SSL_CAINFO

is() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || fail "$1: want $2, got $3"
}
# absent WHAT FILE
absent() {
	checks=$((checks + 1))
	[ ! -e "$2" ] || fail "$1: $(cat "$2")"
}
# port FILE: the port in it, once the server has written it
port() {
	tries=0
	while [ ! -s "$1" ] && [ $tries -lt 300 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	cat "$1"
}
ok() { status_is 0; out_has "$1"; }
failed() { status_is 3; out_has "$1"; }

mkdir -p "$work/tls" "$work/plain" "$work/project" "$HOME/.config/kith"
conf=$HOME/.config/kith/config.toml
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=git.corp.example \
	-addext 'subjectAltName=DNS:git.corp.example,DNS:other.example' \
	-keyout "$work/key.pem" -out "$work/ca.pem" 2>/dev/null
git init -q -b main "$work/tree"
"$KITH_BUILD/tests/sign_proof" 1 >"$work/tree/a.crev" <<END
kind: trust
version: -1
date: 2026-01-01T00:00:00+00:00
from:
  id-type: crev
  id: @ID@
ids:
- id-type: crev
  id: "@ID:2@"
trust: high
END
git -C "$work/tree" add -A
git -C "$work/tree" commit -qm one
git clone -q --bare "$work/tree" "$work/tls/a.git"
git clone -q --bare "$work/tree" "$work/plain/a.git"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/tls" "$work/tls.port" "$work/ca.pem" "$work/key.pem" &
tls=$!
TP=$(port "$work/tls.port")
TUNNEL=$TP python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/plain" "$work/plain.port" &
plain=$!
trap 'kill $tls $plain; rm -rf "$work"' EXIT
PP=$(port "$work/plain.port")
S=https://git.corp.example:$TP
# forget: as if nothing had been fetched
forget() { rm -rf "$HOME/.local" "$HOME/.cache" "$work/tls/auth.log" "$work/plain/proxy.log"; }

# --- [fetch] resolve and ca-file (seen from the configuration's folder) ---
printf '[fetch]\nresolve = ["git.corp.example:%s:127.0.0.1", "third.example:%s:127.0.0.1"]\n' "$TP" "$TP" >"$conf"
k fetch "$S/ok/a.git"
failed "$S/ok/a.git: SSL certificate problem: self-signed certificate"
cp "$work/ca.pem" "$HOME/.config/kith/ca.pem"
echo 'ca-file = "ca.pem"' >>"$conf"
k fetch "$S/ok/a.git"
ok 'new '
out_has '1 new proof'
# a certificate is for a name
k fetch "https://third.example:$TP/ok/a.git"
failed 'SSL: no alternative certificate subject name matches target host name'
k fetch "$S/downgrade/a.git"
failed "$S/downgrade/a.git: it redirects from https to http (HTTP 301)"

# --- http.sslCAInfo, of all hosts and of one; GIT_SSL_CAINFO ---
forget
sed -i /ca-file/d "$conf"
git config --global "http.https://git.corp.example:$TP/other.sslCAInfo" "$work/ca.pem"
k fetch "$S/ok/a.git"
failed 'SSL certificate problem'
git config --global "http.https://*.corp.example:$TP/ok.sslCAInfo" "$work/ca.pem"
k fetch "$S/ok/a.git"
ok 'new '
git config --global --unset "http.https://*.corp.example:$TP/ok.sslCAInfo"
run env GIT_SSL_CAINFO="$work/ca.pem" "$kith" fetch "$S/ok/a.git"
ok 'unchanged'
# shellcheck disable=SC2088
git config --global http.sslCAInfo '~/ca.pem'
cp "$work/ca.pem" "$HOME/ca.pem"
k fetch "$S/ok/a.git"
ok 'unchanged'

# --- passwords: only where one is wanted, from git's helpers, who hear whether they were right ---
k fetch "$S/auth/a.git"
failed "$S/auth/a.git: it asks for a password (HTTP 401)"
cat >"$work/helper" <<END
#!/bin/sh
sed "s/^/\$1 /" >>"$work/asked"
[ "\$1" = get ] || exit 0
echo username=owner
echo "password=\$(cat "$work/password")"
END
chmod +x "$work/helper"
git config --global credential.helper "$work/helper"
echo wrong >"$work/password"
k fetch "$S/auth/a.git"
failed "$S/auth/a.git: it does not take the password (HTTP 401)"
is 'rejected' 'erase username=owner' "$(grep '^erase username' "$work/asked")"
rm "$work/asked"
echo 'open sesame' >"$work/password"
k fetch "$S/auth/a.git"
ok 'new '
is 'asked for what' "get host=git.corp.example:$TP" "$(grep '^get host' "$work/asked")"
is 'approved' 'store password=open sesame' "$(grep '^store password' "$work/asked")"
rm "$work/asked"
k fetch "$S/ok/a.git"
ok 'unchanged'
absent 'asked although nobody wanted a password' "$work/asked"
# over plain http everybody would read it
printf '[fetch]\nresolve = ["git.corp.example:%s:127.0.0.1", "git.corp.example:%s:127.0.0.1"]\n' "$TP" "$PP" >"$conf"
k fetch "http://git.corp.example:$PP/auth/a.git"
failed "http://git.corp.example:$PP/auth/a.git: it asks for a password (HTTP 401)"
absent 'a password for plain http' "$work/asked"
k fetch "http://git.corp.example:$PP/ok/a.git"
ok 'new '

# --- what others name: no password, no certificate of his, no insteadOf ---
project() {
	printf '[[source]]\nkind = "crev"\nurl = "%s"\n' "$1" >"$work/project/kith.toml"
	cd "$work/project" || exit 1
	k fetch --all
	cd "$work" || exit 1
}
forget
echo 'walk-allow = ["git.corp.example"]' >>"$conf"
cp "$conf" "$work/conf"
echo 'ca-file = "ca.pem"' >>"$conf"
project "$S/auth/a.git"
failed "$S/auth/a.git: it asks for a password (HTTP 401)"
absent 'a password for what a project names' "$work/asked"
absent 'a password was sent' "$work/tls/auth.log"
cd "$work/project" || exit 1
k source allow "$S/auth/a.git"
status_is 0
cd "$work" || exit 1
project "$S/auth/a.git"
ok '1 new proof'
rm "$work/asked"
forget
cp "$work/conf" "$conf"
git config --global "url.$S/auth/.insteadOf" "$S/ok/"
project "$S/ok/a.git"
failed "$S/ok/a.git: SSL certificate problem"
absent 'insteadOf for what a project names' "$work/asked"

# --- insteadOf: another URL, a place on this disk, nonsense; the longest one counts ---
forget
rm "$work/project/kith.toml"
k fetch "$S/ok/a.git"
ok '1 new proof'
is 'by another URL' "get host=git.corp.example:$TP" "$(grep '^get host' "$work/asked")"
git config --global "url.$work/tls/.insteadOf" https://disk.example/
k fetch https://disk.example/a.git
ok 'https://disk.example/a.git'
git config --global "url.$S/404/.insteadOf" https://disk.example/a
k fetch https://disk.example/a.git
failed 'https://disk.example/a.git: there is no such repository (HTTP 404)'
git config --global 'url.ext::sh -c x.insteadOf' https://bad.example/
k fetch https://bad.example/a.git
failed 'by url.*.insteadOf of your git configuration: ext::sh -c xa.git: only https, ssh, http, git and file URLs are accepted'

# --- proxies: https_proxy, no_proxy, http.proxy; others' sources by name only ---
forget
git config --global --remove-section "http"
printf '[fetch]\nca-file = "ca.pem"\n' >"$conf"
export https_proxy="http://127.0.0.1:$PP" http_proxy="http://127.0.0.1:$PP"
k fetch https://other.example/ok/a.git
ok 'new '
is 'through the proxy' 'CONNECT other.example:443 HTTP/1.1' "$(sort -u "$work/plain/proxy.log")"
k fetch http://git.corp.example/ok/a.git
ok 'new '
is 'http too' 1 "$(grep -c '^GET http://git.corp.example/ok/a.git/info/refs' "$work/plain/proxy.log")"
rm "$work/plain/proxy.log"
run env no_proxy='x.example, .other.example' "$kith" fetch https://other.example/ok/a.git
failed 'Could not resolve host: other.example'
absent 'no_proxy is not heard' "$work/plain/proxy.log"
https_proxy=http://127.0.0.1:1
git config --global http.proxy http://127.0.0.1:2
git config --global http.https://other.example.proxy "http://127.0.0.1:$PP"
k fetch https://other.example/ok/a.git
ok 'unchanged'
git config --global http.https://other.example.proxy ''
k fetch https://other.example/ok/a.git
failed 'Could not resolve host: other.example'
# named by a project: the environment's proxy, as long as the name may be a public one
https_proxy=http://127.0.0.1:$PP
forget
project https://other.example/ok/a.git
ok 'new '
for host in 10.0.0.1 2130706433 intern a.localhost; do
	project "https://$host/ok/a.git"
	failed "https://$host/ok/a.git: its address is not a public one"
done
is 'by name' 'CONNECT other.example:443 HTTP/1.1' "$(sort -u "$work/plain/proxy.log")"
unset https_proxy http_proxy

# --- core.sshCommand ---
cat >"$work/ssh" <<END
#!/bin/sh
for a; do last=\$a; done
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
[ "\$1" = -mine ] || exit 1
exec sh -c "\$last"
END
chmod +x "$work/ssh"
k fetch "ssh://host.invalid$work/tree"
status_is 3
git config --global core.sshCommand "'$work/ssh' -mine"
k fetch "ssh://host.invalid$work/tree"
ok 'new '
finish
