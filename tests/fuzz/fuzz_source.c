/* SPDX-License-Identifier: Apache-2.0 */
/* URLs, and the text file beside a mirror. */
#include "helper/url.h"
#include "store/meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
try_url(struct kith_span text)
{
	struct kith_helper_url u;
	struct kith_buf slug;
	size_t i;

	(void)kith_helper_url_looks(text);
	kith_buf_init(&slug, 256);
	kith_url_put_slug(&slug, text);
	must(!slug.failed && !strchr(kith_buf_str(&slug), '/') && slug.ptr[0] != '.');
	kith_buf_clear(&slug);
	if (kith_helper_url_parse(text, &u, NULL))
		return;
	/* nothing in it means anything to a shell's single quotes, an option parser or a terminal
	 */
	for (i = 0; i < text.len; i++)
		must(text.ptr[i] > 0x20 && text.ptr[i] < 0x7f &&
		     !strchr("'\"\\`?#<>", text.ptr[i]));
	must(u.host[0] && u.host[0] != '-' && u.user[0] != '-' && text.ptr[0] != '-');
	must(u.host[0] != '[' || u.scheme == KITH_URL_HTTP || u.scheme == KITH_URL_GIT);
	must(u.path.len && u.path.ptr[0] != '-' && !memmem(u.path.ptr, u.path.len, "/../", 4));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span text = kith_span(data, size);
	struct kith_mirror m = {.own = false}, again = {.own = false};
	struct kith_buf b;

	try_url(text);
	kith_buf_init(&b, KITH_MIB(1));
	if (!kith_meta_parse(text, &m, NULL)) {
		kith_meta_put(&b, &m);
		must(kith_meta_parse(kith_buf_span(&b), &again, NULL) == KITH_OK);
		must(again.source.kind == m.source.kind && again.success == m.success &&
		     strcmp(again.source.location, m.source.location) == 0 &&
		     strcmp(again.head, m.head) == 0);
	}
	kith_buf_clear(&b);
	kith_mirror_clear(&m);
	kith_mirror_clear(&again);
	return 0;
}
