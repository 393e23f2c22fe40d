/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of kith todo: gathering and ranking (todo.c), archives, people, words. */
#ifndef KITH_APP_TODO_H
#define KITH_APP_TODO_H

#include "app/diff.h"
#include "app/judge.h"

#define KITH_TODO_NEEDED_MAX 200U /* whoever is needed by more counts as needed by so many */

/* What the package's own archive says about the risk and the work of reading it. */
struct kith_app_todo_facts {
	bool known;
	bool build_script, proc_macro;
	size_t unsafes; /* the word in Rust code, comments left out */
	size_t lines;   /* of Rust code outside tests, benches and examples */
};

struct kith_app_todo_item {
	const struct kith_report_row *row;
	size_t needed_by; /* packages of the lock file, directly or not */
	bool dev_only;
	struct kith_app_todo_facts facts;
	struct kith_span base; /* a version from which a difference would do; empty: none */
	bool base_known;       /* diff_lines says how large it is */
	size_t diff_lines;
	uint64_t risk, cost, score;
};

/* A root, and what of this project's packages it has reviewed in any version. */
struct kith_app_todo_member {
	struct kith_id id;
	const struct kith_package **reviewed; /* in the order of rows */
	size_t n;
};

/* Somebody or a set whose approvals would count if trusted. */
struct kith_app_todo_person {
	struct kith_party party;
	enum kith_level level;
	size_t packages; /* that would pass */
	const struct kith_report_row *examples[3];
};

struct kith_app_todo {
	struct kith_session *session;
	const struct kith_todo_options *options;
	struct kith_app_run *run;
	struct kith_arena arena;
	const struct kith_report_row **decide; /* somebody objects, or bytes differ */
	size_t n_decide;
	struct kith_app_todo_item *items; /* best first */
	size_t n_items, n_shown;
	struct kith_app_todo_member *team;
	size_t n_team;
	struct kith_app_todo_person *people; /* most packages first */
	size_t n_people, cap_people;
};

/* Whether the difference to the base is, or may well be, less to read than all of it. */
static inline bool
kith_app_todo_by_difference(const struct kith_app_todo_item *x)
{
	if (!x->base.len || !x->facts.known)
		return x->base.len != 0;
	return x->base_known ? x->diff_lines < x->facts.lines : x->facts.lines >= 200;
}

/*
 * The queue of what a run (t->run, t->session, t->options, a fresh arena) has found not enough:
 * items, best first.
 */
KITH_NODISCARD int kith_app_todo_queue(struct kith_app_todo *t, struct kith_error *err);

/* --- todo_look.c --- */

/* Reads the item's archive, and compares it with its base if that is here, too. Best effort. */
KITH_NODISCARD int kith_app_todo_look(struct kith_app_picker *picker,
				      struct kith_app_todo_item *item, struct kith_error *err);

/* --- todo_people.c --- */

KITH_NODISCARD int kith_app_todo_find_team(struct kith_app_todo *t, struct kith_error *err);
KITH_NODISCARD int kith_app_todo_find_people(struct kith_app_todo *t, struct kith_error *err);
/*
 * The member who knows most of what is related to the package: other versions of it, what it needs
 * directly, what needs it. NULL: nobody. `related` gets up to three of those packages.
 */
const struct kith_app_todo_member *kith_app_todo_suits(const struct kith_app_todo *t,
						       const struct kith_app_todo_item *item,
						       const struct kith_package *related[3],
						       size_t *ret_n);

/* --- todo_text.c --- */

/* "the difference to 1.9.1, 214 lines; build script". */
void kith_app_todo_put_work(const struct kith_app_todo_item *x, struct kith_buf *out);
void kith_app_todo_put_text(const struct kith_app_todo *t, struct kith_buf *out);
void kith_app_todo_put_json(const struct kith_app_todo *t, struct kith_buf *out);

#endif
