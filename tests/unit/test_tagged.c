/* SPDX-License-Identifier: Apache-2.0 */
/* Tagged files: what is read is what was written with this secret, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "index/tagged.h"

#define BIG (3 * KITH_TAGGED_CHUNK * 256 + 1234) /* several groups of tags */

static const uint8_t secret[KITH_TAGGED_SECRET] = {1, 2, 3};
static const uint8_t other_secret[KITH_TAGGED_SECRET] = {1, 2, 4};
static const struct kith_tagged_kind kind = {"testing", 7, KITH_MIB(16)};
static const struct kith_digest state = {{5}}, other_state = {{6}};

struct fixture {
	char dir[64];
	char *path;
	struct kith_buf body;
};

static int
set_up(void **ret)
{
	static struct fixture f;
	size_t i;

	memset(&f, 0, sizeof(f));
	memcpy(f.dir, "/tmp/kith-tagged-XXXXXX", sizeof("/tmp/kith-tagged-XXXXXX"));
	if (kith_crypto_init(NULL) || !mkdtemp(f.dir))
		return -1;
	f.path = kith_fs_join(f.dir, "file");
	kith_buf_init(&f.body, BIG);
	for (i = 0; i < BIG; i++)
		kith_buf_put_char(&f.body, (char)(i * 2654435761U >> 13));
	*ret = &f;
	return f.path ? 0 : -1;
}

static int
tear_down(void **p)
{
	struct fixture *f = *p;

	free(f->path);
	kith_buf_clear(&f->body);
	return kith_fs_remove_tree(f->dir, NULL);
}

static void
write_body(const struct fixture *f, size_t len)
{
	struct kith_error err;

	if (kith_tagged_write(f->path, &kind, secret, &state, KITH_SPAN_LIT("head"),
			      kith_span(f->body.ptr, len), &err))
		fail_msg("%s", err.msg);
}

static void
expect_body(const struct fixture *f, size_t len)
{
	struct kith_tagged *t;
	struct kith_span s;
	struct kith_error err;
	size_t at;

	if (kith_tagged_open(f->path, &kind, secret, &t, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(kith_tagged_size(t), len);
	assert_true(kith_tagged_is_of(t, &state));
	assert_false(kith_tagged_is_of(t, &other_state));
	assert_memory_equal(kith_tagged_head(t).ptr, "head", 5);
	for (at = 0; at < len; at += 1 + at % 6007) {
		assert_true(kith_tagged_get(t, at, 1, &s));
		assert_int_equal(s.ptr[0], f->body.ptr[at]);
	}
	assert_true(kith_tagged_get(t, 0, len, &s));
	assert_int_equal(s.len, len);
	if (len)
		assert_memory_equal(s.ptr, f->body.ptr, len);
	assert_true(kith_tagged_held(t) >= len);
	kith_tagged_forget(t);
	assert_int_equal(kith_tagged_held(t), 0);
	assert_true(kith_tagged_get(t, len / 2, len - len / 2, &s));
	if (len)
		assert_memory_equal(s.ptr, f->body.ptr + len / 2, s.len);
	assert_false(kith_tagged_get(t, 0, len + 1, &s));
	assert_false(kith_tagged_get(t, len + 1, 0, &s));
	assert_false(kith_tagged_get(t, 1, UINT64_MAX, &s));
	assert_false(kith_tagged_get(t, UINT64_MAX, 1, &s));
	kith_tagged_free(t);
}

static void
test_what_was_written_is_read(void **p)
{
	static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 65536, 256 * 4096, BIG};
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		write_body(*p, sizes[i]);
		expect_body(*p, sizes[i]);
	}
}

static void
test_pieces_make_the_same(void **p)
{
	const struct fixture *f = *p;
	struct kith_tagged_writer *w;
	struct kith_error err;
	size_t at, n;

	assert_int_equal(kith_tagged_writer_new(f->path, &kind, secret, &w, &err), 0);
	for (at = 0; at < BIG; at += n) {
		n = 1 + at % 70001 < BIG - at ? 1 + at % 70001 : BIG - at;
		assert_int_equal(kith_tagged_at(w), at);
		kith_tagged_put(w, kith_span(f->body.ptr + at, n));
	}
	assert_int_equal(kith_tagged_writer_finish(w, &state, KITH_SPAN_LIT("head"), &err), 0);
	kith_tagged_writer_free(w);
	expect_body(f, BIG);
}

static void
test_other_files_are_refused(void **p)
{
	const struct fixture *f = *p;
	struct kith_tagged_kind other = kind;
	struct kith_tagged *t;
	struct kith_error err;

	write_body(f, 5000);
	assert_int_equal(kith_tagged_open(f->path, &kind, other_secret, &t, &err), KITH_E_FORMAT);
	other.format++;
	assert_int_equal(kith_tagged_open(f->path, &other, secret, &t, &err), KITH_E_FORMAT);
	other = kind;
	other.magic[0] ^= 1;
	assert_int_equal(kith_tagged_open(f->path, &other, secret, &t, &err), KITH_E_FORMAT);
	other = kind;
	other.max = 4999;
	assert_int_equal(kith_tagged_open(f->path, &other, secret, &t, &err), KITH_E_FORMAT);
	assert_int_equal(kith_tagged_open(f->dir, &kind, secret, &t, &err), KITH_E_FORMAT);
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(kith_tagged_open(f->path, &kind, secret, &t, &err), KITH_E_NOTFOUND);
}

