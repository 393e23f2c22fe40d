#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Commands, options, help, manual pages and completion say the same. The program's tables are the
# source: `kith complete` prints them; nothing is listed here by hand.
# names of options and pages hold no blanks
# shellcheck disable=SC2013,SC2016
. "$KITH_SOURCE/tests/cli/lib.sh"
[ -x "$(command -v mandoc)" ] || skip "no mandoc: ./dev setup installs it"
man=$KITH_SOURCE/docs/man
# words TYPED...: what is offered, without what it is
words() { "$kith" complete -- "$@" | cut -f1; }
ok() { checks=$((checks + 1)); }
# what is wrong in a file, not in what was run last
wrong() {
	failures=$((failures + 1))
	printf 'FAILED: %s\n' "$*" >&2
}

# every page is well-formed, in style, too. mandoc looks for the pages that one refers to only among
# those that are installed: ours are looked for here, others' may be missing on this machine.
for page in "$man"/*.[1-9]; do
	run mandoc -T lint "$page"
	ok
	sed -e '/outdated mandoc\.db/d' -e '/: STYLE: referenced manual not found: /d' \
		"$work/out" "$work/err" >"$work/lint"
	[ ! -s "$work/lint" ] || wrong "$(cat "$work/lint")"
	for name in $(sed -n 's/^\.Xr \(kith[^ ]*\) \([1-9]\).*/\1.\2/p' "$page" | sort -u); do
		ok
		[ -f "$man/$name" ] || wrong "$page refers to $name, which is no page"
	done
done

