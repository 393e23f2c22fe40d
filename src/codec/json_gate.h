/* SPDX-License-Identifier: Apache-2.0 */
/* The gate before cJSON: what RFC 8259 says, and nothing that cJSON would take silently. */
#ifndef KITH_CODEC_JSON_GATE_H
#define KITH_CODEC_JSON_GATE_H

#include "base/base.h"

#define KITH_JSON_GATE_DEPTH  1024 /* no caller may ask for more */
#define KITH_JSON_LONG_NUMBER 63   /* cJSON reads no longer ones */

struct kith_json_gate {
	size_t nodes;
	bool nul;         /* a string holds \u0000 */
	size_t nul_at;    /* where */
	bool long_number; /* a number is longer than KITH_JSON_LONG_NUMBER */
};

/* Errors as kith_json_check. *ret_facts may be used only on success. */
KITH_NODISCARD int kith_json_gate(struct kith_span text, size_t max_depth,
				  struct kith_json_gate *ret_facts, struct kith_error *err);

/* The end of the number that begins at `from` in text that passed the gate. */
size_t kith_json_number_end(struct kith_span text, size_t from);

#endif
