/* SPDX-License-Identifier: Apache-2.0 */
/* The one place where the program reads its environment for the library. */
#include <stdlib.h>

#include "cmd.h"

int
cli_open_session(struct cli *cli)
{
	struct kith_session_options o = {
	    .home = getenv("HOME"),
	    .kith_home = getenv("KITH_HOME"),
	    .xdg_config_home = getenv("XDG_CONFIG_HOME"),
	    .xdg_data_home = getenv("XDG_DATA_HOME"),
	    .xdg_cache_home = getenv("XDG_CACHE_HOME"),
	    .cargo_home = getenv("CARGO_HOME"),
	    .libexec = getenv("KITH_LIBEXEC"),
	    .config = cli->config,
	    .starter = getenv("KITH_STARTER"),
	    .now = cli->now,
	    .offline = cli->offline,
	    .no_home = cli->no_home,
	    .event = cli_event,
	    .event_ctx = cli,
	};
	struct kith_error err;

	if (cli->session)
		return CLI_YES;
	return kith_session_new(&o, &cli->session, &err) ? cli_fail(cli, &err) : CLI_YES;
}