# page_of COMMAND: the page that has it in its NAME section
page_of() {
	for p in "$man"/*.1; do
		if sed '/^\.Nd/q' "$p" | grep -qE "^\.Nm kith $1( ,)?$"; then
			echo "$p"
			return
		fi
	done
}
# options_in PAGE: the long options that it has entries of, or that are in its synopsis
options_in() { grep -E '(^\.| )Fl ' "$1" | grep -oE '(Fl|,) -[a-z][a-z-]*' | sed 's/.* -//' | sort -u; }

words -- - >"$work/none"
ok
[ ! -s "$work/none" ] || fail "options are offered behind --"
words - | sed -n 's/^--//p' | sort >"$work/global"
ok
grep -qx json "$work/global" || fail "no global options"
for o in $(cat "$work/global"); do
	ok
	options_in "$man/kith.1" | grep -qxF -- "$o" || wrong "kith.1 has no --$o"
done
commands=$(words '')
ok
[ "$(printf '%s\n' "$commands" | wc -l)" -gt 15 ] || fail "too few commands: $commands"
k help
cp "$work/out" "$work/all"
for c in $commands; do
	k help "$c"
	status_is 0
	out_has "usage: kith $c"
	ok
	grep -qE "^[a-z ]{9} $c " "$work/all" || fail "kith help does not list $c"
	if [ "$c" = help ]; then
		page=$man/kith.1
	else
		page=$(page_of "$c")
	fi
	ok
	[ -n "$page" ] || { wrong "no manual page for kith $c: docs/man/kith-$c.1 with .Nm kith $c in its NAME section"; continue; }
	ok
	grep -qE "kith( Cm)? $c( ,)?( |$)" "$man/kith.1" || wrong "kith.1 does not name kith $c"
	words "$c" - | sed -n 's/^--//p' | sort -u >"$work/options"
	for o in $(comm -23 "$work/options" "$work/global"); do
		ok
		options_in "$page" | grep -qxF -- "$o" || wrong "$(basename "$page") has no --$o of kith $c"
		ok
		grep -qE -- "^ +(-., )?--$o( |$)" "$work/out" || fail "kith help $c has no --$o"
	done
	for needed in 'EXIT STATUS' 'SEE ALSO'; do
		ok
		grep -q "^\.Sh $needed" "$page" || wrong "$(basename "$page") has no section $needed"
	done
	printf '%s\n' "$page" >>"$work/pages"
	while read -r o; do printf '%s %s\n' "$page" "$o"; done <"$work/options" >>"$work/known"
done
# and no page tells of an option that is none
for page in $(sort -u "$work/pages"); do
	sed -n "s|^$page ||p" "$work/known" | sort -u >"$work/here"
	grep -E '^\.It Fl' "$page" >"$work/entries" || true
	for o in $(options_in "$work/entries"); do
		ok
		grep -qxF -- "$o" "$work/here" "$work/global" || wrong "$(basename "$page") tells of --$o, which no such command takes"
	done
done
# -h is shorter than --help, and both are there without a manual page
k verify -h
status_is 0
out_has '--root'
out_lacks 'Statuses, worst first'
k verify --help
status_is 0
out_has 'Statuses, worst first'

# every value that is offered is taken
cd "$work"
for c in $commands; do
	for o in $(words "$c" - | sed -n 's/^--//p'); do
		offered=$(words "$c" "--$o" '' | grep -vE '^:|^[A-Za-z0-9_-]{43}$' || true)
		for v in $offered; do
			first=$(words "$c" '' | grep -v '^:' | head -n 1)
			for args in '' "$first" "$first x"; do
				# shellcheck disable=SC2086
				run "$kith" --offline "$c" "--$o" "$v" $args
				ok
				! grep -F -- "--$o: '$v'" "$work/err" | grep -q 'is none of' || fail "kith $c --$o $v is offered and refused"
			done
		done
	done
done

# offered where it fits: from the tables, from the project, from the evidence
offers() { # WANTED TYPED...
	wanted=$1; shift
	run "$kith" complete -- "$@"
	status_is 0
	ok
	cut -f1 "$work/out" | grep -qxF -- "$wanted" || fail "not offered: $wanted"
}
offers_not() {
	wanted=$1; shift
	run "$kith" complete -- "$@"
	status_is 0
	ok
	! cut -f1 "$work/out" | grep -qxF -- "$wanted" || fail "offered: $wanted"
}
cd "$HOME"
example_evidence
cd "$KITH_SOURCE/proofs/project"
offers verify ve
offers_not verify x
offers_not complete com
offers --level=medium verify --level=m
offers --json verify --js
offers sarif verify --format sa
offers_not sarif query ids --format sa
offers svg graph --format ''
offers reviews query rev
offers kith-example-hash explain kith-example-h
offers kith-example-hash@1.0.2 review kith-example-hash@
offers kith-example-hash -C .. -C project diff kith-
offers_not kith-example-hash -C /nowhere diff kith-
offers "$root" trust "$(printf %.6s "$root")"
offers "$root" verify --root "$(printf %.6s "$root")"
offers :files fetch ''
offers :files verify -o ''
offers use id u
k id new --no-passphrase --url https://example.org/me/crev-proofs
own=$(cat "$work/out")
offers "$own" id use ''
offers_not "$root" id use ''
k trust "$root" --level high --as ada --no-commit
status_is 0
offers ada trust a
offers ada --root '' trust a

# a stranger's lock file puts nothing on the line but a name
example_project
cd "$project"
printf '\n[[package]]\nname = "a$(touch pwned)"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "%064d"\n' 0 >>Cargo.lock
run "$kith" complete -- explain ''
status_is 0
out_lacks 'pwned'

# and the shells' own scripts
cd "$KITH_SOURCE/proofs/project"
bin=$work/bin
mkdir "$bin"
ln -s "$kith" "$bin/kith"
PATH=$bin:$PATH
export PATH
in_bash() { # WORD...: COMPREPLY for these, cut as bash cuts them
	run bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kith; printf "%s\n" "${COMPREPLY[@]}"' bash "$KITH_SOURCE/docs/completions/kith.bash" "$@"
	status_is 0
	err_empty
}
in_bash kith ver
out_line verify
in_bash kith verify --lev
out_line --level
in_bash kith verify --level = me
out_line medium
in_bash kith verify --level =
out_line high
in_bash kith explain kith-example-h
out_line kith-example-hash
in_bash kith -C ../proj
out_line ../project
if [ -x "$(command -v zsh)" ]; then
	# a terminal of its own: completion is the line editor's
	cat >"$work/drive.zsh" <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
feed() { zpty -w z "$1"; }
feed "PS1='> ' PROMPT_EOL_MARK= ; fpath=($FOLDER \$fpath); autoload -Uz compinit && compinit -u -D; stty columns 200; zstyle ':completion:*' list-prompt ''; bindkey '^I' complete-word"
feed "echo RE''ADY"
zpty -r -m z line '*READY*' || exit 9
for typed in "$@"; do
	feed "$typed"$'\t'$'\C-a'"print -r -- 'GOT:"$'\C-e'"'"
	zpty -r -m z line '*'$'\n''GOT:*'$'\n''*' && print -r -- "${line##*GOT:}"
done
zpty -d z
END
	run env FOLDER="$KITH_SOURCE/docs/completions" timeout 60 zsh -f "$work/drive.zsh" 'kith expla' 'kith verify --independ' 'kith explain kith-example-has'
	status_is 0
	out_has 'kith explain'
	out_has 'kith verify --independent'
	out_has 'kith explain kith-example-hash'
else
	echo 'no zsh: not tried' >&2
fi
if [ -x "$(command -v fish)" ]; then
	in_fish() {
		# shellcheck disable=SC2016
		run env XDG_CONFIG_HOME="$work" fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$KITH_SOURCE/docs/completions/kith.fish" "$1"
		status_is 0
	}
	in_fish 'kith ver'
	out_has verify
	in_fish 'kith verify --level m'
	out_has medium
	in_fish 'kith explain kith-example-h'
	out_has kith-example-hash
else
	echo 'no fish: not tried' >&2
fi
finish
