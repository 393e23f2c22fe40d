/* SPDX-License-Identifier: Apache-2.0 */
/* Why a package has its status: the answer first, then each claim and what became of it. */
#include "app/explain.h"
#include "app/explain_ways.h"
#include "app/twice.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "policy/config_edit.h"

/* Facts that verdicts use where they are known, and what is missing where they are not. */
static void
put_registry_line(const struct kith_report_row *row, struct kith_buf *out)
{
	const struct kith_report_registry *g = &row->registry;

	if (row->package->origin != KITH_ORIGIN_REGISTRY)
		return;
	kith_buf_put_str(out, "  registry    ");
	if (!g->known)
		kith_buf_put_str(out, "cargo's index cache does not know it");
	else
		kith_buf_put_str(out, g->yanked ? "yanked" : "not yanked");
	if (g->checksum_agrees)
		kith_buf_put_str(out, ", states the locked checksum");
	if (g->lure)
		kith_buf_printf(out, "; all %u older compatible versions are yanked",
				g->older_yanked);
	if (!row->subject.has_published)
		kith_buf_put_str(out, "; when it was published is not known");
	kith_buf_put_char(out, '\n');
}

static void
put_bytes_line(const struct kith_report_row *row, struct kith_buf *out)
{
	static const char *const words[] = {
	    "not here (kith fetch --packages gets them)",
	    "an archive with the lock file's checksum",
	    "a vendored copy: it may confirm a review, never contradict one"};
	char text[KITH_ID_TEXT + 1];

	kith_buf_printf(out, "  bytes       %s\n",
			row->subject.mismatch ? "they differ" : words[row->subject.bytes]);
	if (row->subject.has_digest) {
		kith_base64_id(text, row->subject.digest.bytes);
		kith_buf_printf(out, "  digest      %s\n", text);
	}
}

/* What vouches are judged by; without it they say so. */
static void
put_publisher_line(const struct kith_report_row *row, struct kith_buf *out)
{
	const struct kith_subject *s = &row->subject;

	if (!s->publisher.len && !s->has_published)
		return;
	kith_buf_put_str(out, "  published   ");
	if (s->has_published)
		kith_time_put_date(out, s->published);
	if (s->publisher.len) {
		kith_buf_put_str(out, s->has_published ? " by " : "by ");
		kith_text_safe(out, s->publisher, 60);
	}
	kith_buf_put_char(out, '\n');
}

/* Neither affected nor not: somebody has to look. */
static void
put_unknown_lines(const struct kith_report_row *row, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < row->n_unknown; i++) {
		kith_buf_put_str(out, "  unknown     ");
		kith_text_safe(out, row->unknown[i].ids[0], 60);
		kith_buf_printf(out, " cannot be judged: %s\n",
				kith_advisory_trouble_text(row->unknown[i].trouble));
	}
}

static void
put_requirement_line(const struct kith_requirement *q, struct kith_buf *out)
{
	static const char *const llm[] = {"count", "supplement", "ignore"};

	kith_buf_printf(out,
			"  required    %u independent approval%s by people trusted %s or better, "
			"thoroughness %s, understanding %s, machines: %s\n",
			q->independent, q->independent == 1 ? "" : "s", kith_level_name(q->level),
			kith_level_name(q->thoroughness), kith_level_name(q->understanding),
			llm[q->llm]);
}

static int
put_use(const struct kith_report *r, struct kith_app_ways *w, const struct kith_claim_use *u,
	struct kith_buf *out, struct kith_error *err)
{
	const struct kith_claim *c = u->claim;

	kith_buf_printf(out, "  %-11s ",
			u->use == KITH_USE_APPROVES  ? "counts"
			: u->use == KITH_USE_OBJECTS ? "objects"
			: u->use == KITH_USE_NOTE    ? "note"
						     : "-");
	kith_report_author(r, c, out);
	kith_buf_printf(out, " (%s) ",
			u->standing < KITH_LEVEL_LOW && c->is_signed
			    ? "a stranger"
			    : kith_level_name(u->standing));
	kith_app_put_versions(c, out);
	kith_report_claim_says(c, out);
	if (u->use != KITH_USE_APPROVES && u->use != KITH_USE_OBJECTS && u->use != KITH_USE_NOTE)
		kith_buf_printf(out, "; not counted: %s", kith_use_text(u->use));
	if (u->use == KITH_USE_APPROVES && c->is_signed)
		kith_app_ways_put_share(w, r, &c->author, out);
	kith_buf_put_char(out, '\n');
	kith_app_put_places(c, out);
	kith_app_put_words(c, out);
	return c->is_signed ? kith_app_ways_put_path(w, r, &c->author, out, err) : KITH_OK;
}

