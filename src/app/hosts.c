/* SPDX-License-Identifier: Apache-2.0 */
/* [fetch]: bounds, and what the user says about his hosts, for kith-git. */
#include "app/hosts.h"

#include <libgen.h>

void
kith_app_hosts_clear(struct kith_app_hosts *h)
{
	free(h->resolve);
	free(h->ca_file);
	memset(h, 0, sizeof(*h));
}

static int
put_resolve(const struct kith_config_fetch *c, char **ret, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, len;
	int r;

	kith_buf_init(&b, KITH_GIT_MAX_RESOLVE);
	for (i = 0; i < c->n_resolve; i++) {
		bool six = memchr(c->resolve[i].address.ptr, ':', c->resolve[i].address.len);

		kith_buf_printf(&b, "%s%.*s:%u:%s%.*s%s", i ? " " : "",
				KITH_SPAN_FMT(c->resolve[i].host), c->resolve[i].port,
				six ? "[" : "", KITH_SPAN_FMT(c->resolve[i].address),
				six ? "]" : "");
	}
	r = kith_buf_check(&b, err);
	if (r)
		return r;
	*ret = (char *)kith_buf_take(&b, &len);
	return *ret ? KITH_OK : kith_fail_nomem(err);
}

/* A relative path is seen from the folder of the configuration. */
static int
put_ca_file(const struct kith_app_config *c, char **ret, struct kith_error *err)
{
	struct kith_span path = c->merged->fetch.ca_file;
	const char *file = c->user_path ? c->user_path : ".";
	KITH_AUTO_FREE char *copy = kith_strndup(file, strlen(file));
	KITH_AUTO_FREE char *text = kith_strndup(path.ptr, path.len);

	if (!copy || !text)
		return kith_fail_nomem(err);
	*ret = path.len && text[0] != '/' ? kith_fs_join(dirname(copy), text) : kith_steal(&text);
	return *ret ? KITH_OK : kith_fail_nomem(err);
}

int
kith_app_hosts_init(struct kith_app_hosts *h, const struct kith_app_config *config,
		    struct kith_store_fetch_options *o, struct kith_error *err)
{
	const struct kith_config_fetch *c = &config->merged->fetch;
	int r;

	memset(h, 0, sizeof(*h));
	r = put_resolve(c, &h->resolve, err);
	if (!r)
		r = put_ca_file(config, &h->ca_file, err);
	if (r)
		return r;
	o->resolve = h->resolve;
	o->ca_file = h->ca_file;
	o->jobs = c->jobs;
	o->timeout_s = c->timeout;
	o->idle_s = c->idle_timeout;
	o->max_bytes = c->max_bytes;
	o->max_objects = c->max_objects;
	o->max_refs = c->max_refs;
	o->max_redirects = &c->max_redirects;
	o->max_depth = c->max_depth;
	o->max_files = c->max_files;
	o->max_file_bytes = (uint32_t)c->max_file_bytes;
	return KITH_OK;
}
