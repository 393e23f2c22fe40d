/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of the JSON reader fails once, cJSON's too (through its hooks). */
#include <cjson/cJSON.h>

#include "codec/json.h"
#include "fault/wrap.h"

static size_t cjson_calls;

static void *
count_malloc(size_t size)
{
	cjson_calls++;
	return malloc(size);
}

static void
fill(struct kith_buf *b)
{
	size_t i;

	kith_buf_init(b, 4096);
	kith_buf_put_str(b, "{\"a\":[1,true,{\"b\":\"c\"}],\"n\":");
	kith_buf_put_fill(b, '7', 70);
	for (i = 0; i < 20; i++)
		kith_buf_printf(b, ",\"k%zu\":null", i);
	kith_buf_put_str(b, "}");
}

static int
read_text(struct kith_span text, struct kith_error *err)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	int r = kith_json_parse(text, &doc, err);

	return (r == KITH_OK) == (doc != NULL) ? r : KITH_E_INTERNAL;
}

static int
write_text(struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_json_writer w;

	kith_buf_init(&b, 4096);
	kith_json_begin(&w, &b, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "long enough to grow the buffer at least two times", "\x1b x");
	kith_json_member_integer(&w, "another member, so that the buffer grows again", 1);
	kith_json_close_object(&w);
	return kith_buf_check(&b, err);
}

int
main(void)
{
	cJSON_Hooks hooks = {count_malloc, free};
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_error err;
	size_t n;
	int r;

	cJSON_InitHooks(&hooks);
	fill(&text);
	for (n = 1;; n++) {
		fault_arm(n);
		r = read_text(kith_buf_span(&text), &err);
		if (r == KITH_OK)
			r = write_text(&err);
		if (!fault_hit())
			break;
		if (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	printf("%zu allocations failed once, %zu calls by cJSON\n", n - 1, cjson_calls);
	return r != KITH_OK || n < 30 || cjson_calls == 0;
}
