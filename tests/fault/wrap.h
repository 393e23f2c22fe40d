/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fails the n-th allocation from now on (0: none). A test runs its work with n = 1, 2, … until
 * fault_hit() is false: then every allocation has failed once.
 */
#ifndef KITH_FAULT_WRAP_H
#define KITH_FAULT_WRAP_H

#include <stdbool.h>
#include <stddef.h>

void fault_arm(size_t nth);
bool fault_hit(void);

#endif
