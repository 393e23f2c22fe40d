/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes and their recovery, bodies of every kind, and what signatures decide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/base64.h"
#include "proof/proof.h"

#define BEGIN "----- BEGIN CREV PROOF -----\n"
#define SIGN  "----- SIGN CREV PROOF -----\n"
#define END   "----- END CREV PROOF -----\n"
#define SIG86                                                                                      \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"

/* The two worked examples of crev format 2.2 and the legacy one of 2.3. */
#define TRUST_BODY                                                                                 \
	"kind: trust\n"                                                                            \
	"version: -1\n"                                                                            \
	"date: \"2021-03-15T13:00:15.785981436-07:00\"\n"                                          \
	"from:\n"                                                                                  \
	"  id-type: crev\n"                                                                        \
	"  id: FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE\n"                                      \
	"  url: \"https://github.com/dpc/crev-proofs\"\n"                                          \
	"ids:\n"                                                                                   \
	"  - id-type: crev\n"                                                                      \
	"    id: Cb9lZWK4YhYNt5eFtWWwvm3p1S5HamjXqgWBebGdhm4\n"                                    \
	"    url: \"https://github.com/matklad/crev-proofs\"\n"                                    \
	"trust: medium\n"
#define TRUST_SIG                                                                                  \
	"tQZPgXr1MKGm1m8O7gs6OSUS0vUL3XGHTWzKDtC0A2JrDnCaZWp2RMtEVJkD6pN3L01Kl4Exm6BmtIgT7o8bCg\n"
#define TRUST BEGIN TRUST_BODY SIGN TRUST_SIG END

#define REVIEW_BODY                                                                                \
	"kind: package review\n"                                                                   \
	"version: -1\n"                                                                            \
	"date: 2025-10-10T00:08:49.699009+01:00\n"                                                 \
	"from:\n"                                                                                  \
	"  id-type: crev\n"                                                                        \
	"  id: rBGRONmiSLmELT1SuRDDScgLcoJl8mTdEbZqz1XCesM\n"                                      \
	"  url: https://github.com/kornelski/crev-proofs\n"                                        \
	"package:\n"                                                                               \
	"  source: https://crates.io\n"                                                            \
	"  name: errno\n"                                                                          \
	"  version: 0.3.14\n"                                                                      \
	"  revision: ffc03bfb9eb491013567115e6eea560948cd9e52\n"                                   \
	"  digest: R8nasw12fHB__c0Mt6hfglj8ZXxRisB8p_zNANo5CkI\n"                                  \
	"package-diff-base:\n"                                                                     \
	"  source: https://crates.io\n"                                                            \
	"  name: errno\n"                                                                          \
	"  version: 0.3.13\n"                                                                      \
	"  revision: d09eaa4b54e610a4bc2e2ad9f46b11e37e0b8e60\n"                                   \
	"  digest: hR0106M-w1HseYIGBniOUGW-ZWmgrjshScJwy-5TzS4\n"                                  \
	"review:\n"                                                                                \
	"  thoroughness: medium\n"                                                                 \
	"  understanding: medium\n"                                                                \
	"  rating: positive\n"
#define REVIEW                                                                                     \
	BEGIN REVIEW_BODY SIGN                                                                     \
	    "91nfPIn_bUFjvaMWC8_qc9VY3U3M_KKYFOdN-t1xF_CNccQw0q94tMWggjGk7I5UuWOLFDARqfw6DAKNN5t"  \
	    "GCg\n" END

#define LEGACY                                                                                     \
	"-----BEGIN CREV TRUST -----\n"                                                            \
	"version: -1\n"                                                                            \
	"date: \"2019-04-28T22:05:05.147481998-07:00\"\n"                                          \
	"from:\n"                                                                                  \
	"  id-type: crev\n"                                                                        \
	"  id: FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE\n"                                      \
	"  url: \"https://github.com/dpc/crev-proofs\"\n"                                          \
	"ids:\n"                                                                                   \
	"  - id-type: crev\n"                                                                      \
	"    id: YWfa4SGgcW87fIT88uCkkrsRgIbWiGOOYmBbA1AtnKA\n"                                    \
	"    url: \"https://github.com/oherrala/crev-proofs\"\n"                                   \
	"trust: low\n"                                                                             \
	"-----BEGIN CREV TRUST SIGNATURE-----\n"                                                   \
	"02BF0i1K0O7uR8T5UHzymqTo65P9R7JDuvfowZuHb3ubW8kd2-Fbl4jSv0n08ZdSU9P_E2YLWvEJrVQDYfjVCg"   \
	"\n-----END CREV TRUST-----\n"

struct fixture {
	struct kith_arena arena;
	struct kith_proof_list list;
	struct kith_error err;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(kith_crypto_init(&f->err), 0);
	kith_arena_init(&f->arena, KITH_MIB(64));
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	kith_arena_clear(&f->arena);
	free(f);
	return 0;
}

