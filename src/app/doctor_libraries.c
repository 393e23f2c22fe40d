/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: this program's version, and its libraries'. */
#include "app/doctor.h"

int
kith_doctor_libraries(struct kith_doctor *d, struct kith_error *err)
{
	KITH_AUTO_FREE char *text = NULL;
	struct kith_span rest, line;
	KITH_AUTO_BUF struct kith_buf b;
	int r = kith_version_libraries(&text, err);

	kith_buf_init(&b, KITH_KIB(4));
	if (r)
		return r;
	kith_buf_printf(&b, "kith %s", kith_version());
	rest = kith_span_str(text);
	while (kith_span_next(&rest, '\n', &line)) {
		if (!line.len)
			continue;
		kith_buf_put_str(&b, ", ");
		kith_buf_put_span(&b, line);
	}
	r = kith_buf_check(&b, err);
	return r ? r : kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "%s", kith_buf_str(&b));
}
