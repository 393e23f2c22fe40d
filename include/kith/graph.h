/* SPDX-License-Identifier: Apache-2.0 */
/* The web of trust as a picture. */
#ifndef KITH_GRAPH_H
#define KITH_GRAPH_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kith_graph_format {
	KITH_GRAPH_TERMINAL, /* an indented tree of best paths */
	KITH_GRAPH_SVG,      /* one file that needs nothing else */
	KITH_GRAPH_DOT,      /* for graphviz */
	KITH_GRAPH_JSON      /* docs/json.md */
};

/* Zeroed fields mean: not given. */
struct kith_graph_options {
	const char *const *roots; /* through whose eyes; as for kith_verify */
	size_t n_roots;
	const char *project; /* a folder of it; NULL: the working directory */
	int standing;        /* only those whose word counts, or is refused */
	const char *package; /* NAME, NAME@VERSION or package URL: its reviewers and ways to them */
	enum kith_graph_format format;
	int color; /* terminal */
	int width; /* terminal: columns; 0: not cut */
};

/*
 * *ret_text is yours (kith_free). Errors: KITH_E_USAGE (no root, or a root that is none),
 * KITH_E_NOTFOUND (nobody has reviewed the package), KITH_E_FORMAT, KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_graph(struct kith_session *session,
				       const struct kith_graph_options *options, char **ret_text,
				       size_t *ret_len, struct kith_error *err);

/* "terminal", "svg", "dot", "json". Returns 1 and *ret_format, or 0. */
KITH_API int kith_graph_format_parse(const char *word, enum kith_graph_format *ret_format);

#ifdef __cplusplus
}
#endif

#endif