/* What decides comes first, then by standing, then the newest. */
static int
use_rank(const struct kith_claim_use *u)
{
	return u->use == KITH_USE_OBJECTS ? 0 : u->use == KITH_USE_APPROVES ? 1 : 2;
}

static int
compare_uses(const void *a, const void *b)
{
	const struct kith_claim_use *x = *(const struct kith_claim_use *const *)a;
	const struct kith_claim_use *y = *(const struct kith_claim_use *const *)b;

	if (use_rank(x) != use_rank(y))
		return use_rank(x) - use_rank(y);
	if (x->standing != y->standing)
		return x->standing > y->standing ? -1 : 1;
	if (x->claim->date.sec != y->claim->date.sec)
		return x->claim->date.sec > y->claim->date.sec ? -1 : 1;
	return memcmp(x->claim->proof.bytes, y->claim->proof.bytes, KITH_DIGEST_BYTES);
}

static int
put_uses(const struct kith_report *r, struct kith_app_ways *w, const struct kith_verdict *v,
	 struct kith_buf *out, struct kith_error *err)
{
	const struct kith_claim_use **list =
	    kith_arena_array(&w->arena, v->n_uses + 1, sizeof(const struct kith_claim_use *));
	size_t i;
	int e = KITH_OK;

	if (!list)
		return kith_fail_nomem(err);
	if (!v->n_uses)
		kith_buf_put_str(out, "  nobody here has said anything about this package\n");
	for (i = 0; i < v->n_uses; i++)
		list[i] = &v->uses[i];
	if (v->n_uses)
		qsort(list, v->n_uses, sizeof(const struct kith_claim_use *), compare_uses);
	for (i = 0; !e && i < v->n_uses; i++)
		e = put_use(r, w, list[i], out, err);
	return e;
}

/* Characters that no shell and no terminal takes for anything else. */
static bool
is_plain_word(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("-_./:@+%,=", c))))
			return false;
	}
	return s.len != 0;
}

/* The command, where it can be pasted as it is; strangers chose the words in it. */
static bool
put_accept_command(const struct kith_report_row *row, struct kith_span id, struct kith_buf *out)
{
	bool dash = id.len && id.ptr[0] == '-';

	if (!is_plain_word(id) || !is_plain_word(row->package->name) ||
	    row->package->name.ptr[0] == '-')
		return false;
	kith_buf_printf(out, "              kith accept --reason '…'%s %.*s %.*s\n",
			dash ? " --" : "", KITH_SPAN_FMT(id), KITH_SPAN_FMT(row->package->name));
	return true;
}

/* What would set the objections aside; somebody has to answer for it in writing. */
static void
put_acceptance(const struct kith_report_row *row, struct kith_time now, struct kith_buf *out)
{
	static const char indent[] = "              ";
	const struct kith_verdict *v = &row->verdict;
	size_t i;

	if (!v->n_objections)
		return;
	kith_buf_printf(out, "  to live with %s, say why (kith.toml keeps it):\n",
			v->n_objections == 1 ? "it" : "them");
	for (i = 0; i < v->n_objections; i++) {
		struct kith_config_pair package = {.key = KITH_SPAN_LIT("package"),
						   .text = row->package->name};
		struct kith_config_pair id = {.key = KITH_SPAN_LIT("objection"),
					      .text = v->objections[i].id};

		if (put_accept_command(row, v->objections[i].id, out))
			continue;
		/* strangers chose these texts: what is pasted must be one string each */
		kith_buf_printf(out, "%s[[accept]]\n%s", indent, indent);
		kith_config_put_pair(out, &package);
		kith_buf_put_str(out, indent);
		kith_config_put_pair(out, &id);
		kith_buf_printf(out, "%sreason = \"…\"\n%sadded = ", indent, indent);
		kith_time_put_date(out, now);
		kith_buf_put_char(out, '\n');
	}
}

