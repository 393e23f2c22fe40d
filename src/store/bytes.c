/* SPDX-License-Identifier: Apache-2.0 */
/* Remembered answers first, the rest from kith-unpack; then remembers what is new. */
#include "codec/base64.h"
#include "store/archive.h"
#include "store/bytes.h"

#define MEMORY_FILE "digests"

/*
 * A file changed again within one tick of its file system's clock keeps its times: such a young
 * state is not remembered. Whole seconds mean a file system that counts so (FAT, some networks).
 */
#define TICK_NS   ((int64_t)20000000)
#define COARSE_NS ((int64_t)2100000000)

struct checking {
	const struct kith_bytes_options *options;
	const struct kith_bytes_want *wants;
	struct kith_bytes_answer *answers;
	struct kith_digests *memory;
	int64_t now_ns; /* before anything is read */
	/* what has to be asked */
	struct kith_archive_job *jobs;
	size_t *want_of;
	uint8_t (*expected)[KITH_SHA256_BYTES];
	char **tops;
	size_t n_jobs;
};

static void
checking_clear(struct checking *k)
{
	size_t i;

	for (i = 0; i < k->n_jobs; i++)
		free(k->tops[i]);
	free(k->tops);
	free(k->jobs);
	free(k->want_of);
	free(k->expected);
	kith_digests_free(k->memory);
}

static void
note(const struct kith_bytes_options *o, const char *text)
{
	if (o->note)
		o->note(o->note_ctx, text);
}

static void
set_why(struct kith_bytes_answer *a, const char *msg)
{
	kith_text_safe_array(a->why, sizeof(a->why), kith_span_str(msg));
}

static struct kith_fs_stamp
stamp_of(const struct kith_digests_record *r)
{
	struct kith_fs_stamp s = {.dev = r->dev,
				  .ino = r->ino,
				  .size = r->size,
				  .mtime_ns = r->mtime_ns,
				  .ctime_ns = r->ctime_ns};

	return s;
}

/* Digests or the refusal that are known for the archive's sum. */
static void
take_known(struct kith_bytes_answer *a, const struct kith_digests_record *r)
{
	if (r->flags & KITH_DIGESTS_HAVE) {
		a->has_digests = true;
		a->native = r->is.digest.native;
		a->crev = r->is.digest.crev;
	} else if (r->flags & KITH_DIGESTS_REFUSED) {
		memcpy(a->why, r->is.why, sizeof(a->why));
		a->why[sizeof(a->why) - 1] = '\0';
	}
}

static void
judge(struct kith_bytes_answer *a, const uint8_t *expected)
{
	if (!expected)
		a->result = KITH_BYTES_UNCHECKED;
	else if (memcmp(expected, a->sha256, KITH_SHA256_BYTES) == 0)
		a->result = KITH_BYTES_MATCHES;
	else
		a->result = KITH_BYTES_MISMATCH;
}

/* True if the memory answers this one. */
static bool
recall(struct checking *k, size_t i, const struct kith_fs_stamp *stamp,
       const struct kith_digests_record *name, const uint8_t *expected)
{
	const struct kith_digests_record *r = kith_digests_find(k->memory, name->key);
	struct kith_fs_stamp then;
	struct kith_bytes_answer *a = &k->answers[i];

	if (!r || k->options->recheck)
		return false;
	then = stamp_of(r);
	if (!kith_fs_stamp_eq(&then, stamp))
		return false;
	memcpy(a->sha256, r->sha256, sizeof(a->sha256));
	judge(a, expected);
	if (a->result == KITH_BYTES_MISMATCH)
		return true;
	take_known(a, r);
	return r->flags != 0;
}

static int
add_job(struct checking *k, size_t i, const uint8_t *expected, struct kith_error *err)
{
	const struct kith_bytes_want *w = &k->wants[i];
	struct kith_archive_job *j = &k->jobs[k->n_jobs];
	const struct kith_digests_record *known = NULL;
	uint8_t who[KITH_DIGESTS_WHO];
	int r = KITH_OK;

	kith_digests_who(w->name, w->version, who);
	if (expected)
		r = kith_digests_find_sum(k->memory, expected, who, &known, err);
	if (r)
		return r;
	k->tops[k->n_jobs] =
	    kith_asprintf("%.*s-%.*s", KITH_SPAN_FMT(w->name), KITH_SPAN_FMT(w->version));
	if (!k->tops[k->n_jobs])
		return kith_fail_nomem(err);
	memset(&k->answers[i], 0, sizeof(k->answers[i]));
	k->want_of[k->n_jobs] = i;
	j->path = w->path;
	j->sum_only = known != NULL;
	j->top = true;
	j->top_name = kith_span_str(k->tops[k->n_jobs]);
	if (expected) {
		memcpy(k->expected[k->n_jobs], expected, KITH_SHA256_BYTES);
		j->expected = k->expected[k->n_jobs];
	}
	k->n_jobs++;
	return KITH_OK;
}

static int
look_up(struct checking *k, size_t i, struct kith_error *err)
{
	const struct kith_bytes_want *w = &k->wants[i];
	struct kith_bytes_answer *a = &k->answers[i];
	struct kith_digests_record name;
	struct kith_fs_stamp stamp;
	uint8_t expected[KITH_SHA256_BYTES];

	memset(a, 0, sizeof(*a));
	if (w->checksum.len && !kith_hex_decode_exact(w->checksum, expected, sizeof(expected))) {
		set_why(a, "the lock file's checksum is no SHA-256");
		return KITH_OK;
	}
	if (w->name.len + w->version.len >= KITH_MAX_PATH) {
		set_why(a, "the package's name is too long");
		return KITH_OK;
	}
	if (!kith_fs_stamp(w->path, &stamp)) {
		set_why(a, "no such file");
		return KITH_OK;
	}
	kith_digests_name(kith_span_str(w->path), w->name, w->version, &name);
	if (recall(k, i, &stamp, &name, w->checksum.len ? expected : NULL))
		return KITH_OK;
	return add_job(k, i, w->checksum.len ? expected : NULL, err);
}

