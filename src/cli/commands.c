/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands, made of the rows in commands.def. */
#include "cmd.h"

#define COMMAND(name) extern const struct cli_command cli_cmd_##name;
#include "commands.def"
#undef COMMAND

const struct cli_command *const cli_commands[] = {
#define COMMAND(name) &cli_cmd_##name,
#include "commands.def"
#undef COMMAND
    NULL,
};
