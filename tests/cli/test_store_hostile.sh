#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Repositories and folders made to hurt whoever reads them: each costs itself only.
. "$KITH_SOURCE/tests/cli/store.sh"

# --- names, links, submodules, depth ---
git init -q --bare odd.git
b=$(echo proof | blob odd.git)
link=$(printf '../../etc/passwd' | blob odd.git)
sub=$(printf '100644 blob %s\tin.crev\n' "$b" | git -C odd.git mktree)
{
	printf '100644 blob %s\tgood.crev\0' "$b"
	printf '100755 blob %s\tx.crev\0' "$b"
	printf '120000 blob %s\tlink.crev\0' "$link"
	printf '160000 commit %s\tmodule.crev\0' 1234567890123456789012345678901234567890
	printf '100644 blob %s\tnew\nline.crev\0' "$b"
	printf '100644 blob %s\tesc\033[31m.crev\0' "$b"
	printf '100644 blob %s\tlatin\351.crev\0' "$b"
	printf '100644 blob %s\t.crev\0' "$b"
	printf '100644 blob %s\tother.txt\0' "$b"
	printf '040000 tree %s\t.hidden\0' "$sub"
	printf '040000 tree %s\tback\\slash\0' "$sub"
	printf '040000 tree %s\tbad\001name\0' "$sub"
	printf '100644 blob %s\tGOOD.crev\0' "$b"
} | git -C odd.git mktree -z >tree
commit odd.git "$(cat tree)"
same 'odd names' "updated$TAB-" "$(fetch "$T/h1" odd.git)"
same 'odd names, read' '.hidden/in.crev	6
GOOD.crev	6
back\slash/in.crev	6
bad\x01name	its name is not plain text
esc\x1b[31m.crev	its name is not plain text
good.crev	6
latin\xe9.crev	its name is not plain text
link.crev	a symbolic link
module.crev	not a regular file
new\nline.crev	its name is not plain text
x.crev	6' "$(read_all "$T/h1" | LC_ALL=C sort)"

# --- names that git itself refuses to write: trees made by hand ---
git init -q --bare dots.git
python3 - "$b" >raw <<'END'
import sys
oid = bytes.fromhex(sys.argv[1])
names = [b"..", b".git", b"a/b.crev", b"ok.crev"]
sys.stdout.buffer.write(b"".join(b"100644 " + n + b"\0" + oid for n in names if n.endswith(b".crev")))
END
echo proof | blob dots.git >/dev/null
inner=$(printf '100644 blob %s\tin.crev\n' "$b" | git -C dots.git mktree)
python3 - "$inner" "$b" >raw <<'END'
import sys
tree, blob = bytes.fromhex(sys.argv[1]), bytes.fromhex(sys.argv[2])
out = b"40000 ..\0" + tree + b"40000 .git\0" + tree + b"100644 a/b.crev\0" + blob + b"100644 ok.crev\0" + blob
sys.stdout.buffer.write(out)
END
commit dots.git "$(git -C dots.git hash-object --literally -w -t tree --stdin <raw)"
same 'dots' "updated$TAB-" "$(fetch "$T/h2" dots.git)"
same 'dots, read' '..	its name is not plain text
a/b.crev	its name is not plain text
ok.crev	6' "$(read_all "$T/h2" | LC_ALL=C sort)"

# --- a NUL in a name cuts it short: what comes behind is read as an object's name, which is none ---
git init -q --bare nul.git
b=$(echo proof | blob nul.git)
python3 - "$b" >raw <<'END'
import sys
blob = bytes.fromhex(sys.argv[1])
sys.stdout.buffer.write(b"100644 a\0b.crev\0" + blob + b"100644 ok.crev\0" + blob)
END
commit nul.git "$(git -C nul.git hash-object --literally -w -t tree --stdin <raw)"
same 'NUL' "failed${TAB}it cannot be fetched: failed to parse tree: can't parse filemode" "$(fetch "$T/h2" nul.git)"

# --- 200 folders deep, and a tree that names itself wide ---
git init -q --bare deep.git
b=$(echo proof | blob deep.git)
tree=$(printf '100644 blob %s\tdeep.crev\n' "$b" | git -C deep.git mktree)
i=0
while [ $i -lt 200 ]; do
	tree=$(printf '040000 tree %s\td\n100644 blob %s\tp.crev\n' "$tree" "$b" | git -C deep.git mktree)
	i=$((i + 1))
done
commit deep.git "$tree"
same 'deep' "updated$TAB-" "$(fetch "$T/h3" deep.git)"
same 'deep, files' 65 "$(read_all "$T/h3" | grep -c 'p.crev	6$')"
same 'deep, cut' 1 "$(read_all "$T/h3" | grep -c 'd	in too many folders$')"

git init -q --bare wide.git
b=$(echo proof | blob wide.git)
tree=$(printf '100644 blob %s\tp.crev\n' "$b" | git -C wide.git mktree)
i=0
while [ $i -lt 12 ]; do
	tree=$(for n in 0 1 2 3 4 5 6 7 8 9; do printf '040000 tree %s\t%s\n' "$tree" $n; done | git -C wide.git mktree)
	i=$((i + 1))
done
commit wide.git "$tree"
same 'wide' "updated$TAB-" "$(fetch "$T/h4" wide.git)"
same 'wide, files' 20000 "$(read_all "$T/h4" | grep -c 'p.crev	6$')"
same 'wide, cut' 1 "$(read_all "$T/h4" | grep -c 'too many files$')"

# --- too large ---
git init -q --bare huge.git
h=$(head -c 104857600 /dev/zero | blob huge.git)
b=$(echo proof | blob huge.git)
tree=$(printf '100644 blob %s\thuge.crev\n100644 blob %s\tok.crev\n' "$h" "$b" | git -C huge.git mktree)
commit huge.git "$tree"
same 'huge' "updated$TAB-" "$(fetch --usage "$T/h5" huge.git 2>usage)"
bounded usage 400000
same 'huge, read' 'huge.crev	too large
ok.crev	6' "$(read_all "$T/h5")"

# --- a folder: special files, links, names ---
mkdir -p folder/sub/.git folder/.dot
echo proof >folder/a.crev
echo proof >folder/.dot/b.crev
echo proof >folder/sub/.git/no.crev
echo no >folder/c.txt
mkfifo folder/fifo.crev
ln -s /etc/passwd folder/link.crev
ln -s /etc folder/linked
touch "folder/$(printf 'esc\033.crev')"
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("folder/socket.crev")'
head -c 40000000 /dev/zero >folder/huge.crev
d=folder/deep
i=0
while [ $i -lt 80 ]; do d=$d/d; i=$((i + 1)); done
mkdir -p "$d"
echo proof >"$d/p.crev"
timeout 60 "$FETCH" "$T/h6" folder >out 2>err
same 'folder' "updated$TAB-" "$(cut -f2,5 out)"
grep '^not read: ' err | LC_ALL=C sort >skipped
same 'folder, not read' 'not read: esc\x1b.crev: its name is not plain text
not read: fifo.crev: not a regular file
not read: huge.crev: too large
not read: link.crev: a symbolic link
not read: socket.crev: not a regular file' "$(grep -v 'too many folders' skipped)"
same 'folder, cut' 1 "$(grep -c 'too many folders$' skipped)"
same 'folder, read' '.dot/b.crev	6
a.crev	6' "$(read_all "$T/h6" | LC_ALL=C sort)"
same 'folder again' "unchanged$TAB-" "$("$FETCH" "$T/h6" folder 2>/dev/null | cut -f2,5)"
echo more >>folder/a.crev
same 'folder changed' "updated$TAB-" "$("$FETCH" "$T/h6" folder 2>/dev/null | cut -f2,5)"
same 'folder changed, read' '.dot/b.crev	6
a.crev	11' "$(read_all "$T/h6" | LC_ALL=C sort)"
same 'its history' 2 "$(git -C "$T"/h6/mirrors/*.git rev-list --count --all)"
# what is no repository has the same commit wherever it is fetched, and whatever it was before
"$FETCH" "$T/h6b" folder >/dev/null 2>&1
same 'its commit' "$(git -C "$T"/h6/mirrors/*.git rev-parse HEAD)" "$(git -C "$T"/h6b/mirrors/*.git rev-parse HEAD)"
git -C "$T"/h6/mirrors/*.git fsck --strict >/dev/null 2>&1 || fail 'the mirror of a folder is not sound'

# --- what is no source ---
mkfifo pipe
same 'fifo' "kith_fetcher: $(pwd -P)/pipe: neither a repository, a bundle nor a folder" "$("$FETCH" "$T/h7" pipe 2>&1)"
same 'nothing' 'kith_fetcher: nowhere: no such file or folder' "$("$FETCH" "$T/h7" nowhere 2>&1)"
mkdir empty
same 'empty folder' "empty$TAB-" "$(fetch "$T/h7" empty)"
git init -q blank
same 'no commit' "empty$TAB-" "$(fetch "$T/h7" blank)"

# --- a file is missing: the head is not taken ---
git init -q --bare part.git
for x in "$(git -C huge.git rev-parse HEAD)" "$(git -C huge.git rev-parse 'HEAD^{tree}')"; do
	t=$(git -C huge.git cat-file -t "$x")
	git -C huge.git cat-file "$t" "$x" | git -C part.git hash-object -w -t "$t" --stdin >/dev/null
done
git -C part.git update-ref HEAD "$(git -C huge.git rev-parse HEAD)"
case $(fetch "$T/h8" part.git) in
failed*) ;;
*) fail 'a repository that lacks a file was taken' ;;
esac
same 'nothing kept of it' '' "$(read_all "$T/h8")"

# --- what it borrows from elsewhere is out of reach ---
git init -q --bare lender.git
b=$(echo proof | blob lender.git)
c=$(git -C lender.git commit-tree -m x "$(printf '100644 blob %s\tp.crev\n' "$b" | git -C lender.git mktree)")
git init -q --bare borrower.git
echo "$T/lender.git/objects" >borrower.git/objects/info/alternates
git -C borrower.git update-ref HEAD "$c"
# (kernels without Landlock let it through: it is the user's own disk)
case $(fetch "$T/h9" borrower.git) in
failed*) ;;
updated*) grep -q landlock /sys/kernel/security/lsm 2>/dev/null && fail 'read outside of the source' ;;
*) fail 'borrowed objects' ;;
esac
