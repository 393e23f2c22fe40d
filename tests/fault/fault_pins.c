/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading and making pins fails once. */
#include "evidence/pins.h"
#include "fault/wrap.h"

static const char text[] =
    "version = 1\n"
    "source = [\n"
    "  {kind = \"crev\", at = \"https://a.example\", commit = "
    "\"0123456789abcdef0123456789abcdef01234567\", as-of = 2026-01-02T03:04:05Z},\n"
    "]\n"
    "package = [{name = \"a\", version = \"1.0.0\", checksum = \"00\"}]\n"
    "late = [{proof = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\", previous = "
    "2026-01-02T03:04:05Z}]\n"
    "withdrawn = [{kind = \"crev\", at = \"https://a.example\", text = \"a\\nb\"}, {kind = "
    "\"vet\", "
    "at = \"b\", gone = 2026-01-02T03:04:05Z, path = \"p\", line = 2, text = \"c\"}]\n"
    "verified-url = [{id = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\", url = "
    "\"https://a.example\"}]\n";

static int
work(struct kith_error *err)
{
	KITH_AUTO_PINS struct kith_pins *p = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	int r = kith_pins_read(kith_span_str(text), &p, err);

	kith_buf_init(&b, KITH_KIB(64));
	if ((r == KITH_OK) != (p != NULL))
		return KITH_E_INTERNAL;
	if (r)
		return r;
	kith_pins_put(p, &b);
	return kith_buf_check(&b, err);
}

int
main(void)
{
	struct kith_error err;
	size_t n;
	int r;

	for (n = 1;; n++) {
		fault_arm(n);
		r = work(&err);
		if (!fault_hit())
			break;
		if (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	printf("%zu allocations failed once\n", n - 1);
	return r != KITH_OK || n < 8;
}