static bool
is_whole(const struct fixture *f, size_t len)
{
	struct kith_tagged *t;
	struct kith_span s;
	bool whole;

	if (kith_tagged_open(f->path, &kind, secret, &t, NULL))
		return false;
	whole = kith_tagged_get(t, 0, len, &s) && memcmp(s.ptr, f->body.ptr, len) == 0;
	kith_tagged_free(t);
	return whole;
}

static void
test_every_damage_is_seen(void **p)
{
	const struct fixture *f = *p;
	struct kith_buf file;
	struct kith_error err;
	size_t i, len = 20000;

	write_body(f, len);
	kith_buf_init(&file, KITH_MIB(1));
	assert_int_equal(kith_fs_read(f->path, &file, &err), 0);
	for (i = 0; i < file.len; i += 13) {
		file.ptr[i] ^= 0x10;
		assert_int_equal(kith_fs_replace(f->path, kith_buf_span(&file), 0600, &err), 0);
		if (is_whole(f, len))
			fail_msg("a changed byte at %zu was not seen", i);
		file.ptr[i] ^= 0x10;
	}
	for (i = 0; i < file.len; i += 511) {
		assert_int_equal(kith_fs_replace(f->path, kith_span(file.ptr, i), 0600, &err), 0);
		assert_false(is_whole(f, len));
	}
	kith_buf_put_char(&file, '\0');
	assert_int_equal(kith_fs_replace(f->path, kith_buf_span(&file), 0600, &err), 0);
	assert_false(is_whole(f, len));
	kith_buf_clear(&file);
}

/* Chunks of one file, or of two of one secret, cannot take each other's place. */
static void
test_chunks_keep_their_place(void **p)
{
	const struct fixture *f = *p;
	size_t len = 4 * KITH_TAGGED_CHUNK, tags = 4096 + len;
	struct kith_buf file, older;
	struct kith_error err;
	uint8_t chunk[KITH_TAGGED_CHUNK];

	kith_buf_init(&file, KITH_MIB(1));
	kith_buf_init(&older, KITH_MIB(1));
	write_body(f, len);
	assert_int_equal(kith_fs_read(f->path, &older, &err), 0);
	write_body(f, len);
	assert_int_equal(kith_fs_read(f->path, &file, &err), 0);
	memcpy(chunk, file.ptr + 4096, sizeof(chunk));
	memcpy(file.ptr + 4096, file.ptr + 8192, sizeof(chunk));
	memcpy(file.ptr + 8192, chunk, sizeof(chunk));
	memcpy(chunk, file.ptr + tags, 16);
	memcpy(file.ptr + tags, file.ptr + tags + 16, 16);
	memcpy(file.ptr + tags + 16, chunk, 16);
	assert_int_equal(kith_fs_replace(f->path, kith_buf_span(&file), 0600, &err), 0);
	assert_false(is_whole(f, len));
	write_body(f, len);
	kith_buf_reset(&file);
	assert_int_equal(kith_fs_read(f->path, &file, &err), 0);
	memcpy(file.ptr + 4096, older.ptr + 4096, sizeof(chunk));
	memcpy(file.ptr + tags, older.ptr + tags, 16);
	assert_int_equal(kith_fs_replace(f->path, kith_buf_span(&file), 0600, &err), 0);
	assert_false(is_whole(f, len));
	kith_buf_clear(&file);
	kith_buf_clear(&older);
}

/* What is cut off or overwritten while the file is open is an answer of "no", not a crash. */
static void
test_a_file_may_change_while_open(void **p)
{
	const struct fixture *f = *p;
	struct kith_tagged *t;
	struct kith_span s, first;
	struct kith_error err;

	write_body(f, BIG);
	assert_int_equal(kith_tagged_open(f->path, &kind, secret, &t, &err), 0);
	assert_true(kith_tagged_get(t, 100, 1000, &first));
	assert_int_equal(truncate(f->path, 0), 0);
	assert_false(kith_tagged_get(t, 100000, 1, &s));
	assert_true(kith_tagged_get(t, 100, 1000, &s));
	assert_memory_equal(s.ptr, f->body.ptr + 100, 1000);
	kith_tagged_free(t);
}

static void
test_nothing_is_replaced_without_finish(void **p)
{
	const struct fixture *f = *p;
	struct kith_tagged_kind small = kind;
	struct kith_tagged_writer *w;
	struct kith_fs_names names;
	struct kith_error err;

	write_body(f, 3000);
	assert_int_equal(kith_tagged_writer_new(f->path, &kind, secret, &w, &err), 0);
	kith_tagged_put(w, kith_buf_span(&f->body));
	kith_tagged_writer_free(w);
	small.max = 10000;
	assert_int_equal(kith_tagged_write(f->path, &small, secret, &state, KITH_SPAN_NONE,
					   kith_buf_span(&f->body), &err),
			 KITH_E_LIMIT);
	assert_int_equal(kith_tagged_write(f->path, &kind, secret, &state,
					   kith_span(f->body.ptr, KITH_TAGGED_HEAD + 1),
					   KITH_SPAN_NONE, &err),
			 KITH_E_LIMIT);
	expect_body(f, 3000);
	assert_int_equal(kith_fs_list(f->dir, &names, &err), 0);
	assert_int_equal(names.count, 1);
	kith_fs_names_free(&names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_what_was_written_is_read, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_pieces_make_the_same, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_other_files_are_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_every_damage_is_seen, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_chunks_keep_their_place, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_file_may_change_while_open, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_nothing_is_replaced_without_finish, set_up,
					    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
