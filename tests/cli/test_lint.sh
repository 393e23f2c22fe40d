#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each house rule can fail: a small tree that keeps them all passes every lint, and each change that
# breaks one rule is found by its lint, with its place.
. "$KITH_SOURCE/tests/cli/lib.sh"
for tool in git gcc g++ nm pmccabe shellcheck clang-format-14 pkg-config; do
	[ -x "$(command -v $tool)" ] || skip "no $tool: ./dev setup installs it"
done
spdx='/* SPDX-License-Identifier: Apache-2.0 */'
good=$work/good
mkdir -p "$good/src/base" "$good/src/codec" "$good/src/cli" "$good/include/kith" "$good/docs" \
	"$good/tests" "$good/proofs" "$good/build"
cp -R "$KITH_SOURCE/tests/lint" "$good/tests/lint"
cp "$KITH_SOURCE/.clang-format" "$good/"
cd "$good"
printf '%s\n#ifndef A_H\n#define A_H\n\n#define KITH_API __attribute__((visibility("default")))\n#ifdef __cplusplus\nextern "C" {\n#endif\n/* The value after this one. */\nKITH_API int kith_a(int value);\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n' "$spdx" >include/kith/a.h
printf '%s\n#ifndef BASE_H\n#define BASE_H\n\nint kith_base_b(int value);\n\n#endif\n' "$spdx" >src/base/base.h
printf '%s\n#include "base/base.h"\n\nint\nkith_base_b(int value)\n{\n\treturn value + 1;\n}\n' "$spdx" >src/base/base.c
printf '%s\n#ifndef CODEC_H\n#define CODEC_H\n\n#include "base/base.h"\n\n#endif\n' "$spdx" >src/codec/codec.h
printf '%s\n#include <kith/a.h>\n\n#include "codec/codec.h"\n\nint\nkith_a(int value)\n{\n\treturn kith_base_b(value);\n}\n' "$spdx" >src/codec/codec.c
printf '%s\n#ifndef CMD_H\n#define CMD_H\n\n#include <kith/a.h>\n\n#endif\n' "$spdx" >src/cli/cmd.h
printf '%s\n#include "cmd.h"\n\nint\nmain(void)\n{\n\treturn kith_a(1);\n}\n' "$spdx" >src/cli/main.c
# shellcheck disable=SC2016
printf 'Rooms: `base`, `codec`, `cli`; besides `include`, `proofs`, `tests`, `docs`.\n' >docs/ARCHITECTURE.md
for f in dev proofs/make proofs/demo; do
	printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\nset -eu\n' >$f
