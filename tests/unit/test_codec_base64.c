/* SPDX-License-Identifier: Apache-2.0 */
/* base64url and hex: known answers, and every way to spell a second text for the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/base64.h"

static void
test_known(void **state)
{
	static const char *const rows[][2] = {{"", ""},           {"f", "Zg"},
					      {"fo", "Zm8"},      {"foo", "Zm9v"},
					      {"foob", "Zm9vYg"}, {"\xfb\xff\xbf", "-_-_"}};
	size_t i, len = 0;
	uint8_t out[8];

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		KITH_AUTO_BUF struct kith_buf b;

		kith_buf_init(&b, 64);
		kith_base64_put(&b, rows[i][0], strlen(rows[i][0]));
		assert_string_equal(kith_buf_str(&b), rows[i][1]);
		assert_true(kith_base64_decode(kith_span_str(rows[i][1]), out, sizeof(out), &len));
		assert_int_equal(len, strlen(rows[i][0]));
		assert_memory_equal(out, rows[i][0], len);
	}
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {"Z",   "Zg==", "Zh",   "Zm9",     "Zm9v\n",
					  " Zg", "Z g",  "+/+/", "Zm9vY",   "Zm9vYh",
					  "Zg=", "=",    "====", "\xc3\xa9"};
	uint8_t out[64];
	size_t i, len = 99;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(kith_base64_decode(kith_span_str(bad[i]), out, sizeof(out), &len));
	assert_false(kith_base64_decode(KITH_SPAN_LIT("Zg\0"), out, sizeof(out), &len));
	assert_int_equal(len, 99);
}

static void
test_room(void **state)
{
	uint8_t out[4] = {1, 1, 1, 1};
	size_t len;

	(void)state;
	assert_true(kith_base64_decode(KITH_SPAN_LIT("Zm9v"), out, 3, &len));
	assert_int_equal(out[3], 1);
	assert_false(kith_base64_decode(KITH_SPAN_LIT("Zm9v"), out, 2, &len));
	assert_true(kith_base64_decode_exact(KITH_SPAN_LIT("Zm9v"), out, 3));
	assert_false(kith_base64_decode_exact(KITH_SPAN_LIT("Zm9v"), out, 4));
}

static void
test_padded(void **state)
{
	uint8_t out[8];
	size_t len;

	(void)state;
	assert_true(kith_base64_decode_padded(KITH_SPAN_LIT("Zg=="), out, sizeof(out), &len));
	assert_int_equal(len, 1);
	assert_true(kith_base64_decode_padded(KITH_SPAN_LIT("Zm8="), out, sizeof(out), &len));
	assert_int_equal(len, 2);
	assert_true(kith_base64_decode_padded(KITH_SPAN_LIT("Zm8"), out, sizeof(out), &len));
	assert_false(kith_base64_decode_padded(KITH_SPAN_LIT("Zg="), out, sizeof(out), &len));
	assert_false(kith_base64_decode_padded(KITH_SPAN_LIT("Z==="), out, sizeof(out), &len));
	assert_false(kith_base64_decode_padded(KITH_SPAN_LIT("===="), out, sizeof(out), &len));
	assert_false(kith_base64_decode_padded(KITH_SPAN_LIT("Zh=="), out, sizeof(out), &len));
}

static void
test_id(void **state)
{
	/* the published key of seed 32 x 07, crev format 3.3 */
	static const char text[] = "6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw";
	uint8_t id[32];
	char again[KITH_ID_TEXT + 1];

	(void)state;
	assert_int_equal(KITH_BASE64_LEN(32), KITH_ID_TEXT);
	assert_true(kith_base64_decode_exact(kith_span_str(text), id, sizeof(id)));
	kith_base64_id(again, id);
	assert_string_equal(again, text);
	/* the last character carries two unused bits */
	assert_false(kith_base64_decode_exact(
	    KITH_SPAN_LIT("6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0ix"), id, sizeof(id)));
}

static void
test_hex(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	uint8_t out[2];

	(void)state;
	kith_buf_init(&b, 8);
	kith_hex_put(&b, "\x00\xaf", 2);
	assert_string_equal(kith_buf_str(&b), "00af");
	assert_true(kith_hex_decode_exact(KITH_SPAN_LIT("00aF"), out, 2));
	assert_int_equal(out[1], 0xaf);
	assert_false(kith_hex_decode_exact(KITH_SPAN_LIT("00a"), out, 2));
	assert_false(kith_hex_decode_exact(KITH_SPAN_LIT("00ag"), out, 2));
	assert_false(kith_hex_decode_exact(KITH_SPAN_LIT("00@f"), out, 2));
	assert_false(kith_hex_decode_exact(KITH_SPAN_LIT("00af00"), out, 2));
	kith_hex_put(&b, "\x01\x02\x03", 3);
	assert_int_equal(kith_buf_check(&b, NULL), KITH_E_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_known), cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_room),  cmocka_unit_test(test_padded),
	    cmocka_unit_test(test_id),    cmocka_unit_test(test_hex)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
