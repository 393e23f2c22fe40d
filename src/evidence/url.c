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

/* Where the n-th component behind `from` ends. */
static size_t
after_components(struct kith_span url, size_t from, int n)
{
	while (n-- > 0 && from < url.len)
		from = kith_span_find(url, from + 1, '/');
	return from;
}

/* Behind `from`: what stands between a repository and a path in it. */
static size_t
find_divider(struct kith_span url, size_t from)
{
	static const char *const dividers[] = {"/-/raw/", "/-/blob/", "/+/", "/raw/", "/blob/"};
	size_t i, k, n;

	for (i = from; i < url.len; i++) {
		for (k = 0; url.ptr[i] == '/' && k < sizeof(dividers) / sizeof(dividers[0]); k++) {
			n = strlen(dividers[k]);
			if (url.len - i > n && memcmp(url.ptr + i, dividers[k], n) == 0)
				return i;
		}
	}
	return url.len;
}

void
kith_url_put_repository(struct kith_buf *out, struct kith_span url)
{
	static const char raw[] = "https://raw.githubusercontent.com";
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span normal;
	size_t host;

	kith_buf_init(&b, url.len + 1);
	kith_url_put_normal(&b, url);
	normal = kith_buf_carry(out, &b);
	host = host_end(normal);
	if (host == sizeof(raw) - 1 && memcmp(normal.ptr, raw, host) == 0) {
		normal.len = after_components(normal, host, 2);
		kith_buf_put_str(out, "https://github.com");
		kith_buf_put_span(out, kith_span_sub(normal, host, SIZE_MAX));
		return;
	}
	/* a repository has an owner: what follows the host at once is no divider */
	if (host)
		normal.len = find_divider(normal, after_components(normal, host, 1));
	kith_buf_put_span(out, normal);
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
