/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `.wot` text of a small trust graph and what is asked of it. Names stand for ids. One
 * statement a line, words split at blanks, "…" quotes, # comments.
 *
 *   title "…"
 *   order A B C …                      byte order of the keys, for crev mode only
 *   root A | roots A B C threshold 2
 *   now D                              an ISO day or a number; any ISO day is later than small
 * numbers param crev max= high= medium= low= none= distrust= param native budget= high= medium=
 * low= pin= veto=contacts|root trust A B LEVEL [override X,Y] [at D] [until D] [scope GLOB] [reach
 * reviews|introduce|delegate] distrust A B [override X,Y] [at D] [until D] [scope GLOB] cap B LEVEL
 * actor NAME K1 K2 …      publisher PKG P … review A PKG@V negative|neutral|positive|strong
 * [thoroughness L] [understanding L] [override X] [at D] [digest N] [llm] expect crev|native … see
 * wot.c
 */
#ifndef KITH_CASES_WOT_READ_H
#define KITH_CASES_WOT_READ_H

#include "base/base.h"

#define WOT_FAR 1000000000 /* `now` when the file says none; in days */

struct wot_list {
	uint32_t *at;
	size_t n, cap;
};

struct wot_statement {
	uint32_t from, to;
	enum kith_level level;
	struct wot_list over;
	int64_t at, until;
	bool has_until;
	unsigned reach;
	struct kith_span scope;
};

struct wot_review {
	uint32_t author;
	struct kith_span package; /* name@version */
	enum kith_rating rating;
	enum kith_level thoroughness, understanding;
	struct wot_list over;
	int64_t at;
	uint64_t digest;
	bool llm;
};

struct wot_named {
	struct kith_span name;
	struct wot_list ids;
};

struct wot_cap {
	uint32_t id;
	enum kith_level level;
};

struct wot_expect {
	struct kith_span *words;
	size_t n;
	size_t line;
};

struct wot {
	struct kith_arena arena;
	struct kith_map names; /* → index */
	struct wot_list order, roots;
	unsigned threshold;
	int64_t now;
	uint64_t crev_max, crev_cost[KITH_LEVEL_COUNT];
	uint64_t budget, high, medium, low;
	bool pin, veto_root;
	struct wot_statement *statements;
	size_t n_statements, cap_statements;
	struct wot_review *reviews;
	size_t n_reviews, cap_reviews;
	struct wot_cap *caps;
	size_t n_caps, cap_caps;
	struct wot_named *actors, *publishers;
	size_t n_actors, cap_actors, n_publishers, cap_publishers;
	struct wot_expect *expects;
	size_t n_expects, cap_expects;
};

void wot_init(struct wot *w);
void wot_clear(struct wot *w);
/* Text outlives w. Error: KITH_E_FORMAT with the line, KITH_E_LIMIT, KITH_E_NOMEM. */
KITH_NODISCARD int wot_read(struct wot *w, struct kith_span text, struct kith_error *err);

/* Words of one line, cut from it or unquoted into the arena. */
KITH_NODISCARD int wot_split(struct kith_span line, struct kith_arena *arena,
			     struct kith_span **ret_words, size_t *ret_n, struct kith_error *err);
/* One line's words, `expect` too; *ret_known is false if the first word is none of the above. */
KITH_NODISCARD int wot_line(struct wot *w, struct kith_span *words, size_t n, size_t line,
			    bool *ret_known, struct kith_error *err);
KITH_NODISCARD int wot_name(struct wot *w, struct kith_span name, uint32_t *ret_index,
			    struct kith_error *err);
bool wot_level(struct kith_span word, enum kith_level *ret_level);
bool wot_date(struct kith_span word, int64_t *ret_days);

/*
 * Keys of all names: in order of the names, or as the line `order` says with the others behind.
 * An array of w->names.count, the arena's; NULL when out of memory.
 */
struct kith_id *wot_keys(struct wot *w, bool by_order);

#endif
