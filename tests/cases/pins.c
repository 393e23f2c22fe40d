/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins FILE...: texts of kith.lock whose first line says what comes of them: "# expect: same" (read
 * and written again it is what stands below), "# expect: other" (it is read, and is written another
 * way), or "# expect: " and the message.
 */
#include "cases/cases.h"
#include "evidence/pins.h"

/* Written a second time nothing changes any more, whatever the first reading met. */
static const char *
write_again(const struct kith_pins *pins, struct kith_span text, struct kith_error *err)
{
	KITH_AUTO_PINS struct kith_pins *again = NULL;
	KITH_AUTO_BUF struct kith_buf first, second;

	kith_buf_init(&first, KITH_MAX_PINS_BYTES);
	kith_buf_init(&second, KITH_MAX_PINS_BYTES);
	kith_pins_put(pins, &first);
	if (kith_pins_read(kith_buf_span(&first), &again, err))
		return err->msg;
	kith_pins_put(again, &second);
	if (!kith_span_eq(kith_buf_span(&first), kith_buf_span(&second)))
		return "each writing is another one";
	return kith_span_eq(kith_buf_span(&first), text) ? "same" : "other";
}

static void
judge(struct cases_tally *t, const char *path)
{
	KITH_AUTO_PINS struct kith_pins *pins = NULL;
	struct kith_span text = cases_read(path), expect;
	struct kith_error err;
	const char *got;

	if (!kith_span_next(&text, '\n', &expect) || !kith_span_skip(&expect, "# expect: ")) {
		cases_result(t, false, path, "the first line is no '# expect: …'");
		return;
	}
	got = kith_pins_read(text, &pins, &err) ? err.msg : write_again(pins, text, &err);
	cases_result(t, kith_span_is(expect, got), path, "%s", got);
}

int
cases_pins(int argc, char **argv)
{
	struct cases_tally t = {0, 0};
	int i;

	for (i = 0; i < argc; i++)
		judge(&t, argv[i]);
	return cases_end(&t);
}