/* Parses and checks all; the number of items must be n. */
static struct kith_proof_item *
parse_span(struct fixture *f, struct kith_span text, size_t n)
{
	size_t i;

	assert_int_equal(kith_proof_parse(text, &f->arena, &f->list, &f->err), 0);
	for (i = 0; i < f->list.count; i++) {
		struct kith_proof_item *item = &f->list.items[i];
		enum kith_proof_status before = item->status;

		assert_false(item->checked);
		kith_proof_check(item);
		assert_true(item->checked == (before == KITH_PROOF_VALID));
		assert_true((item->cause == NULL) == (item->status == KITH_PROOF_VALID));
	}
	assert_int_equal(f->list.count, n);
	return f->list.items;
}

static struct kith_proof_item *
parse(struct fixture *f, const char *text, size_t n)
{
	return parse_span(f, kith_span_str(text), n);
}

static void
assert_hex(const void *bytes, size_t n, const char *hex)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 1000);
	kith_hex_put(&b, bytes, n);
	assert_string_equal(kith_buf_str(&b), hex);
}

static void
test_worked_trust(void **state)
{
	struct kith_proof_item *item = parse(*state, TRUST, 1);
	const struct kith_proof *p = &item->proof;

	assert_int_equal(item->status, KITH_PROOF_VALID);
	assert_int_equal(item->line, 1);
	assert_int_equal(p->kind, KITH_PROOF_TRUST);
	assert_false(p->legacy);
	assert_int_equal(p->body.len, 323);
	assert_hex(p->digest.bytes, 32,
		   "d5b2e676d277bf2336d1f731393f51a6a85d893660e5853267869c4e87250282");
	assert_hex(p->from.id.bytes, 32,
		   "15896bf18a18195bc3c07431a8422cf3dade28a0f2fa85a2b283b4a975c47c71");
	assert_hex(p->sig, 64,
		   "b5064f817af530a1a6d66f0eee0b3a392512d2f50bdd71874d6cca0ed0b403626b0e709a656a764"
		   "4cb44549903ea93772f4d4a9781319ba066b48813ee8f1b0a");
	assert_true(kith_span_is(p->from.url, "https://github.com/dpc/crev-proofs"));
	assert_int_equal(p->date.sec, 1615838415);
	assert_int_equal(p->date.nsec, 785981436);
	assert_int_equal(p->date_offset, -420);
	assert_int_equal(p->n_ids, 1);
	assert_int_equal(p->level, KITH_LEVEL_MEDIUM);
	assert_true(p->ids[0].valid);
	assert_int_equal(p->envelope.len, strlen(TRUST));
}

static void
test_worked_review(void **state)
{
	struct kith_proof_item *item = parse(*state, REVIEW, 1);
	const struct kith_proof *p = &item->proof;

	assert_int_equal(item->status, KITH_PROOF_VALID);
	assert_int_equal(p->kind, KITH_PROOF_REVIEW);
	assert_int_equal(p->body.len, 628);
	assert_hex(p->digest.bytes, 32,
		   "5c9bca8505cfb397b5edba773052bd0fa6d6e9607de4b2a3f75be067a946090d");
	assert_true(kith_span_is(p->package.source, "https://crates.io"));
	assert_true(kith_span_is(p->package.name, "errno"));
	assert_true(kith_span_is(p->package.version, "0.3.14"));
	assert_true(p->package.digest_valid);
	assert_true(p->has_base);
	assert_true(kith_span_is(p->base.version, "0.3.13"));
	assert_int_equal(p->thoroughness, KITH_LEVEL_MEDIUM);
	assert_int_equal(p->understanding, KITH_LEVEL_MEDIUM);
	assert_int_equal(p->rating, KITH_RATING_POSITIVE);
	assert_false(kith_proof_is_empty_review(p));
}

static void
test_worked_legacy(void **state)
{
	struct kith_proof_item *item = parse(*state, LEGACY, 1);
	const struct kith_proof *p = &item->proof;

	assert_int_equal(item->status, KITH_PROOF_VALID);
	assert_true(p->legacy);
	assert_int_equal(p->kind, KITH_PROOF_TRUST);
	assert_true(kith_span_is(p->kind_text, "trust"));
	assert_int_equal(p->body.len, 309);
	assert_hex(p->digest.bytes, 32,
		   "b24292bccca76710692de006abd367b8ece771db2b8380204683d20b9fcefe19");
	assert_int_equal(p->level, KITH_LEVEL_LOW);
}