static void
put_objections(const struct kith_verdict *v, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < v->n_objections; i++) {
		kith_buf_put_str(out, "  objection   ");
		kith_text_safe(out, v->objections[i].id, 0);
		kith_buf_put_char(out, '\n');
	}
}

static void
put_hangs_on(const struct kith_report *r, const struct kith_verdict *v, struct kith_buf *out)
{
	size_t i;

	if (!v->independent)
		return;
	kith_buf_printf(out, "  independent %s%u", v->independent_is_least ? "at least " : "",
			v->independent);
	for (i = 0; i < v->n_hangs_on; i++) {
		kith_buf_put_str(out, i                   ? " and "
				      : v->n_hangs_on > 1 ? "; nothing is left without "
							  : "; all hang on ");
		kith_report_party(r, &v->hangs_on[i], out);
	}
	kith_buf_put_char(out, '\n');
}

#define REPAIRS_SHOWN 5

/* How many packages of this project trusting the id would unlock. */
static size_t
unlocks(const struct kith_report *r, const struct kith_repair *repair)
{
	size_t i, j, n = 0;

	for (i = 0; i < r->n_rows; i++) {
		const struct kith_verdict *v = &r->rows[i].verdict;

		for (j = 0; j < v->n_repairs; j++)
			if (v->repairs[j].who.is_id &&
			    !memcmp(v->repairs[j].who.id.bytes, repair->who.id.bytes,
				    KITH_ID_BYTES) &&
			    v->repairs[j].independent >= v->requirement.independent)
				break;
		n += j < v->n_repairs;
	}
	return n;
}

struct ranked {
	const struct kith_repair *repair;
	size_t packages;
};

static int
compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->packages != y->packages)
		return x->packages > y->packages ? -1 : 1;
	return memcmp(x->repair->who.id.bytes, y->repair->who.id.bytes, KITH_ID_BYTES);
}

static void
put_repair(const struct kith_report *r, const struct kith_verdict *v, const struct ranked *x,
	   struct kith_buf *out)
{
	char text[KITH_ID_TEXT + 1];

	kith_buf_put_str(out, "  would help  trusting ");
	kith_report_party(r, &x->repair->who, out);
	if (x->repair->who.is_id) {
		kith_base64_id(text, x->repair->who.id.bytes);
		kith_buf_printf(out, " (%s)", text);
	}
	kith_buf_printf(out, " at %s", kith_level_name(v->requirement.level));
	if (v->requirement.independent > 1)
		kith_buf_printf(out, ", gives %u independent", x->repair->independent);
	if (x->packages)
		kith_buf_printf(out, ", unlocks %zu package%s here", x->packages,
				x->packages == 1 ? "" : "s");
	kith_buf_put_char(out, '\n');
}

/* The cheapest repairs, by how many packages of this project they would unlock. */
static void
put_repairs(const struct kith_report *r, const struct kith_verdict *v, struct kith_buf *out)
{
	KITH_AUTO_FREE struct ranked *list = kith_calloc(v->n_repairs, sizeof(*list));
	size_t i;

	if (!list) {
		out->failed = KITH_E_NOMEM;
		return;
	}
	for (i = 0; i < v->n_repairs; i++) {
		list[i].repair = &v->repairs[i];
		list[i].packages = unlocks(r, &v->repairs[i]);
	}
	qsort(list, v->n_repairs, sizeof(*list), compare_ranked);
	for (i = 0; i < v->n_repairs && i < REPAIRS_SHOWN; i++)
		put_repair(r, v, &list[i], out);
}

static void
put_name(const struct kith_report_row *row, struct kith_buf *out)
{
	kith_text_safe(out, row->package->name, 60);
	kith_buf_put_char(out, '@');
	kith_text_safe(out, row->package->version, 40);
}

/* What the user can do without trusting anybody new: the commands that look at it, and say so. */
static void
put_reading(const struct kith_report_row *row, struct kith_buf *look, struct kith_buf *say)
{
	struct kith_span base = kith_app_nearest_version(row);

	kith_buf_put_str(look, base.len ? "kith diff " : "kith open ");
	put_name(row, look);
	kith_buf_put_str(say, "kith review ");
	put_name(row, say);
	if (!base.len)
		return;
	kith_buf_put_char(look, ' ');
	kith_text_safe(look, base, 40);
	kith_buf_put_str(say, " --diff-base ");
	kith_text_safe(say, base, 40);
}

