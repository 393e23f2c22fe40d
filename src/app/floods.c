/* SPDX-License-Identifier: Apache-2.0 */
/* Tells of ids that say more than anybody can mean: only their newest statements are kept. */
#include "app/app.h"
#include "codec/base64.h"

#define FLOODS_SHOWN ((size_t)10)

void
kith_app_warn_floods(const struct kith_session *s, const struct kith_trust_graph *graph)
{
	size_t n = kith_trust_graph_count_floods(graph), i, dropped;
	char text[KITH_ID_TEXT + 1];
	struct kith_id id;

	for (i = 0; i < n && i < FLOODS_SHOWN; i++) {
		if (!kith_trust_graph_flood(graph, i, &id, &dropped))
			continue;
		kith_base64_id(text, id.bytes);
		kith_app_warn(
		    s,
		    "%s says more than %d things about people: the newest are kept, %zu are "
		    "left out",
		    text, KITH_MAX_STATEMENTS_PER_ID, dropped);
	}
	if (n > FLOODS_SHOWN)
		kith_app_warn(s, "%zu more ids say too much", n - FLOODS_SHOWN);
}
