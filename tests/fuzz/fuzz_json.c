/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gate and cJSON must agree on what is JSON; what was read is written, and reads and writes the
 * same again. The writer's output is valid for any bytes.
 */
#include "codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
write_value(struct kith_json_writer *w, const struct kith_json *v)
{
	enum kith_json_type type = kith_json_type(v);
	const struct kith_json *c;
	struct kith_span s;
	int64_t i;
	bool b;

	if (kith_json_string(v, &s)) {
		kith_json_put_string(w, s);
	} else if (kith_json_boolean(v, &b)) {
		kith_json_put_boolean(w, b);
	} else if (kith_json_integer(v, &i)) {
		kith_json_put_integer(w, i);
	} else if (type == KITH_JSON_ARRAY || type == KITH_JSON_OBJECT) {
		type == KITH_JSON_ARRAY ? kith_json_open_array(w) : kith_json_open_object(w);
		for (c = kith_json_first(v); c; c = kith_json_next(c)) {
			if (type == KITH_JSON_OBJECT) {
				KITH_AUTO_FREE char *key =
				    kith_strndup(kith_json_key(c).ptr, kith_json_key(c).len);

				must(key && kith_json_get(v, key) == c);
				kith_json_put_key(w, key);
			}
			write_value(w, c);
		}
		type == KITH_JSON_ARRAY ? kith_json_close_array(w) : kith_json_close_object(w);
	} else {
		kith_json_put_null(w);
	}
}

static void
write_doc(const struct kith_json_doc *doc, struct kith_buf *out, bool pretty)
{
	struct kith_json_writer w;

	kith_json_begin(&w, out, pretty);
	write_value(&w, kith_json_root(doc));
	must(kith_buf_check(out, NULL) == KITH_OK);
}

static void
check_round_trip(const struct kith_json_doc *doc)
{
	KITH_AUTO_JSON struct kith_json_doc *again = NULL;
	KITH_AUTO_BUF struct kith_buf one;
	KITH_AUTO_BUF struct kith_buf two;

	kith_buf_init(&one, KITH_MIB(16));
	kith_buf_init(&two, KITH_MIB(16));
	write_doc(doc, &one, true);
	must(kith_json_parse(kith_buf_span(&one), &again, NULL) == KITH_OK);
	write_doc(again, &two, true);
	must(kith_span_eq(kith_buf_span(&one), kith_buf_span(&two)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span text = kith_span(data, size);
	struct kith_json_writer w;
	struct kith_error err;
	int r = kith_json_parse(text, &doc, &err);

	must(r != KITH_E_NOMEM);
	must((r == KITH_OK) == (doc != NULL));
	must(r != KITH_OK || kith_json_check(text, 0, NULL) == KITH_OK);
	if (doc)
		check_round_trip(doc);
	kith_buf_init(&b, KITH_MIB(16));
	kith_json_begin(&w, &b, false);
	kith_json_put_string(&w, text);
	must(kith_json_check(kith_buf_span(&b), 0, NULL) == KITH_OK);
	return 0;
}