static bool
is_settled(int64_t now_ns, const struct kith_fs_stamp *s)
{
	int64_t margin = s->ctime_ns % 1000000000 ? TICK_NS : COARSE_NS;

	return now_ns - margin > s->ctime_ns;
}

/* What it was refused for lies in its bytes, so it would be refused again. */
static bool
is_lasting(int code)
{
	return code == KITH_E_FORMAT || code == KITH_E_LIMIT;
}

static int
remember(struct checking *k, size_t i, const struct kith_archive_answer *found, bool lasting,
	 struct kith_error *err)
{
	const struct kith_bytes_want *w = &k->wants[i];
	const struct kith_bytes_answer *a = &k->answers[i];
	struct kith_digests_record r;

	kith_digests_name(kith_span_str(w->path), w->name, w->version, &r);
	kith_digests_who(w->name, w->version, r.who);
	memcpy(r.sha256, found->sha256, sizeof(r.sha256));
	if (is_settled(k->now_ns, &found->stamp)) {
		r.dev = found->stamp.dev;
		r.ino = found->stamp.ino;
		r.size = found->stamp.size;
		r.mtime_ns = found->stamp.mtime_ns;
		r.ctime_ns = found->stamp.ctime_ns;
	}
	if (a->has_digests) {
		r.flags = KITH_DIGESTS_HAVE;
		r.is.digest.native = a->native;
		r.is.digest.crev = a->crev;
	} else if (lasting) {
		r.flags = KITH_DIGESTS_REFUSED;
		memcpy(r.is.why, a->why, sizeof(r.is.why));
	}
	return kith_digests_put(k->memory, &r, err);
}

static int
answered(void *ctx, size_t job, const struct kith_archive_answer *found, struct kith_error *err)
{
	struct checking *k = ctx;
	const struct kith_archive_job *j = &k->jobs[job];
	size_t i = k->want_of[job];
	struct kith_bytes_answer *a = &k->answers[i];
	const struct kith_digests_record *known = NULL;
	uint8_t who[KITH_DIGESTS_WHO];
	bool lasting = is_lasting(found->why.code);
	int r;

	if (found->why.code)
		set_why(a, found->why.msg);
	if (!found->has_sum)
		return KITH_OK;
	memcpy(a->sha256, found->sha256, sizeof(a->sha256));
	judge(a, j->expected);
	if (a->result != KITH_BYTES_MISMATCH && found->has_digests) {
		a->has_digests = true;
		a->native = found->native;
		a->crev = found->crev;
	} else if (a->result != KITH_BYTES_MISMATCH && j->sum_only) {
		kith_digests_who(k->wants[i].name, k->wants[i].version, who);
		r = kith_digests_find_sum(k->memory, a->sha256, who, &known, err);
		if (r)
			return r;
		if (known)
			take_known(a, known);
		lasting = known && (known->flags & KITH_DIGESTS_REFUSED);
	}
	return remember(k, i, found, lasting, err);
}

static int
open_memory(struct checking *k, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(k->options->cache_dir, MEMORY_FILE);
	uint8_t secret[KITH_SECRET_BYTES];
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = kith_secret_load(k->options->data_dir, secret, err);
	return r ? r : kith_digests_open(path, secret, &k->memory, err);
}

/* Not to be able to remember is a nuisance, not a failure. */
static void
save_memory(struct checking *k)
{
	struct kith_error why;

	if (!k->n_jobs)
		return;
	if (kith_fs_mkdirs(k->options->cache_dir, 0700, &why) || kith_digests_save(k->memory, &why))
		note(k->options, why.msg);
}

static int
prepare(struct checking *k, size_t n, struct kith_error *err)
{
	struct kith_time now = kith_time_now();
	size_t m = n ? n : 1;

	k->now_ns = now.sec * 1000000000 + (int64_t)now.nsec;
	k->jobs = kith_calloc(m, sizeof(*k->jobs));
	k->want_of = kith_calloc(m, sizeof(*k->want_of));
	k->expected = kith_calloc(m, sizeof(*k->expected));
	k->tops = kith_calloc(m, sizeof(*k->tops));
	if (!k->jobs || !k->want_of || !k->expected || !k->tops)
		return kith_fail_nomem(err);
	return open_memory(k, err);
}

int
kith_bytes_check(const struct kith_bytes_options *options, const struct kith_bytes_want *wants,
		 size_t n, struct kith_bytes_answer *ret_answers,
		 struct kith_bytes_totals *ret_totals, struct kith_error *err)
{
	struct checking k KITH_CLEANUP(checking_clear) = {.options = options, .wants = wants};
	KITH_AUTO_FREE struct kith_bytes_answer *answers = kith_calloc(n ? n : 1, sizeof(*answers));
	size_t i;
	int r;

	if (!answers)
		return kith_fail_nomem(err);
	k.answers = answers;
	r = prepare(&k, n, err);
	for (i = 0; i < n && !r; i++)
		r = look_up(&k, i, err);
	if (!r)
		r = kith_archive_check(options->helper, k.jobs, k.n_jobs, answered, &k, err);
	if (r)
		return r;
	if (kith_digests_damaged(k.memory))
		note(options, "the memory of digests was damaged or foreign: made anew");
	save_memory(&k);
	if (n)
		memcpy(ret_answers, answers, n * sizeof(*answers));
	if (ret_totals) {
		ret_totals->read = k.n_jobs;
		ret_totals->remembered = n - k.n_jobs;
	}
	return KITH_OK;
}