static void
test_tampered(void **state)
{
	struct kith_proof_item *item;

	item = parse(*state, BEGIN TRUST_BODY "unknown: 1\n" SIGN TRUST_SIG END, 1);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
	assert_int_equal(item->proof.kind, KITH_PROOF_TRUST);
	item = parse(*state, BEGIN TRUST_BODY SIGN SIG86 END, 1);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
	item = parse(*state, BEGIN TRUST_BODY SIGN "tQZP gXr1\n" END, 1);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
	assert_non_null(strstr(item->cause, "base64url"));
	/* padding is for obsolete signatures only: it never makes a proof valid */
	item = parse(*state,
		     BEGIN TRUST_BODY SIGN "tQZPgXr1MKGm1m8O7gs6OSUS0vUL3XGHTWzKDtC0A2JrDnCaZWp2RMt"
					   "EVJkD6pN3L01Kl4Exm6BmtIgT7o8bCg==\n" END,
		     1);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
}

static void
test_blanks(void **state)
{
	struct kith_proof_item *item;

	item = parse(*state,
		     "\n \t\n  ----- BEGIN CREV PROOF -----\xc2\xa0 \n" TRUST_BODY
		     "\t----- SIGN CREV PROOF -----  \n\n   " TRUST_SIG "\n \n"
		     " ----- END CREV PROOF ----- \n\n\n" LEGACY "\n\xe2\x80\x83\n" REVIEW,
		     3);
	assert_int_equal(item[0].status, KITH_PROOF_VALID);
	assert_int_equal(item[0].line, 3);
	assert_int_equal(item[1].status, KITH_PROOF_VALID);
	assert_int_equal(item[2].status, KITH_PROOF_VALID);
	/* the last line needs no line end */
	item = parse(*state, BEGIN TRUST_BODY SIGN TRUST_SIG "----- END CREV PROOF -----", 1);
	assert_int_equal(item->status, KITH_PROOF_VALID);
}

static void
put_crlf(struct kith_buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			kith_buf_put_char(out, '\r');
		kith_buf_put_char(out, *text);
	}
}

static void
test_crlf(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_proof_item *item;

	kith_buf_init(&b, KITH_MIB(1));
	put_crlf(&b, TRUST "\n" LEGACY REVIEW);
	item = parse_span(*state, kith_buf_span(&b), 3);
	assert_int_equal(item[0].status, KITH_PROOF_VALID);
	assert_true(kith_span_is(item[0].proof.body, TRUST_BODY));
	assert_int_equal(item[1].status, KITH_PROOF_VALID);
	assert_int_equal(item[2].status, KITH_PROOF_VALID);
	/* nothing but CRLF is changed: a lone CR stays and breaks the signature or the YAML */
	item = parse(*state, BEGIN TRUST_BODY "x: \"a\r\r\nb\"\r\n" SIGN TRUST_SIG END, 1);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
	assert_true(kith_span_is(item->proof.body, TRUST_BODY "x: \"a\r\nb\"\n"));
}

static void
test_stray_text(void **state)
{
	struct kith_proof_item *item;

	item = parse(*state, "hello\nworld\n\n# more\n" TRUST "x\n" REVIEW "\xef\xbb\xbf\n", 5);
	assert_int_equal(item[0].status, KITH_PROOF_BAD_FRAME);
	assert_int_equal(item[0].line, 1);
	assert_int_equal(item[1].status, KITH_PROOF_VALID);
	assert_int_equal(item[1].line, 5);
	assert_int_equal(item[2].status, KITH_PROOF_BAD_FRAME);
	assert_int_equal(item[3].status, KITH_PROOF_VALID);
	assert_int_equal(item[4].status, KITH_PROOF_BAD_FRAME);
	/* nothing is in a file of blanks */
	parse(*state, "", 0);
	parse(*state, "\n \r\n\t\n", 0);
}

static void
test_short_legacy_delimiters(void **state)
{
	static const char *const lines[] = {"-----BEGIN CREV -----\n",
					    "-----BEGIN CREV  -----\n",
					    "-----BEGIN CREV -\n",
					    "-----BEGIN CREV SIGNATURE-----\n",
					    "-----BEGIN CREV  SIGNATURE-----\n",
					    "-----END CREV -----\n",
					    "-----BEGIN CREV ----\n"};
	struct kith_proof_item *item;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		KITH_AUTO_BUF struct kith_buf b;

		kith_buf_init(&b, KITH_MIB(1));
		kith_buf_printf(&b, "%s%s", lines[i], TRUST);
		item = parse_span(*state, kith_buf_span(&b), 2);
		assert_int_equal(item[0].status, KITH_PROOF_BAD_FRAME);
		assert_int_equal(item[1].status, KITH_PROOF_VALID);
		/* inside a legacy body, and inside its signature */
		kith_buf_reset(&b);
		kith_buf_printf(&b, "-----BEGIN CREV TRUST-----\n%s" TRUST, lines[i]);
		item = parse_span(*state, kith_buf_span(&b), 2);
		assert_int_not_equal(item[0].status, KITH_PROOF_VALID);
		assert_int_equal(item[1].status, KITH_PROOF_VALID);
		kith_buf_reset(&b);
		kith_buf_printf(&b,
				"-----BEGIN CREV TRUST-----\n-----BEGIN CREV TRUST SIGNATURE-----\n"
				"%s" TRUST,
				lines[i]);
		item = parse_span(*state, kith_buf_span(&b), 2);
		assert_int_not_equal(item[0].status, KITH_PROOF_VALID);
		assert_int_equal(item[1].status, KITH_PROOF_VALID);
	}
}

