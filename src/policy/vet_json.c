/* SPDX-License-Identifier: Apache-2.0 */
/* cargo-vet's own JSON (cargo-vet.md F.2), as locked runs print it. */
#include "codec/json.h"
#include "policy/vet_work.h"

struct json {
	struct kith_json_writer w;
	struct kith_buf scratch; /* emptied with fresh, which keeps what failed in mind */
	int failed;
	const struct kith_vet_answer *a;
};

static struct kith_buf *
fresh(struct json *j)
{
	if (j->scratch.failed)
		j->failed = j->scratch.failed;
	kith_buf_reset(&j->scratch);
	return &j->scratch;
}

static void
put_version(struct json *j, const char *key, const struct kith_vet_version *v)
{
	kith_vet_version_put(fresh(j), v);
	kith_json_member_string(&j->w, key, kith_buf_span(&j->scratch));
}

static void
put_package(struct json *j, size_t node)
{
	kith_json_member_string(&j->w, "name", j->a->graph->nodes[node].name);
	put_version(j, "version", &j->a->graph->nodes[node].version);
}

static void
put_packages(struct json *j, const char *key, enum kith_vet_status status)
{
	size_t i;

	kith_json_put_key(&j->w, key);
	kith_json_open_array(&j->w);
	for (i = 0; i < j->a->graph->count; i++) {
		if (j->a->rows[i].status != status)
			continue;
		kith_json_open_object(&j->w);
		put_package(j, i);
		kith_json_close_object(&j->w);
	}
	kith_json_close_array(&j->w);
}

static void
put_success(struct json *j)
{
	kith_json_member_str(&j->w, "conclusion", "success");
	put_packages(j, "vetted_fully", KITH_VET_VETTED_FULLY);
	put_packages(j, "vetted_partially", KITH_VET_VETTED_PARTIALLY);
	put_packages(j, "vetted_with_exemptions", KITH_VET_EXEMPTED);
}

static void
put_failures(struct json *j)
{
	const struct kith_vet_criteria *c = &j->a->criteria;
	size_t i, k;

	kith_json_member_str(&j->w, "conclusion", "fail (vetting)");
	kith_json_put_key(&j->w, "failures");
	kith_json_open_array(&j->w);
	for (i = 0; i < j->a->graph->count; i++) {
		uint64_t least = kith_vet_criteria_minimal(c, j->a->rows[i].missing);

		if (j->a->rows[i].status != KITH_VET_FAILED)
			continue;
		kith_json_open_object(&j->w);
		put_package(j, i);
		kith_json_put_key(&j->w, "missing_criteria");
		kith_json_open_array(&j->w);
		for (k = 0; k < c->count; k++)
			if (least >> k & 1U)
				kith_json_put_string(&j->w, c->names[k]);
		kith_json_close_array(&j->w);
		kith_json_close_object(&j->w);
	}
	kith_json_close_array(&j->w);
	kith_json_put_key(&j->w, "suggest");
	kith_json_put_null(&j->w);
}

/* --- violations --- */

static void
put_list(struct json *j, const char *key, const struct kith_vet_list *l)
{
	size_t i;

	kith_json_put_key(&j->w, key);
	if (l->count == 1) {
		kith_json_put_string(&j->w, l->items[0]);
		return;
	}
	kith_json_open_array(&j->w);
	for (i = 0; i < l->count; i++)
		kith_json_put_string(&j->w, l->items[i]);
	kith_json_close_array(&j->w);
}

static void
put_null(struct json *j, const char *key)
{
	kith_json_put_key(&j->w, key);
	kith_json_put_null(&j->w);
}

static void
put_optional(struct json *j, const char *key, struct kith_span s)
{
	if (s.ptr)
		kith_json_member_string(&j->w, key, s);
	else
		put_null(j, key);
}

static void
put_delta(struct json *j, const struct kith_vet_audit *a)
{
	kith_vet_version_put(fresh(j), &a->from);
	kith_buf_put_str(&j->scratch, " -> ");
	kith_vet_version_put(&j->scratch, &a->to);
	kith_json_member_string(&j->w, "delta", kith_buf_span(&j->scratch));
}

static void
put_audit(struct json *j, const char *key, const struct kith_vet_audit *a)
{
	kith_json_put_key(&j->w, key);
	kith_json_open_object(&j->w);
	if (a->who.count)
		put_list(j, "who", &a->who);
	put_list(j, "criteria", &a->criteria);
	if (a->kind == KITH_VET_FULL)
		put_version(j, "version", &a->to);
	else
		put_null(j, "version");
	if (a->kind == KITH_VET_DELTA)
		put_delta(j, a);
	else
		put_null(j, "delta");
	if (a->kind == KITH_VET_VIOLATION)
		kith_json_member_string(&j->w, "violation", a->violation);
	else
		put_null(j, "violation");
	if (a->importable)
		put_null(j, "importable");
	else
		kith_json_member_boolean(&j->w, "importable", false);
	put_optional(j, "notes", a->notes);
	if (a->origins.count)
		put_list(j, "aggregated-from", &a->origins);
	kith_json_close_object(&j->w);
}

