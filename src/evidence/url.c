/* SPDX-License-Identifier: Apache-2.0 */
/* Compares URLs of proof repositories; opens none. */
#include "evidence/url.h"

/* Where the path begins: behind "scheme://host". */
static size_t
host_end(struct kith_span url)
{
	size_t i;

	for (i = 0; i + 2 < url.len; i++)
		if (memcmp(url.ptr + i, "://", 3) == 0)
			return kith_span_find(url, i + 3, '/');
	return 0;
}

static struct kith_span
cut_tail(struct kith_span url)
{
	if (kith_span_ends(url, KITH_SPAN_LIT("/")))
		url.len--;
	if (kith_span_ends(url, KITH_SPAN_LIT(".git")))
		url.len -= 4;
	return url;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

void
kith_url_put_normal(struct kith_buf *out, struct kith_span url)
{
	size_t host, i;

	url = cut_tail(url);
	host = host_end(url);
	for (i = 0; i < host; i++)
		kith_buf_put_char(out, (char)lower(url.ptr[i]));
	kith_buf_put_span(out, kith_span_sub(url, host, SIZE_MAX));
}

bool
kith_url_same(struct kith_span a, struct kith_span b)
{
	size_t i, host;

	a = cut_tail(a);
	b = cut_tail(b);
	if (!a.len || a.len != b.len)
		return false;
	host = host_end(a);
	if (host != host_end(b))
		return false;
	for (i = 0; i < host; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return kith_span_eq(kith_span_sub(a, host, SIZE_MAX), kith_span_sub(b, host, SIZE_MAX));
}