static void
check_recovery(struct fixture *f, const char *broken)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_proof_item *item;

	kith_buf_init(&b, KITH_MIB(1));
	kith_buf_printf(&b, "%s%s%s%s", TRUST, broken, REVIEW, LEGACY);
	item = parse_span(f, kith_buf_span(&b), 4);
	assert_int_equal(item[0].status, KITH_PROOF_VALID);
	assert_int_not_equal(item[1].status, KITH_PROOF_VALID);
	assert_int_equal(item[1].line, 17);
	assert_int_equal(item[2].status, KITH_PROOF_VALID);
	assert_int_equal(item[3].status, KITH_PROOF_VALID);
}

static void
test_recovery(void **state)
{
	struct fixture *f = *state;

	check_recovery(f, BEGIN "kind: trust\n");
	check_recovery(f, BEGIN TRUST_BODY SIGN "abc\n");
	check_recovery(f, BEGIN TRUST_BODY END);
	check_recovery(f, BEGIN TRUST_BODY SIGN SIGN TRUST_SIG END);
	check_recovery(f, BEGIN ": [\n" SIGN SIG86 END);
	check_recovery(f, BEGIN "kind: trust\n" SIGN SIG86 END);
	check_recovery(f, BEGIN "\xff\n" SIGN SIG86 END);
	check_recovery(f, BEGIN TRUST_BODY SIGN "\xff\xff\n" END);
	check_recovery(f, "-----BEGIN CREV TRUST-----\na: b\n"
			  "-----BEGIN CREV PACKAGE REVIEW SIGNATURE-----\nAA\n"
			  "-----END CREV PACKAGE REVIEW-----\n");
	check_recovery(f, "-----BEGIN CREV TRUST-----\na: b\n-----BEGIN CREV TRUST SIGNATURE-----\n"
			  "AA\n-----END CREV PACKAGE REVIEW-----\n");
	check_recovery(f, "-----BEGIN CREV TRUST-----\n" TRUST_BODY
			  "-----BEGIN CREV TRUST SIGNATURE-----\nAA\n-----END CREV TRUST-----\n");
	check_recovery(f, "\xff\n");
	check_recovery(f, SIGN SIG86 END);
}

static void
test_unterminated(void **state)
{
	struct kith_proof_item *item;

	item = parse(*state, TRUST BEGIN "kind: trust\n", 2);
	assert_int_equal(item[1].status, KITH_PROOF_BAD_FRAME);
	assert_int_equal(item[1].line, 17);
	item = parse(*state, BEGIN TRUST_BODY SIGN TRUST_SIG, 1);
	assert_int_equal(item[0].status, KITH_PROOF_BAD_FRAME);
}

/* A delimiter in a comment: BEGIN is text there, SIGN ends the body even where it is indented. */
static void
test_delimiter_in_comment(void **state)
{
	struct kith_proof_item *item;

	item = parse(*state, BEGIN TRUST_BODY "comment: |-\n  " BEGIN "  x\n" SIGN SIG86 END, 1);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
	assert_true(kith_span_is(item->proof.comment, "----- BEGIN CREV PROOF -----\nx"));
	item = parse(*state, BEGIN TRUST_BODY "comment: |-\n  " SIGN "  x\n" SIGN SIG86 END, 1);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
	assert_false(item->proof.sig_valid);
	/* the legacy delimiters mean nothing inside the current envelope but a cut-off */
	item = parse(*state,
		     BEGIN TRUST_BODY
		     "comment: |-\n  -----BEGIN CREV TRUST SIGNATURE-----\n" SIGN SIG86 END,
		     1);
	assert_true(item->proof.sig_valid);
}

