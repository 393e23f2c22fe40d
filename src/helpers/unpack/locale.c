/* SPDX-License-Identifier: Apache-2.0 */
/* Apart from base.h, which bans setlocale: the library must not call it, this program has to. */
#include <locale.h>
#include <stdbool.h>

bool kith_unpack_set_locale(void);

bool
kith_unpack_set_locale(void)
{
	return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}
