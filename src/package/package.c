/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ecosystems and origins; what a Cargo source string says about where a package is from.
 */
#include "package/package.h"

#define CRATES_IO_GIT    "https://github.com/rust-lang/crates.io-index"
#define CRATES_IO_SPARSE "https://index.crates.io"

const char *
kith_ecosystem_name(enum kith_ecosystem eco)
{
	static const char *const names[KITH_ECO_COUNT] = {"cargo", "npm", "golang", "pypi", "deb"};

	return (unsigned)eco < KITH_ECO_COUNT ? names[eco] : "unknown";
}

const char *
kith_origin_name(enum kith_origin o)
{
	static const char *const names[] = {"registry", "other-registry", "git", "path"};

	return (unsigned)o < sizeof(names) / sizeof(names[0]) ? names[o] : "unknown";
}

static bool
is_url_of(struct kith_span url, const char *known)
{
	struct kith_span k = kith_span_str(known);
	size_t i;

	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	if (kith_span_ends(url, KITH_SPAN_LIT(".git")))
		url.len -= 4;
	if (url.len != k.len)
		return false;
	for (i = 0; i < k.len; i++) {
		uint8_t c = url.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c + ('a' - 'A'));
		if (c != k.ptr[i])
			return false;
	}
	return true;
}

bool
kith_cargo_is_crates_io(struct kith_span source)
{
	struct kith_span url = source;

	if (kith_span_skip(&url, "sparse+"))
		return is_url_of(url, CRATES_IO_SPARSE);
	kith_span_skip(&url, "registry+");
	return is_url_of(url, CRATES_IO_GIT);
}

bool
kith_cargo_origin(struct kith_span source, enum kith_origin *ret_origin)
{
	struct kith_span url = source;

	if (!source.len || kith_span_skip(&url, "path+"))
		*ret_origin = KITH_ORIGIN_PATH;
	else if (kith_span_skip(&url, "git+"))
		*ret_origin = KITH_ORIGIN_GIT;
	else if (kith_span_skip(&url, "registry+") || kith_span_skip(&url, "sparse+"))
		*ret_origin =
		    kith_cargo_is_crates_io(source) ? KITH_ORIGIN_REGISTRY : KITH_ORIGIN_OTHER;
	else if (kith_span_skip(&url, "local-registry+") || kith_span_skip(&url, "directory+"))
		*ret_origin = KITH_ORIGIN_OTHER;
	else
		return false;
	return true;
}