static void
test_limits(void **state)
{
	struct fixture *f = *state;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_proof_item *item;

	kith_buf_init(&b, KITH_MIB(64));
	/* exactly 32,000 bytes of body are read, one more is not */
	kith_buf_put_str(&b, BEGIN TRUST_BODY "x: ");
	kith_buf_put_fill(&b, 'x', 32000 - 323 - 4);
	kith_buf_put_str(&b, "\n" SIGN SIG86 END BEGIN TRUST_BODY "x: ");
	kith_buf_put_fill(&b, 'x', 32000 - 323 - 3);
	kith_buf_put_str(&b, "\n" SIGN SIG86 END);
	item = parse_span(f, kith_buf_span(&b), 2);
	assert_int_equal(item[0].status, KITH_PROOF_BAD_SIG);
	assert_int_equal(item[0].proof.body.len, 32000);
	assert_int_equal(item[1].status, KITH_PROOF_BAD_FRAME);
	/* likewise 2,000 bytes of signature */
	kith_buf_reset(&b);
	kith_buf_put_str(&b, BEGIN TRUST_BODY SIGN);
	kith_buf_put_fill(&b, '\n', 2000 - strlen(TRUST_SIG));
	kith_buf_put_str(&b, TRUST_SIG END BEGIN TRUST_BODY SIGN);
	kith_buf_put_fill(&b, '\n', 2001 - strlen(TRUST_SIG));
	kith_buf_put_str(&b, TRUST_SIG END);
	item = parse_span(f, kith_buf_span(&b), 2);
	assert_int_equal(item[0].status, KITH_PROOF_VALID);
	assert_int_equal(item[1].status, KITH_PROOF_BAD_FRAME);
	/* a line of more than 64 KiB, even of blanks */
	kith_buf_reset(&b);
	kith_buf_put_fill(&b, ' ', KITH_MAX_PROOF_LINE);
	kith_buf_put_str(&b, "\n");
	kith_buf_put_fill(&b, ' ', KITH_MAX_PROOF_LINE + 1);
	kith_buf_put_str(&b, "\n" TRUST);
	item = parse_span(f, kith_buf_span(&b), 2);
	assert_int_equal(item[0].status, KITH_PROOF_BAD_FRAME);
	assert_int_equal(item[0].line, 2);
	assert_int_equal(item[1].status, KITH_PROOF_VALID);
	/* a file of more than 32 MiB; its stray text is one refusal */
	kith_buf_reset(&b);
	while (b.len < KITH_MAX_PROOF_FILE) {
		kith_buf_put_fill(&b, 'x', KITH_KIB(32) - 1);
		kith_buf_put_char(&b, '\n');
	}
	parse_span(f, kith_buf_span(&b), 1);
	kith_buf_put_char(&b, '\n');
	assert_int_equal(kith_proof_parse(kith_buf_span(&b), &f->arena, &f->list, &f->err),
			 KITH_E_LIMIT);
}

#define SHORT_BODY                                                                                 \
	"{kind: x, version: 1, date: 2020-01-01T00:00:00Z, from: {id-type: crev, id: AAAA}}\n"

/* Many refusals are listed up to a maximum and then counted; too many proofs refuse the file. */
static void
test_many(void **state)
{
	struct fixture *f = *state;
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_ARENA struct kith_arena small;
	struct kith_proof_item *item;
	size_t i, n = KITH_MAX_PROOF_REFUSALS;

	kith_buf_init(&b, KITH_MIB(32));
	for (i = 0; i < n + 7; i++)
		kith_buf_put_str(&b, BEGIN);
	kith_buf_put_str(&b, "x\n" SIGN SIG86 END TRUST);
	item = parse_span(f, kith_buf_span(&b), n + 2);
	assert_int_equal(item[n].status, KITH_PROOF_VALID);
	assert_int_equal(item[n + 1].status, KITH_PROOF_BAD_FRAME);
	assert_string_equal(item[n + 1].cause, "7 more refusals in this file");
	assert_int_equal(item[n + 1].line, n + 1);
	kith_buf_reset(&b);
	for (i = 0; i <= KITH_MAX_PROOF_ITEMS; i++)
		kith_buf_put_str(&b, BEGIN SHORT_BODY SIGN SIG86 END);
	assert_int_equal(kith_proof_parse(kith_buf_span(&b), &f->arena, &f->list, &f->err),
			 KITH_E_LIMIT);
	kith_arena_init(&small, KITH_KIB(512));
	b.len /= 10;
	assert_int_equal(kith_proof_parse(kith_buf_span(&b), &small, &f->list, &f->err),
			 KITH_E_LIMIT);
}

#define HEAD                                                                                       \
	"version: -1\ndate: 2020-01-01T00:00:00Z\n"                                                \
	"from:\n  id-type: crev\n  id: FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE\n"
#define PACKAGE                                                                                    \
	"package:\n  source: https://crates.io\n  name: a\n  version: 1.0.0\n"                     \
	"  digest: R8nasw12fHB__c0Mt6hfglj8ZXxRisB8p_zNANo5CkI\n"
#define A_TRUST  "kind: trust\n" HEAD
#define A_REVIEW "kind: package review\n" HEAD PACKAGE

