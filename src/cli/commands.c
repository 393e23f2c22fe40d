/* SPDX-License-Identifier: Apache-2.0 */
/* Every command, in the order in which help shows them within their group. */
#include "cmd.h"

extern const struct cli_command cli_cmd_verify, cli_cmd_explain, cli_cmd_query, cli_cmd_graph;
extern const struct cli_command cli_cmd_fetch, cli_cmd_source;
extern const struct cli_command cli_cmd_id, cli_cmd_trust, cli_cmd_distrust, cli_cmd_untrust;
extern const struct cli_command cli_cmd_review, cli_cmd_unreview, cli_cmd_open, cli_cmd_diff,
    cli_cmd_digest;
extern const struct cli_command cli_cmd_publish;
extern const struct cli_command cli_cmd_help;

const struct cli_command *const cli_commands[] = {
    &cli_cmd_verify,
    &cli_cmd_explain,
    &cli_cmd_query,
    &cli_cmd_graph,
    /* evidence */
    &cli_cmd_fetch,
    &cli_cmd_source,
    /* people */
    &cli_cmd_id,
    &cli_cmd_trust,
    &cli_cmd_distrust,
    &cli_cmd_untrust,
    /* author */
    &cli_cmd_review,
    &cli_cmd_unreview,
    &cli_cmd_open,
    &cli_cmd_diff,
    &cli_cmd_digest,
    &cli_cmd_publish,
    /* other */
    &cli_cmd_help,
    NULL,
};
