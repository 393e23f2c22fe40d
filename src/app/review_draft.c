/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The draft that an editor shows. What others wrote stands in comment lines, each escaped to one
 * line, so that nothing of it can become a part of what is signed.
 */
#include "app/review.h"
#include "codec/base64.h"
#include "proof/draft.h"

#define DRAFT_MAX KITH_MIB(1)

static const char help[] =
    "#\n"
    "# Lines that begin with '#' are left out. Only what you say yourself belongs here: others\n"
    "# will rely on it.\n"
    "#\n"
    "# thoroughness   how closely you looked\n"
    "#   high         every line, and what it does where it is used\n"
    "#   medium       every line, the difficult ones twice\n"
    "#   low          skimmed; what may do harm was looked at\n"
    "#   none         not at all\n"
    "# understanding  how well you know what you read\n"
    "#   high         you could have written it\n"
    "#   medium       you followed all of it, and most of the subject\n"
    "#   low          you followed the code, hardly the subject\n"
    "#   none         you did not follow it\n"
    "# rating         what you think of it\n"
    "#   strong       outstanding\n"
    "#   positive     sound: you would use it\n"
    "#   neutral      nothing wrong found, nothing to praise\n"
    "#   negative     not to be used: this stops those who trust you\n"
    "#\n"
    "# More that may be said (severity: none, low, medium, high; range: all, major, minor):\n"
    "# issues:                    a problem of this version and, within range, of later ones\n"
    "# - id: CVE-2026-0000, RUSTSEC-2026-0000 or a link\n"
    "#   severity: medium\n"
    "#   comment: ''\n"
    "# advisories:                what this version repairs: upgrade from earlier ones\n"
    "# - ids: [CVE-2026-0000]\n"
    "#   severity: medium\n"
    "#   range: major\n"
    "#   comment: ''\n"
    "# override:                  whose reviews of this version should not count for you\n"
    "# - id-type: crev\n"
    "#   id: THEIR-ID\n"
    "#\n"
    "# unmaintained and alternatives are about the package, whatever the version: each review\n"
    "# replaces what your last one said about them.\n";

/* "# TEXT", whatever is in it on one line. */
static void remark(struct kith_buf *out, const char *fmt, ...) KITH_PRINTF(2, 3);

static void
remark(struct kith_buf *out, const char *fmt, ...)
{
	KITH_AUTO_BUF struct kith_buf line;
	va_list ap;

	kith_buf_init(&line, KITH_KIB(16));
	va_start(ap, fmt);
	kith_buf_vprintf(&line, fmt, ap);
	va_end(ap);
	kith_buf_put_str(out, "# ");
	kith_text_safe(out, kith_buf_carry(out, &line), 0);
	kith_buf_put_char(out, '\n');
}

static void
put_earlier(const struct kith_review *rv, struct kith_buf *out)
{
	const struct kith_proof *p = rv->latest;
	KITH_AUTO_BUF struct kith_buf date;

	kith_buf_init(&date, 64);
	if (!p)
		return;
	if (rv->previous) {
		kith_time_put_rfc3339(&date, rv->previous->date);
		remark(out, "Overwriting your review of %s", kith_buf_str(&date));
		kith_buf_reset(&date);
	}
	kith_time_put_rfc3339(&date, p->date);
	if (kith_proof_is_empty_review(p))
		remark(out, "Your latest review of this package: %.*s, %s, without a rating",
		       KITH_SPAN_FMT(p->package.version), kith_buf_str(&date));
	else
		remark(out,
		       "Your latest review of this package: %.*s, %s: %s, thoroughness %s, "
		       "understanding %s",
		       KITH_SPAN_FMT(p->package.version), kith_buf_str(&date),
		       kith_rating_name(p->rating), kith_level_name(p->thoroughness),
		       kith_level_name(p->understanding));
}

static void
put_head(const struct kith_review *rv, struct kith_buf *out)
{
	char digest[KITH_ID_TEXT + 1];

	put_earlier(rv, out);
	remark(out, "Package Review of %s %s", rv->target.name, rv->target.version);
	if (rv->options.diff_base)
		remark(out, "Diff base version: %s (you review what changed since)",
		       rv->base.version);
	kith_base64_id(digest, rv->bytes.digest.bytes);
	remark(out, "digest %s, of the archive with the %s checksum", digest,
	       rv->target.locked ? "lock file's" : "registry's");
	if (rv->bytes.revision[0])
		remark(out, "revision %s, as the package says itself", rv->bytes.revision);
	if (rv->proof.has_llm)
		remark(out, "made %s a machine: %.*s", rv->proof.llm_human_guided ? "with" : "by",
		       KITH_SPAN_FMT(rv->proof.llm_model));
	kith_buf_put_char(out, '\n');
}

int
kith_review_draft(struct kith_review *review, char **ret_text, size_t *ret_len,
		  struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf out;

	kith_buf_init(&out, DRAFT_MAX);
	put_head(review, &out);
	kith_draft_put(&review->proof, review->proof.package.source, &out);
	kith_buf_put_str(&out, "\n\n");
	kith_buf_put_str(&out, help);
	return kith_app_take_text(&out, ret_text, ret_len, err);
}