/* The parsed item of one body in the current envelope. */
static struct kith_proof_item *
body(struct fixture *f, const char *text)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span kept;

	kith_buf_init(&b, KITH_MIB(1));
	kith_buf_printf(&b, BEGIN "%s" SIGN SIG86 END, text);
	assert_true(kith_arena_copy(&f->arena, kith_buf_span(&b), &kept));
	assert_int_equal(kith_proof_parse(kept, &f->arena, &f->list, &f->err), 0);
	assert_int_equal(f->list.count, 1);
	return f->list.items;
}

static void
test_bodies_accepted(void **state)
{
	static const char *const bodies[] = {
	    A_TRUST "ids: []\ntrust: none\n",
	    "---\n" A_TRUST "ids: []\ntrust: distrust\nunknown:\n  - a: [1, {b: c}]\n",
	    A_TRUST "ids: []\ntrust: \"high\"\ncomment: null\noriginal: ~\n",
	    A_TRUST "ids:\n- id-type: crev\n  id: Zm9v\n  url: null\ntrust: low\n",
	    A_REVIEW,
	    A_REVIEW "package-diff-base: null\nllm-agent: ~\n",
	    A_REVIEW "review: {thoroughness: none, understanding: high, rating: strong}\n",
	    A_REVIEW "flags: {}\nissues: []\nalternatives: []\nadvisories: []\noverride: []\n",
	    A_REVIEW "flags: {unmaintained: True}\n",
	    A_REVIEW "issues:\n- id: 100\n  severity: none\n",
	    A_REVIEW "advisory:\n  affected: major\n  critical: true\n",
	    A_REVIEW "llm-agent: {model: 5, model-version: null}\n",
	    "kind: something new\n" HEAD "review: null\nids: 7\n",
	    "kind: code review\n" HEAD PACKAGE
	    "thoroughness: low\nunderstanding: low\nrating: neutral\n",
	};
	size_t i;

	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct kith_proof_item *item = body(*state, bodies[i]);

		if (item->status != KITH_PROOF_VALID)
			print_error("%s\n%s\n", bodies[i], item->cause);
		assert_int_equal(item->status, KITH_PROOF_VALID);
	}
}

static void
test_bodies_refused(void **state)
{
	static const struct {
		const char *body, *cause;
	} bodies[] = {
	    {HEAD "ids: []\ntrust: none\n", "no 'kind'"},
	    {"kind: null\n" HEAD "ids: []\ntrust: none\n", "'kind' is not a string"},
	    {A_TRUST "trust: none\n", "no 'ids'"},
	    {A_TRUST "ids: null\ntrust: none\n", "line 8: 'ids' is not a list"},
	    {A_TRUST "ids: []\n", "no 'trust'"},
	    {A_TRUST "ids: []\ntrust: High\n", "line 9: 'High' is no 'trust'"},
	    {A_TRUST "ids: []\ntrust: high\ntrust: high\n", "line 10"},
	    {A_TRUST "ids: []\ntrust: high\n---\na: b\n", "line 10"},
	    {A_TRUST "ids: [7]\ntrust: high\n", "an id is not a mapping"},
	    {A_TRUST "ids: [{id: Zm9v}]\ntrust: high\n", "no 'id-type'"},
	    {A_TRUST "ids: [{id-type: gpg, id: Zm9v}]\ntrust: high\n", "'gpg' is no 'id-type'"},
	    {A_TRUST "ids: [{id-type: crev, id: Zm8=}]\ntrust: high\n", "not base64url"},
	    {A_TRUST "ids: []\ntrust: high\ncomment: [a]\n", "'comment' is not a text"},
	    {A_TRUST "ids: []\ntrust: high\noverride: null\n", "'override' is not a list"},
	    {A_TRUST "ids: &a []\ntrust: high\n", "line 8"},
	    {"kind: package review\n" HEAD, "no 'package'"},
	    {A_REVIEW "review: null\n", "'review' is not a mapping"},
	    {A_REVIEW "review: {thoroughness: low, rating: strong}\n", "no 'understanding'"},
	    {A_REVIEW "review: {thoroughness: distrust, understanding: low, rating: strong}\n",
	     "'distrust' is no 'thoroughness'"},
	    {A_REVIEW "review: {thoroughness: low, understanding: low, rating: Strong}\n",
	     "'Strong' is no 'rating'"},
	    {A_REVIEW "flags: null\n", "'flags' is not a mapping"},
	    {A_REVIEW "flags: {unmaintained: yes}\n", "neither true nor false"},
	    {A_REVIEW "flags: {unmaintained: 'true'}\n", "neither true nor false"},
	    {A_REVIEW "issues:\n- id: ''\n  severity: low\n", "line 14: an issue with an empty id"},
	    {A_REVIEW "issues:\n- id: a\n", "no 'severity'"},
	    {A_REVIEW "issues:\n- id: a\n  severity: low\n  range: null\n", "is no 'range'"},
	    {A_REVIEW "advisories:\n- ids: []\n  severity: low\n", "an advisory without an id"},
	    {A_REVIEW "advisories:\n- ids: [a, '']\n  severity: low\n", "with an empty id"},
	    {A_REVIEW "advisories:\n- severity: low\n", "no 'ids'"},
	    {A_REVIEW "alternatives:\n- source: a\n  name: ''\n", "without source or name"},
	    {A_REVIEW "alternatives: null\n", "'alternatives' is not a list"},
	    {A_REVIEW "package-diff-base: {}\n", "no 'source'"},
	    {A_REVIEW "llm-agent: {}\n", "no 'model'"},
	    {"kind: code review\n" HEAD PACKAGE, "no 'thoroughness'"},
	    {"kind: trust\ndate: 2020-01-01T00:00:00Z\n", "no 'from'"},
	    {"a\n", "line 2"},
	    {"", ""},
	    {"kind: \"\\x00\"\n", "line 2"},
	};
	size_t i;

	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct kith_proof_item *item = body(*state, bodies[i].body);

		if (item->status != KITH_PROOF_BAD_BODY || !strstr(item->cause, bodies[i].cause))
			print_error("%s\n%s, not %s\n", bodies[i].body, item->cause,
				    bodies[i].cause);
		assert_int_equal(item->status, KITH_PROOF_BAD_BODY);
		assert_non_null(strstr(item->cause, bodies[i].cause));
		kith_proof_check(item);
		assert_int_equal(item->status, KITH_PROOF_BAD_BODY);
		assert_false(item->checked);
	}
}

