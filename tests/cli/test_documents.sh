#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every command line that README, docs and manual pages show is one that kith takes, and where output
# is shown below it, it is what kith prints. Run in a copy of the tree, without network.
. "$KITH_SOURCE/tests/cli/lib.sh"
[ -x "$(command -v python3)" ] || skip "no python3: ./dev setup installs it"
cp -R "$KITH_SOURCE/proofs" "$work/proofs"
cat >"$work/documents.py" <<'END'
import glob, os, re, shlex, subprocess, sys
source, work, kith, now = sys.argv[1:5]
env = dict(os.environ, KITH_HOME=work + '/k', CARGO_HOME=work + '/cargo', COLUMNS='80')
# what tells that a line is none of ours, whatever it would have found
wrong = re.compile(r'unknown (option|command)|needs a value|takes no value|is none of:|no whole number|too many arguments'
                   r'|something is missing|given twice|did you mean|cargo-crev\'s way')
ran = compared = bad = 0

def run(line, where, keep):
    """Runs one command line; "kith" is ours, words in capitals stand for something."""
    global ran, bad
    words = shlex.split(line.replace('…', 'x').replace('$(kith open ', '$(').split(' && ')[0], comments=True)
    if not words or words[0] != 'kith' or any(w in ('|', '>', ';', '&&') for w in words):
        return None
    folder = work if keep else work + '/proofs/project'
    home = env if keep else dict(env, KITH_HOME=work + '/other')
    p = subprocess.run([kith, '--offline', '--now', now] + words[1:], cwd=folder, env=home, stdin=subprocess.DEVNULL,
                       capture_output=True, text=True, timeout=60)
    ran += 1
    if wrong.search(p.stderr) or p.returncode in (5,) or p.returncode < 0:
        print(f'{where}: {line}\n    status {p.returncode}: {p.stderr.strip()}')
        bad += 1
    return p

def mdoc(text):
    """Command lines of a manual page's examples."""
    part = text.split('.Sh EXAMPLES', 1)[-1].split('\n.Sh ', 1)[0] if '.Sh EXAMPLES' in text else ''
    for line in part.split('\n'):
        line = line[4:] if line.startswith('.Dl ') else line
        if line.startswith('kith '):
            yield line.replace(r'\(aq', "'").replace(r'\&', '')

for path in [source + '/README.md'] + sorted(glob.glob(source + '/docs/*.md')):
    name = os.path.relpath(path, source)
    lines = open(path, encoding='utf-8').read().split('\n')
    keep = False
    for i, line in enumerate(lines):
        m = re.match(r'    (\$ )?(kith .*)', line)
        if not m or (m.group(1) is None and re.search(r'[A-Z]{3,}|^kith \w+  ', m.group(2).split('#')[0].split('   ')[0])
                     and not re.match(r'kith [a-z]+ ', m.group(2))):
            continue
        command = m.group(2) if m.group(1) else re.split(r' {3,}', m.group(2))[0]
        shown = []
        for after in lines[i + 1:]:
            if not m.group(1) or not after.startswith('    ') or after.startswith('    $ '):
                break
            shown.append(after[4:])
        if command.startswith('kith fetch proofs/'):
            keep = True
        p = run(command, f'{name}:{i + 1}', keep and 'proofs/' in command)
        if p and shown:
            compared += 1
            printed = p.stdout.replace(work + '/', '').rstrip('\n').split('\n')
            if printed != shown:
                bad += 1
                print(f'{name}:{i + 1}: {command}: shown is not what is printed, which is')
                print('\n'.join('    ' + x for x in printed))
for path in sorted(glob.glob(source + '/docs/man/*.[1-9]')):
    for line in mdoc(open(path, encoding='utf-8').read()):
        run(line, os.path.relpath(path, source), False)
print(f'{ran} ran, {compared} compared, {bad} wrong')
sys.exit(bad > 0 or ran < 40 or compared < 2)
END
run python3 "$work/documents.py" "$KITH_SOURCE" "$work" "$kith" "$now"
status_is 0

# every file that a document refers to is there
cd "$KITH_SOURCE"
for f in README.md docs/*.md; do
	for to in $(grep -oE '\]\([^)#:]*\)' "$f" | tr -d '])(' | sort -u); do
		checks=$((checks + 1))
		[ -e "$(dirname "$f")/$to" ] || fail "$f refers to $to"
	done
done
finish
