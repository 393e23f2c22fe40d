/* SPDX-License-Identifier: Apache-2.0 */
/* Address ranges by RFC 6890 and its registries; what is not plainly public is private. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/base.h"
#include "helpers/git/address.h"

struct range {
	uint8_t net[16];
	unsigned bits;
};

static const struct range private4[] = {
    {{0}, 8},         {{10}, 8},         {{100, 64}, 10},      {{169, 254}, 16},
    {{172, 16}, 12},  {{192, 0, 0}, 24}, {{192, 0, 2}, 24},    {{192, 88, 99}, 24},
    {{192, 168}, 16}, {{198, 18}, 15},   {{198, 51, 100}, 24}, {{203, 0, 113}, 24},
    {{224}, 4},       {{240}, 4},
};

static bool
in_range(const uint8_t *a, const struct range *r)
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(a, r->net, whole) != 0)
		return false;
	return !rest || (a[whole] & (0xff << (8 - rest) & 0xff)) == r->net[whole];
}

static enum address_class
classify4(const uint8_t *a)
{
	size_t i;

	if (a[0] == 127)
		return ADDRESS_LOOPBACK;
	for (i = 0; i < sizeof(private4) / sizeof(private4[0]); i++)
		if (in_range(a, &private4[i]))
			return ADDRESS_PRIVATE;
	return ADDRESS_PUBLIC;
}

static enum address_class
classify6(const uint8_t *a)
{
	static const struct range mapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
	static const struct range nat64 = {{0, 0x64, 0xff, 0x9b}, 96};
	static const struct range global = {{0x20}, 3}, teredo = {{0x20, 0x01}, 23};
	static const struct range six4 = {{0x20, 0x02}, 16};
	static const struct range documents = {{0x20, 0x01, 0x0d, 0xb8}, 32};
	static const uint8_t loopback[16] = {[15] = 1};

	if (memcmp(a, loopback, 16) == 0)
		return ADDRESS_LOOPBACK;
	if (in_range(a, &mapped) || in_range(a, &nat64))
		return classify4(a + 12);
	if (in_range(a, &six4))
		return classify4(a + 2);
	if (!in_range(a, &global) || in_range(a, &teredo) || in_range(a, &documents))
		return ADDRESS_PRIVATE;
	return ADDRESS_PUBLIC;
}

enum address_class
address_classify(const struct sockaddr *a, socklen_t len)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (a->sa_family == AF_INET && len >= sizeof(in4)) {
		memcpy(&in4, a, sizeof(in4));
		return classify4((const uint8_t *)&in4.sin_addr);
	}
	if (a->sa_family == AF_INET6 && len >= sizeof(in6)) {
		memcpy(&in6, a, sizeof(in6));
		return classify6(in6.sin6_addr.s6_addr);
	}
	return ADDRESS_PRIVATE;
}