static void
put_exemption(struct json *j, const struct kith_vet_exemption *x)
{
	kith_json_put_key(&j->w, "exemptions");
	kith_json_open_object(&j->w);
	put_version(j, "version", &x->version);
	put_list(j, "criteria", &x->criteria);
	if (!x->suggest)
		kith_json_member_boolean(&j->w, "suggest", false);
	put_optional(j, "notes", x->notes);
	kith_json_close_object(&j->w);
}

static void
put_conflict(struct json *j, const struct kith_vet_conflict *c)
{
	kith_json_open_object(&j->w);
	kith_json_put_key(&j->w, c->exemption ? "UnauditedConflict" : "AuditConflict");
	kith_json_open_object(&j->w);
	put_optional(j, "violation_source", c->violation_peer);
	put_audit(j, "violation", c->violation);
	if (c->exemption) {
		put_exemption(j, c->exemption);
	} else {
		put_optional(j, "audit_source", c->audit_peer);
		put_audit(j, "audit", c->audit);
	}
	kith_json_close_object(&j->w);
	kith_json_close_object(&j->w);
}

struct keyed {
	struct kith_span key; /* CRATE:VERSION */
	size_t node;
};

static int
cmp_keyed(const void *pa, const void *pb)
{
	const struct keyed *a = pa, *b = pb;
	int c = kith_span_cmp(a->key, b->key);

	return c ? c : (a->node > b->node) - (a->node < b->node);
}

/* Sorted as text; of two packages of one name and version the later counts: it is one key. */
static int
put_violations(struct json *j, struct kith_arena *arena, struct kith_error *err)
{
	const struct kith_vet_graph *g = j->a->graph;
	struct keyed *list = kith_arena_array(arena, g->count + 1, sizeof(*list));
	size_t i, k, n = 0;

	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < g->count; i++) {
		if (j->a->rows[i].status != KITH_VET_VIOLATED)
			continue;
		kith_buf_put_span(fresh(j), g->nodes[i].name);
		kith_buf_put_char(&j->scratch, ':');
		kith_vet_version_put(&j->scratch, &g->nodes[i].version);
		list[n].node = i;
		if (!kith_arena_copy(arena, kith_buf_span(&j->scratch), &list[n++].key))
			return kith_fail_nomem(err);
	}
	qsort(list, n, sizeof(*list), cmp_keyed);
	kith_json_member_str(&j->w, "conclusion", "fail (violation)");
	kith_json_put_key(&j->w, "violations");
	kith_json_open_object(&j->w);
	for (i = 0; i < n; i++) {
		const struct kith_vet_crate *c = j->a->rows[list[i].node].crate;

		if (i + 1 < n && kith_span_eq(list[i].key, list[i + 1].key))
			continue;
		kith_json_put_key(&j->w, (const char *)list[i].key.ptr);
		kith_json_open_array(&j->w);
		for (k = 0; k < c->n_conflicts; k++)
			put_conflict(j, &c->conflicts[k]);
		kith_json_close_array(&j->w);
	}
	kith_json_close_object(&j->w);
	return KITH_OK;
}

static void
put_error(struct json *j)
{
	size_t i;

	kith_json_put_key(&j->w, "error");
	kith_json_open_object(&j->w);
	kith_json_member_str(&j->w, "message", "the store is not accepted");
	kith_json_put_key(&j->w, "causes");
	kith_json_open_array(&j->w);
	kith_json_close_array(&j->w);
	kith_json_put_key(&j->w, "labels");
	kith_json_open_array(&j->w);
	kith_json_close_array(&j->w);
	kith_json_put_key(&j->w, "related");
	kith_json_open_array(&j->w);
	for (i = 0; i < j->a->n_problems; i++) {
		kith_vet_problem_put(fresh(j), &j->a->problems[i]);
		kith_json_open_object(&j->w);
		kith_json_member_string(&j->w, "message", kith_buf_span(&j->scratch));
		kith_json_close_object(&j->w);
	}
	kith_json_close_array(&j->w);
	kith_json_close_object(&j->w);
}

int
kith_vet_put_json(const struct kith_vet_answer *a, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct json j = {.a = a};
	int r = KITH_OK;

	kith_arena_init(&arena, KITH_MAX_VET_ARENA);
	kith_buf_init(&j.scratch, KITH_MIB(1));
	kith_json_begin(&j.w, out, true);
	kith_json_open_object(&j.w);
	if (a->conclusion == KITH_VET_SUCCESS)
		put_success(&j);
	else if (a->conclusion == KITH_VET_FAIL_VETTING)
		put_failures(&j);
	else if (a->conclusion == KITH_VET_FAIL_VIOLATION)
		r = put_violations(&j, &arena, err);
	else
		put_error(&j);
	kith_json_close_object(&j.w);
	fresh(&j);
	if (!r && j.failed)
		r = kith_fail(err, (enum kith_code)j.failed, "%s", kith_code_text(j.failed));
	kith_buf_clear(&j.scratch);
	return r ? r : kith_buf_check(out, err);
}
