/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a git bundle (gitformat-bundle): version 2 without prerequisites. Pure. */
#include "helpers/git/bundle.h"

static void
choose(struct bundle_head *h, const char *hex, struct kith_span name)
{
	unsigned rank = kith_span_is(name, "HEAD")                ? 4
			: kith_span_is(name, "refs/heads/main")   ? 3
			: kith_span_is(name, "refs/heads/master") ? 2
								  : 1;

	h->refs++;
	if (rank == 1 && h->rank == 1)
		h->ambiguous = true;
	if (rank > h->rank) {
		h->rank = rank;
		memcpy(h->hex, hex, KITH_GIT_HEX + 1);
	}
}

static int
read_ref(struct bundle_head *h, struct kith_span line, struct kith_error *err)
{
	char hex[KITH_GIT_HEX + 1] = {0};

	if (line.len && line.ptr[0] == '-')
		return kith_fail(err, KITH_E_FORMAT,
				 "the bundle needs commits that are not in it; make it of the "
				 "whole history");
	if (line.len < KITH_GIT_HEX + 2 || line.ptr[KITH_GIT_HEX] != ' ' ||
	    !kith_git_is_hex(kith_span_sub(line, 0, KITH_GIT_HEX)))
		return kith_fail(err, KITH_E_FORMAT, "the bundle's header is damaged");
	if (h->refs >= KITH_MAX_BUNDLE_REFS)
		return kith_fail(err, KITH_E_LIMIT, "the bundle names more than %u refs",
				 KITH_MAX_BUNDLE_REFS);
	memcpy(hex, line.ptr, KITH_GIT_HEX);
	choose(h, hex, kith_span_sub(line, KITH_GIT_HEX + 1, SIZE_MAX));
	return KITH_OK;
}

int
bundle_read_head(struct kith_span bytes, struct bundle_head *ret_head, struct kith_error *err)
{
	struct bundle_head h = {.rank = 0};
	struct kith_span rest = bytes, line;
	size_t end;
	int r;

	if (!kith_span_skip(&rest, "# v2 git bundle\n")) {
		if (kith_span_skip(&rest, "# v3 git bundle\n"))
			return kith_fail(err, KITH_E_FORMAT,
					 "a bundle of version 3; make it with git bundle create "
					 "--version=2");
		return kith_fail(err, KITH_E_FORMAT, "not a git bundle");
	}
	for (;;) {
		end = kith_span_find(rest, 0, '\n');
		if (end == rest.len)
			return kith_fail(err, KITH_E_FORMAT, "the bundle's header does not end");
		line = kith_span_sub(rest, 0, end);
		rest = kith_span_sub(rest, end + 1, SIZE_MAX);
		if (!line.len)
			break;
		r = read_ref(&h, line, err);
		if (r)
			return r;
	}
	if (h.refs && h.rank == 1 && h.ambiguous)
		return kith_fail(err, KITH_E_FORMAT,
				 "the bundle does not say which of its branches is HEAD");
	h.size = (size_t)(rest.ptr - bytes.ptr);
	*ret_head = h;
	return KITH_OK;
}
