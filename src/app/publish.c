/* SPDX-License-Identifier: Apache-2.0 */
/* kith publish: pushes own proofs, and says whether others will find them. */
#include "app/author.h"
#include "app/query.h"
#include "evidence/url.h"
#include "helper/url.h"

#define PROOFS_SHOWN ((size_t)20)

/* The same host and path, whichever way one gets there. */
static bool
same_place(const char *a, const char *b)
{
	KITH_AUTO_BUF struct kith_buf x;
	KITH_AUTO_BUF struct kith_buf y;
	struct kith_helper_url u, v;
	struct kith_span p, q;

	kith_buf_init(&x, KITH_MAX_URL + 64);
	kith_buf_init(&y, KITH_MAX_URL + 64);
	if (kith_url_same(kith_span_str(a), kith_span_str(b)))
		return true;
	if (kith_helper_url_parse(kith_span_str(a), &u, NULL) ||
	    kith_helper_url_parse(kith_span_str(b), &v, NULL) || strcmp(u.host, v.host) != 0)
		return false;
	p = u.path;
	q = v.path;
	kith_span_skip(&p, "/");
	kith_span_skip(&q, "/");
	kith_buf_printf(&x, "https://%s/%.*s", u.host, KITH_SPAN_FMT(p));
	kith_buf_printf(&y, "https://%s/%.*s", v.host, KITH_SPAN_FMT(q));
	return kith_url_same(kith_buf_span(&x), kith_buf_span(&y));
}

/* Others look for the proofs where they say that they are. */
static void
check_urls(struct kith_session *s, const char *says, const char *pushed_to)
{
	if (pushed_to[0] && !same_place(says, pushed_to))
		kith_app_warn(
		    s,
		    "your proofs say that they are at %s, but they are pushed to %s: others "
		    "will not find them (kith id set-url, or git remote set-url)",
		    says, pushed_to);
}

/* --- what it is --- */

static void
put_review(const struct kith_proof *p, struct kith_buf *out)
{
	kith_buf_put_str(out, "review of ");
	kith_text_safe(out, p->package.name, 60);
	kith_buf_put_char(out, ' ');
	kith_text_safe(out, p->package.version, 40);
	if (!kith_proof_is_empty_review(p))
		kith_buf_printf(out, ": %s", kith_rating_name(p->rating));
	if (p->n_issues)
		kith_buf_printf(out, ", %zu issue%s", p->n_issues, p->n_issues == 1 ? "" : "s");
	if (p->n_advisories)
		kith_buf_printf(out, ", %zu advisor%s", p->n_advisories,
				p->n_advisories == 1 ? "y" : "ies");
	if (p->unmaintained)
		kith_buf_put_str(out, ", unmaintained");
	if (kith_proof_is_empty_review(p) && !p->n_issues && !p->n_advisories && !p->unmaintained)
		kith_buf_put_str(out, ": without a rating");
}

static void
put_trust(const struct kith_proof *p, struct kith_buf *out)
{
	size_t i;

	kith_buf_printf(out, "%s for ", p->level == KITH_LEVEL_DISTRUST ? "distrust" : "trust");
	for (i = 0; i < p->n_ids && i < 3; i++) {
		kith_buf_put_str(out, i ? ", " : "");
		kith_text_safe(out, p->ids[i].url.len ? p->ids[i].url : p->ids[i].text, 60);
	}
	if (p->n_ids > 3)
		kith_buf_printf(out, " and %zu more", p->n_ids - 3);
	if (p->level != KITH_LEVEL_DISTRUST)
		kith_buf_printf(out, ": %s", kith_level_name(p->level));
}

static void
put_plan(const struct kith_own_plan *plan, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < plan->n_proofs && i < PROOFS_SHOWN; i++) {
		const struct kith_proof *p = plan->proofs[i];

		kith_buf_put_str(out, "  ");
		if (p->kind == KITH_PROOF_REVIEW)
			put_review(p, out);
		else if (p->kind == KITH_PROOF_TRUST)
			put_trust(p, out);
		else
			kith_text_safe(out, p->kind_text, 60);
		kith_buf_put_char(out, '\n');
	}
	if (plan->n_proofs > PROOFS_SHOWN)
		kith_buf_printf(out, "  and %zu more\n", plan->n_proofs - PROOFS_SHOWN);
}

struct asking {
	struct kith_session *session;
	const struct kith_publish_options *options;
	const char *says;       /* where the proofs say that they are */
	bool warned;            /* that it is another place */
	struct kith_buf listed; /* of a dry run */
};

static void
asking_clear(struct asking *a)
{
	kith_buf_clear(&a->listed);
}

static int
ask(void *ctx, const struct kith_own_plan *plan, struct kith_error *err)
{
	struct asking *a = ctx;
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(64));
	if (a->options->dry_run) {
		put_plan(plan, &a->listed);
		return KITH_OK;
	}
	if (!a->options->confirm)
		return KITH_OK;
	check_urls(a->session, a->says, plan->to->url);
	a->warned = true;
	kith_buf_printf(&b, "%zu proof%s for everybody at ", plan->n_proofs,
			plan->n_proofs == 1 ? "" : "s");
	kith_text_safe(&b, kith_span_str(plan->to->url), 0);
	kith_buf_put_str(&b, plan->n_proofs ? ":\n" : "\n");
	put_plan(plan, &b);
	r = kith_buf_check(&b, err);
	if (r || a->options->confirm(a->options->confirm_ctx, kith_buf_str(&b)))
		return r;
	return kith_fail(err, KITH_E_CANCELLED, "nothing was published");
}

