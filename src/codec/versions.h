/* SPDX-License-Identifier: Apache-2.0 */
/* The versions of libyaml and cJSON, one line each. */
#ifndef KITH_CODEC_VERSIONS_H
#define KITH_CODEC_VERSIONS_H

#include "base/base.h"

void kith_codec_put_versions(struct kith_buf *out);

#endif
