/* SPDX-License-Identifier: Apache-2.0 */
/* Which libraries this room runs with. */
#include <cjson/cJSON.h>
#include <yaml.h>

#include "codec/versions.h"

void
kith_codec_put_versions(struct kith_buf *out)
{
	kith_buf_printf(out, "libyaml %s\ncJSON %s\n", yaml_get_version_string(), cJSON_Version());
}
