/* SPDX-License-Identifier: Apache-2.0 */
/* The user's [fetch] table, as fetching takes it. */
#ifndef KITH_APP_HOSTS_H
#define KITH_APP_HOSTS_H

#include "app/config.h"

/* Texts that the options borrow. */
struct kith_app_hosts {
	char *resolve, *ca_file;
};

/* Sets bounds and hosts in *ret_options, and leaves the rest of it alone. */
KITH_NODISCARD int kith_app_hosts_init(struct kith_app_hosts *h, const struct kith_app_config *c,
				       struct kith_store_fetch_options *ret_options,
				       struct kith_error *err);
void kith_app_hosts_clear(struct kith_app_hosts *h);
#define KITH_AUTO_HOSTS KITH_CLEANUP(kith_app_hosts_clear)

#endif
