/* SPDX-License-Identifier: Apache-2.0 */
/* A violation that is not even text is refused with its line, whatever the stack held before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "evidence/vet.h"

static void
test_wrong_type(void **state)
{
	static const char text[] = "[[audits.a]]\nwho = \"x\"\ncriteria = \"safe-to-run\"\n"
				   "violation = 3\n";
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	volatile uint8_t noise[8192];
	struct kith_error err = {0};
	size_t i;

	(void)state;
	/* a cleanup of what was never set would free this */
	for (i = 0; i < sizeof(noise); i++)
		noise[i] = 0xA5;
	assert_int_equal(kith_vet_read_audits(kith_span_str(text), KITH_VET_STRICT, &f, &err),
			 KITH_E_FORMAT);
	assert_non_null(strstr(err.msg, "line 4: "));
	assert_null(f);
	assert_int_equal(kith_vet_read_audits(kith_span_str(text), KITH_VET_LENIENT, &f, &err),
			 KITH_OK);
	assert_int_equal(f->refusals.count, 1);
	assert_int_equal(f->refusals.items[0].line, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_wrong_type)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
