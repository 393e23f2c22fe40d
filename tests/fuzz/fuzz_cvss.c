/* SPDX-License-Identifier: Apache-2.0 */
/* CVSS vectors: neither the order of metrics nor the case of letters changes a score. */
#include "evidence/cvss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
put_lower(struct kith_buf *out, struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		kith_buf_put_char(
		    out, (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i]));
}

/* The metrics turned round and in lower case, behind the same version. */
static void
turn(struct kith_buf *out, struct kith_span vector)
{
	struct kith_span parts[64], part;
	size_t n = 0;

	if (kith_span_starts(vector, KITH_SPAN_LIT("CVSS"))) {
		kith_span_next(&vector, '/', &part);
		kith_buf_put_span(out, part);
		kith_buf_put_char(out, '/');
	}
	while (n < 64 && kith_span_next(&vector, '/', &parts[n]))
		n++;
	while (n) {
		put_lower(out, parts[--n]);
		if (n)
			kith_buf_put_char(out, '/');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_BUF struct kith_buf turned;
	struct kith_cvss a, b;
	struct kith_error err = {.code = KITH_OK};

	kith_buf_init(&turned, KITH_KIB(4));
	if (kith_cvss_score(kith_span(data, size), &a, &err)) {
		must(kith_span_starts(kith_span_str(err.msg), KITH_SPAN_LIT("CVSS: ")));
		return 0;
	}
	must(a.tenths <= 100);
	turn(&turned, kith_span(data, size));
	must(kith_cvss_score(kith_buf_span(&turned), &b, &err) == KITH_OK);
	must(a.tenths == b.tenths && a.version == b.version);
	return 0;
}