static bool
is_unread(const struct kith_report_row *row)
{
	return row->verdict.status == KITH_STATUS_INSUFFICIENT ||
	       row->verdict.status == KITH_STATUS_EXEMPT;
}

static void
put_reading_line(const struct kith_report_row *row, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf look, say;

	kith_buf_init(&look, KITH_KIB(4));
	kith_buf_init(&say, KITH_KIB(4));
	if (!is_unread(row))
		return;
	put_reading(row, &look, &say);
	kith_buf_put_str(out, "  would help  reading it: ");
	kith_buf_put_span(out, kith_buf_carry(out, &look));
	kith_buf_put_str(out, " · ");
	kith_buf_put_span(out, kith_buf_carry(out, &say));
	kith_buf_put_char(out, '\n');
}

static void
put_json_reading(const struct kith_report_row *row, struct kith_json_writer *w,
		 struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf look, say;

	kith_buf_init(&look, KITH_KIB(4));
	kith_buf_init(&say, KITH_KIB(4));
	kith_json_put_key(w, "reading");
	kith_json_open_array(w);
	if (is_unread(row)) {
		put_reading(row, &look, &say);
		kith_json_put_string(w, kith_buf_carry(out, &look));
		kith_json_put_string(w, kith_buf_carry(out, &say));
	}
	kith_json_close_array(w);
}

static int
put_text(const struct kith_app_run *run, const struct kith_report_row *row, struct kith_buf *out,
	 struct kith_error *err)
{
	KITH_CLEANUP(kith_app_ways_clear) struct kith_app_ways w = {0};
	const struct kith_report *r = &run->report;
	int e = kith_app_ways_init(&w, run, row, err);

	if (e)
		return e;

	kith_text_safe(out, row->package->name, 0);
	kith_buf_put_char(out, ' ');
	kith_text_safe(out, row->package->version, 0);
	kith_buf_printf(out, ": %s", kith_status_name(row->verdict.status));
	kith_buf_put_str(out, " — ");
	kith_report_reason(r, row, out);
	kith_buf_put_char(out, '\n');
	put_bytes_line(row, out);
	put_publisher_line(row, out);
	put_registry_line(row, out);
	put_requirement_line(&row->verdict.requirement, out);
	kith_report_origins(r, row, "              ", true, out);
	put_hangs_on(r, &row->verdict, out);
	kith_app_ways_put_set(&w, r, out);
	put_objections(&row->verdict, out);
	put_unknown_lines(row, out);
	e = put_uses(r, &w, &row->verdict, out, err);
	if (!e)
		e = kith_app_twice_put_claims(row->claims, row->n_claims, out, err);
	put_acceptance(row, run->session->now, out);
	put_repairs(r, &row->verdict, out);
	put_reading_line(row, out);
	return e;
}

static void
put_json_use(const struct kith_report *r, struct kith_json_writer *w,
	     const struct kith_claim_use *u)
{
	const struct kith_claim *c = u->claim;

	kith_json_open_object(w);
	kith_json_member_str(w, "standing", kith_level_name(u->standing));
	kith_json_member_boolean(w, "counts",
				 u->use == KITH_USE_APPROVES || u->use == KITH_USE_OBJECTS);
	kith_json_member_str(w, "use", kith_use_text(u->use));
	kith_report_claim_json(r, c, w);
	kith_json_member_string(w, "comment", c->comment);
	kith_json_close_object(w);
}

static int
put_json(const struct kith_app_run *run, const struct kith_report_row *row, struct kith_buf *out,
	 struct kith_error *err)
{
	const struct kith_verdict *v = &row->verdict;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_json_writer w;
	size_t i;
	int e;

