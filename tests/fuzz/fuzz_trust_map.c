/* SPDX-License-Identifier: Apache-2.0 */
/* A list of ids and levels: refused with a line, or no id has a level that no line says. */
#include "app/trust_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span text = kith_span(data, size);
	struct kith_app_trust_map m;
	enum kith_level level;
	struct kith_error err;
	struct kith_id id;
	size_t i;
	int r;

	kith_app_trust_map_init(&m);
	r = kith_app_trust_map_parse(&m, text, "map", &err);
	if (r && ((r != KITH_E_FORMAT && r != KITH_E_LIMIT) || strncmp(err.msg, "map:", 4) != 0))
		abort();
	for (i = 0; i < m.levels.count; i++) {
		memcpy(id.bytes, m.levels.entries[i].key.ptr, KITH_ID_BYTES);
		if (!kith_app_trust_map_find(&m, &id, &level) || level > KITH_LEVEL_HIGH ||
		    !memmem(data, size, kith_level_name(level), strlen(kith_level_name(level))))
			abort();
	}
	/* what was read once says nothing else when it is read again */
	if (!r && kith_app_trust_map_parse(&m, text, "map", &err))
		abort();
	kith_app_trust_map_clear(&m);
	return 0;
}
