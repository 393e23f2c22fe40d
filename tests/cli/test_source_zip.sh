#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# OSV exports as zip archives, from this disk and over http: unpacked under limits, kept with history;
# archives that swell, lead elsewhere or lie are refused with their place, and what was stays.
. "$KITH_SOURCE/tests/cli/lib.sh"
export KITH_HOME="$work/kith" KITH_STARTER=/dev/null
fetcher() { run "$KITH_BUILD/tests/kith_fetcher" "$@"; }
mkdir "$work/root"
# make_zip FILE WHAT: an archive of this sort
make_zip() {
	python3 - "$1" "$2" <<'END'
import stat, sys, zipfile
path, what = sys.argv[1:]
z = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
one, two = ("X-1.json", '{"id":"X-1"}\n'), ("deep/X-2.json", '{"id":"X-2"}\n')
z.writestr(*one)
if what == "second":
    z.writestr("deep/X-2.json", '{"id":"X-2","withdrawn":"2026-06-02T00:00:00Z"}\n')
elif what == "good":
    z.writestr(*two)
    z.writestr("README.md", "not a record")
elif what == "bomb":
    z.writestr("bomb.json", " ")
elif what == "large":
    z.writestr("large.json", " " * (17 << 20))
elif what == "up":
    z.writestr("../../up.json", "{}")
elif what == "absolute":
    z.writestr("/tmp/up.json", "{}")
elif what == "twice":
    z.writestr("other/X-1.json", "{}")
elif what == "link":
    i = zipfile.ZipInfo("link.json")
    i.external_attr = (stat.S_IFLNK | 0o777) << 16
    z.writestr(i, "/etc/passwd")
elif what == "control":
    z.writestr("a\nb.json", "{}")
z.close()
if what == "none":
    z = zipfile.ZipFile(path, "w")
    z.writestr("README.md", "x")
    z.close()
elif what == "liar":
    b = bytearray(open(path, "rb").read())
    at = b.rindex(b"PK\x01\x02") + 24  # the size that the directory claims
    b[at:at + 4] = b[22:26] = (5).to_bytes(4, "little")  # and the file's own head
    open(path, "wb").write(b)
elif what == "bomb":
    b = bytearray(open(path, "rb").read())
    for at in b.rindex(b"PK\x03\x04") + 22, b.rindex(b"PK\x01\x02") + 24:
        b[at:at + 4] = (0x7fffffff).to_bytes(4, "little")
    open(path, "wb").write(b)
elif what == "cut":
    b = open(path, "rb").read()
    open(path, "wb").write(b[:len(b) // 2])
elif what == "flipped":
    b = bytearray(open(path, "rb").read())
    b[45] ^= 0xff
    open(path, "wb").write(b)
END
}
python3 "$KITH_SOURCE/tests/cli/file_http.py" "$work/root" "$work/port" &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -f "$work/port" ] && break; sleep 0.3; done
U=http://127.0.0.1:$(cat "$work/port")

make_zip "$work/root/all.zip" good
cp "$work/root/all.zip" "$work/local.zip"
k source add osv "$U/etag/all.zip"
status_is 0
k source add osv "$work/local.zip"
status_is 0
k source add vet "$work/local.zip"
status_is 2
err_line "kith: source: $work/local.zip: only OSV records come in a zip archive"
k fetch
status_is 0
out_has '2 sources: 2 fetched, 0 unchanged, 0 failed'
fetcher kind osv now "$KITH_HOME"
status_is 0
cut -d/ -f2 "$work/out" | grep json >"$work/names" || true
checks=$((checks + 1))
[ "$(sort "$work/names" | uniq -c | tr -s ' ' | sed 's/^ //')" = "2 X-1.json	13
2 X-2.json	13" ] || fail 'records'
out_lacks README
# nothing but the mirror stays, and a 304 is enough
checks=$((checks + 1))
[ -z "$(find "$KITH_HOME/mirrors" -name 'records' -o -name '*.zip' -o -name 'download*')" ] || fail 'leftovers'
: >"$work/root/access.log"
now=2026-06-02T12:00:00Z
k fetch
status_is 0
out_has '2 sources: 0 fetched, 2 unchanged, 0 failed'
cp "$work/root/access.log" "$work/out"
out_has ' 304'
# a kill before the end of unpacking: asked anew
mirror=$(find "$KITH_HOME/mirrors" -name 'osv-127*.git')
cp "$work/local.zip" "$mirror/archive.zip"
: >"$work/root/access.log"
k fetch
status_is 0
cp "$work/root/access.log" "$work/out"
out_has ' 200'

make_zip "$work/root/all.zip" second
now=2026-06-03T12:00:00Z
k fetch
out_has 'updated '
fetcher kind osv 0 "$KITH_HOME"
out_has 'X-2.json	13'
out_has 'X-2.json	48'

# hostile ones: here first by path, so that each is a source of its own
heads=$(cat "$KITH_HOME"/mirrors/osv-*.source | grep '^head' | sort)
for what in bomb large up absolute twice link control none liar cut flipped; do
	make_zip "$work/$what.zip" "$what"
	k source add osv "$work/$what.zip"
done
echo 'no zip' >"$work/text.zip"
k source add osv "$work/text.zip"
k fetch
status_is 3
for want in 'bomb: bomb.json: more than 1073741824 bytes unpacked' \
	'large: large.json: more than 16777216 bytes' \
	"up: '../../up.json': not a plain relative name" \
	"absolute: '/tmp/up.json': not a plain relative name" \
	'twice: X-1.json: two records have this name' \
	'link: link.json: not a file or folder' \
	'none: no record (a name in .json) is in the archive' \
	'liar: X-1.json: ZIP uncompressed data is wrong size (read 13, expected 5)'; do
	out_has "$work/${want%%:*}.zip: ${want#*: }"
done
for what in control cut flipped text; do
	checks=$((checks + 1))
	grep -q "^failed .*$work/$what.zip: " "$work/out" || fail "$what was not refused"
done
out_has '14 sources: 0 fetched, 2 unchanged, 12 failed'
checks=$((checks + 2))
[ "$(cat "$KITH_HOME"/mirrors/osv-*.source | grep '^head' | sort)" = "$heads" ] || fail 'heads'
[ -z "$(find "$KITH_HOME/mirrors" -name 'records' -o -name '*.zip' -o -name 'download*')" ] || fail 'leftovers of hostile ones'

# a server that begins to send them: what was there stays in force
cp "$work/bomb.zip" "$work/root/all.zip"
k fetch "$U/etag/all.zip"
status_is 3
out_has 'bomb.json: more than 1073741824 bytes unpacked'
printf '<html>' >"$work/root/all.zip"
k fetch "$U/etag/all.zip"
status_is 3
out_has 'it answers with a web page'
printf 'PK' >"$work/root/all.zip"
k fetch "$U/etag/all.zip"
status_is 3
out_has 'what it sends is no zip archive'
fetcher kind osv now "$KITH_HOME"
out_has 'X-2.json	48'
cp "$work/local.zip" "$work/root/all.zip"
k fetch "$U/etag/all.zip"
status_is 0
out_has 'updated '
finish
