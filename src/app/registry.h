/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cargo's index cache says of locked versions, remembered so that a warm run reads no index: a
 * tagged file of sorted records. Derived; what does not verify is as if it were not there.
 */
#ifndef KITH_APP_REGISTRY_H
#define KITH_APP_REGISTRY_H

#include "app/app.h"
#include "base/base.h"
#include "package/cargo_index.h"

#define KITH_REGISTRY_KEY 16

struct kith_registry_record {
	uint8_t key[KITH_REGISTRY_KEY]; /* of the index file's path, name and version */
	struct kith_fs_stamp stamp;     /* of the index file when it was read; dev is not kept */
	bool known;                     /* it names the version; else the facts mean nothing */
	bool asked_older;               /* older, older_yanked were looked for */
	struct kith_index_facts facts;
};

struct kith_registry_memory;

/* KITH_E_NOMEM alone: a missing, damaged or foreign file is an empty memory. */
KITH_NODISCARD int kith_registry_open(const char *path, const uint8_t secret[KITH_SECRET_BYTES],
				      struct kith_registry_memory **ret_memory,
				      struct kith_error *err);
void kith_registry_free(struct kith_registry_memory *m);
void kith_registry_freep(struct kith_registry_memory **m);
#define KITH_AUTO_REGISTRY KITH_CLEANUP(kith_registry_freep)

/* False, and nothing can be remembered, if these are longer than any real ones. */
bool kith_registry_key(const char *path, struct kith_span name, struct kith_span version,
		       uint8_t ret_key[KITH_REGISTRY_KEY]);

/* True if it is remembered for this state of its file. */
bool kith_registry_find(struct kith_registry_memory *m, const uint8_t key[KITH_REGISTRY_KEY],
			const struct kith_fs_stamp *stamp, struct kith_registry_record *ret_record);
/* Remembers from the next save on. */
KITH_NODISCARD int kith_registry_put(struct kith_registry_memory *m,
				     const struct kith_registry_record *r, struct kith_error *err);
/* Writes old and new records if there are new ones. More than KITH_MAX_REMEMBERED: only the new. */
KITH_NODISCARD int kith_registry_save(struct kith_registry_memory *m, struct kith_error *err);

#endif
