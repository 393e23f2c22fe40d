/* SPDX-License-Identifier: Apache-2.0 */
/* kith.lock: any bytes. What is read and written is read as the same, and written the same again.
 */
#include "evidence/pins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check(const struct kith_pins *p)
{
	KITH_AUTO_PINS struct kith_pins *q = NULL;
	KITH_AUTO_BUF struct kith_buf one, two;
	struct kith_error err;
	size_t i;

	kith_buf_init(&one, KITH_MAX_PINS_BYTES);
	kith_buf_init(&two, KITH_MAX_PINS_BYTES);
	kith_pins_put(p, &one);
	if (kith_buf_check(&one, NULL))
		return; /* escapes made it too large */
	must(kith_pins_read(kith_buf_span(&one), &q, &err) == KITH_OK);
	kith_pins_put(q, &two);
	must(kith_span_eq(kith_buf_span(&one), kith_buf_span(&two)));
	for (i = 0; i < p->n_packages; i++)
		must(kith_pins_find_package(q, p->packages[i].eco, p->packages[i].registry,
					    p->packages[i].name, p->packages[i].version) != NULL);
	for (i = 0; i < p->n_sources; i++)
		must(kith_pins_find_source(q, p->sources[i].kind, p->sources[i].location,
					   p->sources[i].inside) != NULL);
	for (i = 0; i < p->n_claims; i++)
		must(kith_pins_find_claim(q, &p->claims[i].proof) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_PINS struct kith_pins *p = NULL;
	struct kith_error err = {.code = KITH_OK};

	if (kith_pins_read(kith_span(data, size), &p, &err))
		must(err.msg[0] != '\0');
	else
		check(p);
	return 0;
}
