/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of place an address is: a stranger's URL must not lead into a private network. */
#ifndef KITH_HELPERS_GIT_ADDRESS_H
#define KITH_HELPERS_GIT_ADDRESS_H

#include <sys/socket.h>

enum address_class {
	ADDRESS_PUBLIC,
	ADDRESS_LOOPBACK,
	ADDRESS_PRIVATE /* private, link-local, shared, multicast, reserved, unknown families */
};

enum address_class address_classify(const struct sockaddr *a, socklen_t len);

#endif
