/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `trust-graph --evidence DIR OUT`: writes the sealed trust graph of real proof repositories, for
 * benchmarks; prints how many ids and statements it has.
 */
#include "cases/real.h"

int
cases_trust_graph(int argc, char **argv)
{
	KITH_AUTO_BUF struct kith_buf bytes;
	struct cases_real real;
	struct kith_error err;
	int at = 0, r;
	const char *folder = cases_real_folder(argc, argv, &at);

	kith_buf_init(&bytes, KITH_MIB(64));
	if (at + 1 != argc) {
		fputs("cases: no file to write to\n", stderr);
		return 2;
	}
	cases_real_open(&real, folder, NULL, 0, NULL);
	r = kith_trust_graph_write(real.graph, &bytes, &err);
	if (!r)
		r = kith_fs_replace(argv[at], kith_buf_span(&bytes), 0644, &err);
	if (r)
		fprintf(stderr, "cases: %s\n", err.msg);
	else
		printf("%zu %zu\n", kith_trust_graph_count_ids(real.graph),
		       kith_trust_graph_count_statements(real.graph));
	cases_real_close(&real);
	return r ? 1 : 0;
}