/* --- what was done --- */

static void
put_json(const struct kith_own_published *p, const struct kith_publish_options *o,
	 struct kith_buf *out)
{
	struct kith_json_writer w;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.published/1");
	kith_json_member_boolean(&w, "dry_run", o->dry_run != 0);
	kith_json_member_integer(&w, "pushed", (int64_t)p->pushed);
	kith_json_member_integer(&w, "pulled", (int64_t)p->pulled);
	kith_json_member_integer(&w, "proofs", (int64_t)p->proofs);
	kith_json_member_boolean(&w, "first", p->first);
	if (p->url[0])
		kith_json_member_str(&w, "url", p->url);
	kith_json_member_str(&w, "branch", p->branch);
	kith_json_member_str(&w, "commit", p->head);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

static void
put_words(const struct kith_own_published *p, const struct kith_publish_options *o,
	  struct kith_buf *out)
{
	const char *would = o->dry_run ? "would be " : "";

	if (p->pulled)
		kith_buf_printf(out, "%zu %s of the server %sadded here\n", p->pulled,
				p->pulled == 1 ? "commit" : "commits", would);
	if (p->first)
		kith_buf_printf(out, "branch %s %spublished for the first time", p->branch, would);
	else if (p->pushed)
		kith_buf_printf(out, "%zu %s %spublished", p->pushed,
				p->pushed == 1 ? "commit" : "commits", would);
	else
		kith_buf_put_str(out, "nothing new to publish");
	if (p->url[0]) {
		kith_buf_put_str(out, " at ");
		kith_text_safe(out, kith_span_str(p->url), 0);
	}
	kith_buf_put_char(out, '\n');
}

static int
nothing_yet(struct kith_error *err)
{
	return kith_hint(err, kith_fail(err, KITH_E_USAGE, "there is nothing to publish"),
			 "kith trust or kith review first");
}

/* On another machine of the same person: what is at the server comes here. */
static int
get_repository(struct kith_session *s, const struct kith_own_options *o, bool dry_run,
	       struct kith_error *err)
{
	bool empty = false;
	int r = dry_run ? nothing_yet(err) : kith_own_clone(&s->dirs, o, &empty, err);

	if (r == KITH_E_NET)
		return kith_context(err, r, "nothing to publish is here, nor can it be fetched");
	if (!r && empty)
		return nothing_yet(err);
	if (!r)
		kith_app_note(s, "your proof repository was fetched from %s", o->url);
	return r;
}

static int
open_repository(struct kith_session *s, const struct kith_keyfile *key, bool dry_run,
		struct kith_own **ret_own, struct kith_error *err)
{
	const struct kith_own_options o = {.libexec = s->libexec, .id = key->id, .url = key->url};
	KITH_AUTO_FREE char *path = NULL;
	int r;

	if (!key->url)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "this id has no URL to publish at"),
				 "make an empty repository at a server, then kith id set-url URL");
	if (s->offline)
		return kith_fail(err, KITH_E_USAGE, "--offline: publishing needs the network");
	r = kith_own_path(&s->dirs, &key->id, key->url, &path, err);
	if (r)
		return r;
	if (!kith_fs_exists(path))
		r = get_repository(s, &o, dry_run, err);
	return r ? r : kith_own_open(&s->dirs, &o, ret_own, err);
}

int
kith_publish(struct kith_session *session, const struct kith_publish_options *options,
	     char **ret_text, size_t *ret_len, struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	KITH_AUTO_OWN struct kith_own *own = NULL;
	struct kith_own_published done;
	KITH_CLEANUP(asking_clear) struct asking a = {.session = session, .options = options};
	const struct kith_own_publish_options o = {
	    .dry_run = options->dry_run != 0, .plan = ask, .ctx = &a};
	struct kith_error why;
	struct kith_index *ix;
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(128));
	kith_buf_init(&a.listed, KITH_KIB(64));
	r = kith_app_own_key(session, options->id, &key, err);
	a.says = key.url;
	if (!r)
		r = open_repository(session, &key, options->dry_run != 0, &own, err);
	if (!r)
		r = kith_own_publish(own, &o, &done, err);
	if (r)
		return r;
	kith_own_close(own);
	own = NULL;
	if (!a.warned)
		check_urls(session, key.url, done.url);
	if (done.refused)
		kith_app_warn(session,
			      "%zu thing%s in your proof files that the server lacked %s no valid "
			      "proof%s: others pass over %s",
			      done.refused, done.refused == 1 ? "" : "s",
			      done.refused == 1 ? "is" : "are", done.refused == 1 ? "" : "s",
			      done.refused == 1 ? "it" : "them");
	if (done.warning[0])
		kith_app_warn(session, "%s", done.warning);
	if (!options->dry_run && kith_app_reindex(session, &ix, &why))
		kith_app_warn(session, "the index is not up to date: %s", why.msg);
	if (options->format == KITH_FORMAT_JSON)
		put_json(&done, options, &b);
	else
		put_words(&done, options, &b);
	if (options->format != KITH_FORMAT_JSON)
		kith_buf_put_span(&b, kith_buf_span(&a.listed));
	return kith_app_take_text(&b, ret_text, ret_len, err);
}
