/* SPDX-License-Identifier: Apache-2.0 */
/* The descriptions of all tables, by the files that hold them; nobody outside config*.c includes
 * it.
 */
#ifndef KITH_POLICY_CONFIG_TABLES_H
#define KITH_POLICY_CONFIG_TABLES_H

#include "policy/config_read.h"

#define KITH_CONFIG_IN_USER    (1U << KITH_CONFIG_USER)
#define KITH_CONFIG_IN_PROJECT (1U << KITH_CONFIG_PROJECT)
#define KITH_CONFIG_IN_BOTH    (KITH_CONFIG_IN_USER | KITH_CONFIG_IN_PROJECT)

/* config.c: with every default in it; NULL when out of memory */
struct kith_config *kith_config_new(struct kith_error *err);

/* config_people.c */
extern const struct kith_config_table kith_config_table_roots;
extern const struct kith_config_table kith_config_table_trust;
extern const struct kith_config_table kith_config_table_cap;
extern const struct kith_config_table kith_config_table_actor;
extern const struct kith_config_table kith_config_table_publisher;
extern const struct kith_config_table kith_config_table_ignore;
/* config_source.c */
extern const struct kith_config_table kith_config_table_source;
extern const struct kith_config_table kith_config_table_fetch;
extern const struct kith_config_table kith_config_table_lockfile;
/* config_policy.c */
extern const struct kith_config_table kith_config_table_policy;
extern const struct kith_config_table kith_config_table_package;
extern const struct kith_config_table kith_config_table_exempt;
extern const struct kith_config_table kith_config_table_accept;

#endif
