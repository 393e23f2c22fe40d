# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of kith in bash. The program itself knows what may come next: `kith complete`.
_kith() {
	local program=kith word='' glued=0 i line
	local -a words=()
	# `cargo kith` is completed by cargo's own script, if at all; cargo-kith has its words behind "kith"
	[[ ${COMP_WORDS[0]##*/} == kith && -x $(command -v -- "${COMP_WORDS[0]}") ]] && program=${COMP_WORDS[0]}
	# bash cuts words at '=' and ':'; put them together again
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i > 1)) && { [[ $word == [=:] ]] || ((glued)); }; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
		glued=0
		[[ $word == [=:] ]] && ((i > 1)) && glued=1
	done
	[[ $word == [=:] ]] && word=''
	local whole=${words[${#words[@]} - 1]:-}
	local front=${whole%"$word"}
	COMPREPLY=()
	while IFS= read -r line; do
		if [[ $line == :files ]]; then
			while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word")
			compopt -o filenames 2>/dev/null
			continue
		fi
		line=${line%%$'\t'*}
		COMPREPLY+=("${line#"$front"}")
	done < <("$program" complete -- "${words[@]}" 2>/dev/null)
}
complete -F _kith kith
