/* SPDX-License-Identifier: Apache-2.0 */
/* Copies for reading: names that act on nobody, characters that hide nothing, in any pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/sanitise.h"

static void
assert_name(const char *parent, const char *name, const char *expected)
{
	KITH_AUTO_BUF struct kith_buf b;
	bool changed;

	kith_buf_init(&b, 1000);
	changed = kith_sanitise_name(&b, kith_span_str(parent), kith_span_str(name));
	assert_string_equal(kith_buf_str(&b), expected);
	assert_int_equal(changed, strcmp(name, expected) != 0);
}

static void
names_that_act(void **state)
{
	(void)state;
	assert_name("", "lib.rs", "lib.rs");
	assert_name("src", "config", "config");
	assert_name("", "config.toml", "config.toml");
	assert_name("", ".gitignore", ".gitignore");
	assert_name("", ".cargo_vcs_info.json", ".cargo_vcs_info.json");
	assert_name("", "Cargo.toml", "Cargo.CREV.toml");
	assert_name("", ".cargo", "CREV.cargo");
	assert_name("cargo", "config", "config.CREV");
	assert_name("cargo", "config.toml", "config.toml.CREV");
	assert_name("", "rust-toolchain", "rust-toolchain.CREV");
	assert_name("", "rust-toolchain.toml", "rust-toolchain.toml.CREV");
	assert_name("", ".vscode", "CREV.vscode");
}

/* Slugs are told by their end, so that the test need not hash. */
static void
assert_slug(const char *name, const char *begin)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 1000);
	assert_true(kith_sanitise_name(&b, KITH_SPAN_NONE, kith_span_str(name)));
	assert_true(kith_span_starts(kith_buf_span(&b), kith_span_str(begin)));
	assert_true(kith_span_ends(kith_buf_span(&b), KITH_SPAN_LIT(".CREV")));
	assert_int_equal(b.len, strlen(begin) + 1 + 22 + 5);
}

static void
names_that_are_odd(void **state)
{
	char longest[252];

	(void)state;
	assert_slug("a*b", "a_b");
	assert_slug("$(rm)", "__rm_");
	assert_slug("x\ny", "x_y");
	assert_slug("\xff", "");
	assert_slug("CREV.cargo", "CREV_cargo");
	memset(longest, 'a', sizeof(longest));
	longest[251] = '\0';
	assert_slug(longest, "aaaaaaaaaaaaaaaa");
	longest[250] = '\0';
	assert_name("", longest, longest);
}

/* In one piece, and cut at every place. */
static void
assert_text(const char *text, size_t len, const char *expected, size_t changed)
{
	size_t cut, cut2;

	for (cut = 0; cut <= len; cut++) {
		for (cut2 = cut; cut2 <= len; cut2++) {
			struct kith_sanitiser s = {.n_tail = 0};
			KITH_AUTO_BUF struct kith_buf b;

			kith_buf_init(&b, 1000);
			kith_sanitise_text(&s, kith_span(text, cut), &b);
			kith_sanitise_text(&s, kith_span(text + cut, cut2 - cut), &b);
			kith_sanitise_text(&s, kith_span(text + cut2, len - cut2), &b);
			kith_sanitise_end(&s, &b);
			assert_string_equal(kith_buf_str(&b), expected);
			assert_int_equal(s.changed, changed);
		}
	}
}
#define ASSERT_TEXT(lit, expected, n) assert_text(lit, sizeof(lit) - 1, expected, n)

static void
text(void **state)
{
	(void)state;
	ASSERT_TEXT("fn main() {}\r\n\tx\n", "fn main() {}\r\n\tx\n", 0);
	ASSERT_TEXT("a\xe2\x80\xae"
		    "b",
		    "a\\u{202e}b", 1);
	ASSERT_TEXT("\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}", 2);
	ASSERT_TEXT("\xf3\xa0\x81\xb2", "\\u{e0072}", 1);
	ASSERT_TEXT("\x1b[2J", "\\u{1b}[2J", 1);
	ASSERT_TEXT("\xc2\x9b"
		    "2J",
		    "\\u{9b}2J", 1);
	ASSERT_TEXT("gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2 \xf0\x9f\x98\x80",
		    "gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2 \xf0\x9f\x98\x80", 0);
	/* a byte that begins a longer character must not hide the one behind it */
	ASSERT_TEXT("\xf0\xe2\x80\xae", "\xf0\\u{202e}", 1);
	ASSERT_TEXT("\xe2\xe2\x80\xae", "\xe2\\u{202e}", 1);
	ASSERT_TEXT("\xf0\xd8\x9c", "\xf0\\u{61c}", 1);
	ASSERT_TEXT("\xe2\x80", "\xe2\x80", 0);
	ASSERT_TEXT("\xff\xfe\x80", "\xff\xfe\x80", 0);
}

static void
binaries(void **state)
{
	(void)state;
	assert_true(kith_sanitise_is_binary(KITH_SPAN_LIT("a/b.png")));
	assert_false(kith_sanitise_is_binary(KITH_SPAN_LIT("a/b.rs")));
	assert_false(kith_sanitise_is_binary(KITH_SPAN_LIT("png")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_that_act),
	    cmocka_unit_test(names_that_are_odd),
	    cmocka_unit_test(text),
	    cmocka_unit_test(binaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
