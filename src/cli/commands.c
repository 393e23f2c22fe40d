/* SPDX-License-Identifier: Apache-2.0 */
/* Every command, in the order in which help shows them within their group. */
#include "cmd.h"

extern const struct cli_command cli_cmd_verify, cli_cmd_explain, cli_cmd_query, cli_cmd_fetch,
    cli_cmd_graph, cli_cmd_id, cli_cmd_help;

const struct cli_command *const cli_commands[] = {
    &cli_cmd_verify, &cli_cmd_explain, &cli_cmd_query, &cli_cmd_graph,
    &cli_cmd_fetch,  &cli_cmd_id,      &cli_cmd_help,  NULL};