done
printf '# SPDX-License-Identifier: Apache-2.0\n' >CMakeLists.txt
printf 'build/\n' >.gitignore
link() {
	gcc -shared -fPIC -fvisibility=hidden -Iinclude -Isrc -o build/libkith.so src/base/*.c src/codec/*.c
}
link
git init -q . && git add -A && git commit -q -m good

lints=$(sed -n 's/^for lint in \(.*\); do$/\1/p' tests/lint/run)
for lint in $lints; do
	run sh "tests/lint/$lint"
	status_is 0
	out_empty
done
run sh tests/lint/run
status_is 0

# bad LINT TEXT...: in the tree as it is now this lint fails and says TEXT; then all is put back
broken=''
bad() {
	lint=$1; shift
	broken="$broken $lint"
	git add -A
	git commit -q --allow-empty -m bad
	run sh "tests/lint/$lint"
	checks=$((checks + 1))
	[ "$status" != 0 ] || fail "lint $lint passes"
	for text in "$@"; do out_has "$text"; done
	git reset -q --hard HEAD~1
}
header() { printf '%s\n' "$spdx"; }

# layers: upwards, a stranger's header, an unknown room, no room, past the public headers
{ header; echo '#include "codec/codec.h"'; } >src/base/up.c
bad layers 'src/base/up.c: base may not include codec/'
{ header; echo '#include <git2.h>'; } >src/base/git.c
bad layers 'src/base/git.c: only helpers/git may include <git2.h>'
{ header; echo '# include <cjson/cJSON.h>'; } >src/base/json.c
bad layers 'only codec may include <cjson/cJSON.h>'
mkdir src/attic
header >src/attic/a.c
bad layers 'src/attic/a.c: room attic is not in'
{ header; echo '#include "base.h"'; } >src/base/near.c
bad layers 'without its room'
{ header; echo '#include "base/base.h"'; } >src/cli/deep.c
bad layers 'cli includes public headers only'

# cleanup: a return before the variable is set
{ header; printf 'int\nf(int n)\n{\n\tKITH_AUTO_BUF struct kith_buf b;\n\tif (n)\n\t\treturn 1;\n\tkith_buf_init(&b, 1);\n\treturn 0;\n}\n'; } >src/base/early.c
bad cleanup 'src/base/early.c:7: returns before b is set'

# headers: not alone in C, not in C++ (a keyword), an inner one, one of the program
{ header; printf '#ifndef B_H\n#define B_H\nsize_t kith_size(void);\n#endif\n'; } >include/kith/b.h
bad headers 'include/kith/b.h does not compile alone (gcc)'
{ header; printf '#ifndef B_H\n#define B_H\nint kith_c(int class);\n#endif\n'; } >include/kith/b.h
bad headers 'include/kith/b.h does not compile alone (g++)'
{ header; printf '#ifndef I_H\n#define I_H\nuint8_t kith_i(void);\n#endif\n'; } >src/base/inner.h
bad headers 'src/base/inner.h does not compile alone'
{ header; printf '#ifndef I_H\n#define I_H\nuint8_t cli_i(void);\n#endif\n'; } >src/cli/inner.h
bad headers 'src/cli/inner.h does not compile alone'

# exports: more and less than declared
{ header; printf '__attribute__((visibility("default"))) int kith_secret(void);\nint\nkith_secret(void)\n{\n\treturn 0;\n}\n'; } >src/base/more.c
link
bad exports 'exported and not declared: kith_secret'
link
sed -i 's/^KITH_API int kith_a.*/&\nKITH_API int *kith_missing(void);/' include/kith/a.h
bad exports 'declared and not exported: kith_missing'

# contracts: none, none about errors, none about whose it is
sed -i 's|^/. The value after this one. ./$||' include/kith/a.h
bad contracts 'kith_a: no contract comment'
sed -i 's|^KITH_API int kith_a.*|&\n/* Fails now and then, for a reason. */\nKITH_API int kith_b(char **ret_text, struct kith_error *err);|' include/kith/a.h
bad contracts 'kith_b: does not say which errors' 'kith_b: does not say whose the result is'

# complexity: a long function, a branchy one, a long file
{ header; echo 'int'; echo 'kith_long(int n)'; echo '{'; yes '	n++;' | head -n 100; printf '\treturn n;\n}\n'; } >src/base/long.c
bad complexity 'kith_long'
{ header; echo 'int'; echo 'kith_branchy(int n)'; echo '{'; seq 15 | sed 's/.*/\tif (n == &)\n\t\tn++;/'; printf '\treturn n;\n}\n'; } >src/base/branchy.c
bad complexity 'kith_branchy complexity 16'
{ header; seq 900 | sed 's/.*/extern int kith_x&;/'; } >src/base/many.h
bad complexity 'src/base/many.h: 901 lines'

# sources: each of its rules
printf 'int kith_x;\n' >src/base/no.c
bad sources 'src/base/no.c: no SPDX line'
{ header; printf 'int kith_x; // why\n'; } >src/base/line.c
bad sources '// comments' 'src/base/line.c:2'
{ header; printf 'void\nf(char *a, const char *b)\n{\n\tstrcpy(a, b);\n}\n'; } >src/base/copy.c
bad sources 'banned functions' 'src/base/copy.c:5'
{ header; printf 'void\nf(void)\n{\n\tputs("x");\n}\n'; } >src/base/print.c
bad sources 'the library must not' 'src/base/print.c:5'
{ header; printf 'void\nf(void)\n{\n\tfprintf(stderr, "x");\n}\n'; } >src/codec/print.c
bad sources 'the library must not' 'src/codec/print.c:5'
{ header; printf 'void\nf(void)\n{\n\tputs("x");\n}\n'; } >src/cli/print.c
bad sources 'only src/cli/out.c prints' 'src/cli/print.c:5'
printf '\000\001\002' >proofs/blob
bad sources 'binary files: proofs/blob'
echo 'nothing' >docs/ARCHITECTURE.md
bad sources 'docs/ARCHITECTURE.md does not name base' 'does not name codec'

# format: C that clang-format would change, a script that shellcheck does not like
{ header; printf 'int kith_x  =  1;\n'; } >src/base/wide.c
bad format 'src/base/wide.c: not formatted'
# shellcheck disable=SC2016
printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\nrm $1\n' >proofs/clean.sh
bad format 'SC2086'

# every lint was seen to fail, and one that fails makes the whole fail
for lint in $lints; do
	checks=$((checks + 1))
	case " $broken " in *" $lint "*) ;; *) fail "lint $lint has no bad tree here" ;; esac
done
{ header; echo '#include "codec/codec.h"'; } >src/base/up.c
run sh tests/lint/run
status_is 1
out_has 'lint layers: FAILED'
finish