/* One line of the common part or the package replaced; whether the body is still read. */
static void
check_line(struct fixture *f, const char *line, const char *by, bool accepted)
{
	KITH_AUTO_BUF struct kith_buf b;
	const char *at = strstr(A_REVIEW, line);
	struct kith_proof_item *item;

	assert_non_null(at);
	kith_buf_init(&b, KITH_KIB(64));
	kith_buf_put(&b, A_REVIEW, (size_t)(at - A_REVIEW));
	kith_buf_put_str(&b, by);
	kith_buf_put_str(&b, at + strlen(line));
	item = body(f, kith_buf_str(&b));
	if ((item->status == KITH_PROOF_VALID) != accepted)
		print_error("%s: %s\n", by, item->cause ? item->cause : "accepted");
	assert_true((item->status == KITH_PROOF_VALID) == accepted);
}

static void
test_lines(void **state)
{
	struct fixture *f = *state;

	check_line(f, "name: a", "name: 123", false);
	check_line(f, "name: a", "name: null", false);
	check_line(f, "name: a", "name: '123'", true);
	check_line(f, "name: a", "name: yes", true);
	check_line(f, "version: 1.0.0", "version: 1.0", false);
	check_line(f, "version: 1.0.0", "version: v1.0.0", false);
	check_line(f, "version: 1.0.0", "version: 1.00.0", false);
	check_line(f, "version: 1.0.0", "version: 1.0.0-a.1+b", true);
	check_line(f, "version: -1", "version: 5", true);
	check_line(f, "version: -1", "version: -99999", true);
	check_line(f, "version: -1", "version: 0x10", true);
	check_line(f, "version: -1", "version: '5'", false);
	check_line(f, "version: -1", "version: 1.5", false);
	check_line(f, "version: -1", "version: 9223372036854775808", false);
	check_line(f, "version: -1", "version: -9223372036854775808", true);
	check_line(f, "date: 2020-01-01T00:00:00Z", "date: 2020-01-01", false);
	check_line(f, "date: 2020-01-01T00:00:00Z", "date: 2020-01-01t00:00:60.5+01:00", true);
	check_line(f, "digest: R8nasw12fHB__c0Mt6hfglj8ZXxRisB8p_zNANo5CkI", "digest: AAAA", true);
	check_line(f, "digest: R8nasw12fHB__c0Mt6hfglj8ZXxRisB8p_zNANo5CkI", "digest: AAA=", false);
	check_line(f, "digest: R8nasw12fHB__c0Mt6hfglj8ZXxRisB8p_zNANo5CkI", "x: y", false);
	check_line(f, "id: FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE", "id: Zm9v", true);
	check_line(f, "id: FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE", "id: '*'", false);
}