	kith_buf_init(&b, KITH_KIB(16));
	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.explain-package/1");
	kith_json_member_string(&w, "name", row->package->name);
	kith_json_member_string(&w, "version", row->package->version);
	kith_json_member_str(&w, "status", kith_status_name(v->status));
	kith_report_reason(&run->report, row, &b);
	kith_json_member_string(&w, "reason", kith_buf_carry(out, &b));
	kith_json_member_integer(&w, "independent", v->independent);
	kith_report_origins_json(&run->report, row, &w);
	kith_json_put_key(&w, "hangs_on");
	kith_json_open_array(&w);
	for (i = 0; i < v->n_hangs_on; i++) {
		kith_buf_reset(&b);
		kith_report_party(&run->report, &v->hangs_on[i], &b);
		kith_json_put_string(&w, kith_buf_carry(out, &b));
	}
	kith_json_close_array(&w);
	kith_json_put_key(&w, "objections");
	kith_json_open_array(&w);
	for (i = 0; i < v->n_objections; i++)
		kith_json_put_string(&w, v->objections[i].id);
	kith_json_close_array(&w);
	put_json_reading(row, &w, out);
	kith_json_put_key(&w, "claims");
	kith_json_open_array(&w);
	for (i = 0; i < v->n_uses; i++)
		put_json_use(&run->report, &w, &v->uses[i]);
	kith_json_close_array(&w);
	e = kith_app_twice_json_claims(row->claims, row->n_claims, &w, err);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
	return e;
}

int
kith_app_explain_row(const struct kith_app_run *run, const struct kith_report_row *row,
		     enum kith_format format, struct kith_buf *out, struct kith_error *err)
{
	int e = format == KITH_FORMAT_JSON ? put_json(run, row, out, err)
					   : put_text(run, row, out, err);

	return e ? e : kith_buf_check(out, err);
}

int
kith_app_package_word(const char *word, struct kith_app_package_word *ret_word,
		      struct kith_error *err)
{
	struct kith_span s = kith_span_str(word);
	size_t at;

	if (kith_span_skip(&s, "pkg:") && !kith_span_skip(&s, "cargo/"))
		return kith_fail(err, KITH_E_USAGE, "%s: packages of this kind are not known here",
				 word);
	at = kith_span_find(s, 1, '@');
	ret_word->name = kith_span_sub(s, 0, at);
	ret_word->version = kith_span_sub(s, at + 1, SIZE_MAX);
	return KITH_OK;
}

static void
claims_freep(struct kith_app_claims **c)
{
	kith_app_claims_free(*c);
}

int
kith_app_explain_claims(struct kith_session *s, const struct kith_explain_options *o,
			const struct kith_app_package_word *word, struct kith_buf *out,
			struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	KITH_CLEANUP(claims_freep) struct kith_app_claims *all = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_report nobody = {0};
	const struct kith_claim *claims;
	struct kith_index *ix;
	size_t n, i, shown = 0;
	int r;

	(void)o;
	kith_arena_init(&arena, KITH_MIB(256));
	r = kith_app_index(s, &ix, err);
	if (!r)
		r = kith_app_config_load(s, NULL, &config, err);
	if (!r)
		r = kith_app_claims_new(s, ix, &config, NULL, KITH_LEVEL_LOW, &all, err);
	if (!r)
		r = kith_app_claims_about(all, KITH_ECO_CARGO, word->name, &arena, &claims, &n,
					  err);
	if (r)
		return r;
	nobody.sources = all->sources;
	nobody.n_sources = all->n_sources;
	for (i = 0; i < n; i++) {
		if (word->version.len && claims[i].version.len &&
		    !kith_span_eq(word->version, claims[i].version))
			continue;
		if (!shown++) {
			kith_text_safe(out, word->name, 0);
			kith_buf_put_str(out,
					 ": no dependency of a project here; what is known:\n");
		}
		kith_buf_put_str(out, "  ");
		kith_report_author(&nobody, &claims[i], out);
		kith_buf_put_char(out, ' ');
		kith_app_put_versions(&claims[i], out);
		kith_report_claim_says(&claims[i], out);
		kith_buf_put_char(out, '\n');
		kith_app_put_places(&claims[i], out);
		kith_app_put_words(&claims[i], out);
	}
	if (!shown)
		return kith_hint(err,
				 kith_fail(err, KITH_E_NOTFOUND, "nothing is known about '%.*s'",
					   KITH_SPAN_FMT(word->name)),
				 "no dependency here, no reviewed package and nobody is called so; "
				 "kith query packages and kith query ids list what is known");
	return kith_buf_check(out, err);
}