static void
test_fields(void **state)
{
	struct kith_proof_item *item;
	const struct kith_proof *p;

	item = body(*state,
		    A_REVIEW "review: {thoroughness: low, understanding: low, rating: dangerous}\n"
			     "issues:\n- {id: a, severity: high, range: minor, comment: 12}\n"
			     "advisories:\n- {ids: [b, 7], severity: low}\n"
			     "flags: {unmaintained: true, other: 1}\n"
			     "alternatives:\n- {source: s, name: n}\n"
			     "override:\n- {id-type: crev, id: Zm9v, url: u, comment: why}\n"
			     "llm-agent: {model: m, model-version: v, human-guided: true}\n"
			     "original: {proof: R8nasw12fHB__c0Mt6hfglj8ZXxRisB8p_zNANo5CkI}\n"
			     "comment: \"\\e\\u00fc\"\n");
	p = &item->proof;
	assert_int_equal(item->status, KITH_PROOF_VALID);
	assert_true(p->dangerous);
	assert_int_equal(p->rating, KITH_RATING_NEGATIVE);
	assert_int_equal(p->n_issues, 1);
	assert_int_equal(p->issues[0].range, KITH_RANGE_MINOR);
	assert_int_equal(p->issues[0].severity, KITH_LEVEL_HIGH);
	assert_true(kith_span_is(p->issues[0].comment, "12"));
	assert_int_equal(p->advisories[0].n_ids, 2);
	assert_true(kith_span_is(p->advisories[0].ids[1], "7"));
	assert_int_equal(p->advisories[0].range, KITH_RANGE_ALL);
	assert_true(p->unmaintained);
	assert_true(kith_span_is(p->alternatives[0].name, "n"));
	assert_false(p->overrides[0].valid);
	assert_true(kith_span_is(p->overrides[0].text, "Zm9v"));
	assert_true(kith_span_is(p->overrides[0].comment, "why"));
	assert_true(p->has_llm && p->llm_human_guided);
	assert_true(kith_span_is(p->llm_version, "v"));
	assert_true(p->has_original);
	assert_true(kith_span_is(p->comment, "\033\xc3\xbc"));
	/* what is absent */
	item = body(*state, A_REVIEW);
	p = &item->proof;
	assert_true(kith_proof_is_empty_review(p));
	assert_false(p->has_base || p->has_llm || p->has_original || p->unmaintained);
	assert_int_equal(p->comment.len + p->from.url.len + p->package.revision.len, 0);
	/* a url of a wrong type is no url; another digest type matches nothing */
	item = body(*state, A_TRUST "ids: [{id-type: crev, id: Zm9v, url: 7}]\ntrust: low\n");
	assert_int_equal(item->proof.ids[0].url.len, 0);
	item = body(*state, A_REVIEW "package-diff-base:\n  source: s\n  name: n\n"
				     "  version: 1.0.0\n  digest_type: sha3\n"
				     "  digest: R8nasw12fHB__c0Mt6hfglj8ZXxRisB8p_zNANo5CkI\n");
	assert_true(item->proof.package.digest_valid);
	assert_false(item->proof.base.digest_valid);
}

/* Legacy envelopes: the type is the kind, a kind in the body is refused. */
static void
test_legacy_kinds(void **state)
{
	struct kith_proof_item *item;

#define LEGACY_OF(type, text)                                                                      \
	"-----BEGIN CREV " type "-----\n" text "-----BEGIN CREV " type " SIGNATURE-----\n" SIG86   \
	"-----END CREV " type "-----\n"
	item = parse(*state, LEGACY_OF("PACKAGE REVIEW", HEAD PACKAGE), 1);
	assert_int_equal(item->proof.kind, KITH_PROOF_REVIEW);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
	item = parse(*state, LEGACY_OF("Project Review", HEAD), 1);
	assert_int_equal(item->proof.kind, KITH_PROOF_UNKNOWN);
	assert_true(kith_span_is(item->proof.kind_text, "project review"));
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
	item = parse(*state, LEGACY_OF("TRUST", "kind: trust\n" HEAD "ids: []\ntrust: low\n"), 1);
	assert_int_equal(item->status, KITH_PROOF_BAD_BODY);
	item = parse(*state, LEGACY_OF("TRUST", "kind: ~\n" HEAD "ids: []\ntrust: low\n"), 1);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
}

static void
test_from_no_key(void **state)
{
	struct kith_proof_item *item;

	item = parse(*state,
		     BEGIN "kind: trust\nversion: -1\ndate: 2020-01-01T00:00:00Z\nfrom:\n"
			   "  id-type: crev\n  id: Zm9v\nids: []\ntrust: low\n" SIGN SIG86 END,
		     1);
	assert_int_equal(item->status, KITH_PROOF_BAD_SIG);
	assert_non_null(strstr(item->cause, "32 bytes"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	    T(test_worked_trust),
	    T(test_worked_review),
	    T(test_worked_legacy),
	    T(test_tampered),
	    T(test_blanks),
	    T(test_crlf),
	    T(test_stray_text),
	    T(test_short_legacy_delimiters),
	    T(test_recovery),
	    T(test_unterminated),
	    T(test_delimiter_in_comment),
	    T(test_limits),
	    T(test_many),
	    T(test_bodies_accepted),
	    T(test_bodies_refused),
	    T(test_lines),
	    T(test_fields),
	    T(test_legacy_kinds),
	    T(test_from_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
