/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs a small web of trust for tests: reads lines, writes one proof repository a person below the
 * folder that is given. Keys are hashes of names, so nobody can ever trust what is made here.
 *   trust FROM TO LEVEL DATE [reach R] [scope GLOB] [until DATE]
 *   review FROM NAME VERSION DIGEST RATING DATE
 *   flood FROM N DATE      N statements about N ids that nobody has
 *   url NAME URL           what its later proofs say where it publishes
 * make_web --id NAME prints an id.
 */
#include "codec/base64.h"
#include "crypto/crypto.h"
#include "proof/write.h"

#define MAX_WORDS  16
#define FLOOD_IDS  300 /* of one proof: they fit KITH_MAX_PROOF_BODY */
#define MAX_PEOPLE 8

struct person {
	char name[64];
	uint8_t seed[KITH_SEED_BYTES];
	struct kith_id id;
	char url[200];
	struct kith_buf trusts, reviews;
};

struct maker {
	const char *folder;
	struct person people[MAX_PEOPLE];
	size_t n_people;
};

static void
check(int r, const struct kith_error *err)
{
	if (!r)
		return;
	fprintf(stderr, "make_web: %s\n", err->msg);
	exit(1);
}

static void
refuse(const char *what)
{
	fprintf(stderr, "make_web: %s\n", what);
	exit(2);
}

static void
key_of(struct kith_span name, uint8_t seed[KITH_SEED_BYTES], struct kith_id *ret_id)
{
	struct kith_digest d;
	struct kith_buf b;

	kith_buf_init(&b, 200);
	kith_buf_printf(&b, "kith test web: %.*s", KITH_SPAN_FMT(name));
	kith_blake2b(kith_buf_span(&b), &d);
	kith_buf_clear(&b);
	memcpy(seed, d.bytes, KITH_SEED_BYTES);
	kith_ed25519_public(seed, ret_id);
}

static struct kith_id
id_of(struct kith_span name)
{
	uint8_t seed[KITH_SEED_BYTES];
	struct kith_id id;

	key_of(name, seed, &id);
	return id;
}

static struct person *
find_person(struct maker *m, struct kith_span name)
{
	struct person *p;
	size_t i;

	for (i = 0; i < m->n_people; i++)
		if (kith_span_is(name, m->people[i].name))
			return &m->people[i];
	if (m->n_people == MAX_PEOPLE || name.len >= sizeof(p->name))
		refuse("too many people, or too long a name");
	p = &m->people[m->n_people++];
	snprintf(p->name, sizeof(p->name), "%.*s", KITH_SPAN_FMT(name));
	key_of(name, p->seed, &p->id);
	kith_buf_init(&p->trusts, KITH_MIB(16));
	kith_buf_init(&p->reviews, KITH_MIB(16));
	return p;
}

static struct kith_time
date_of(struct kith_span text)
{
	struct kith_time t;
	struct kith_buf b;
	int offset;

	kith_buf_init(&b, 100);
	kith_buf_put_span(&b, text);
	kith_buf_put_str(&b, text.len == 10 ? "T00:00:00Z" : "");
	if (!kith_time_parse(kith_buf_span(&b), &t, &offset))
		refuse("not a date");
	kith_buf_clear(&b);
	return t;
}

static struct kith_proof
start(const struct person *by, enum kith_proof_kind kind, struct kith_time date)
{
	struct kith_proof p = {.kind = kind,
			       .date = date,
			       .from = {.id = by->id, .valid = true, .url = kith_span_str(by->url)},
			       .level = KITH_LEVEL_NONE,
			       .thoroughness = KITH_LEVEL_MEDIUM,
			       .understanding = KITH_LEVEL_MEDIUM,
			       .reach = KITH_REACH_DELEGATE};

	return p;
}

static void
sign(const struct person *by, const struct kith_proof *p, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf body;
	struct kith_error err;

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	check(kith_proof_write_body(p, &body, &err), &err);
	check(kith_proof_sign(kith_buf_span(&body), by->seed, out, &err), &err);
}

static enum kith_level
level_of(struct kith_span text)
{
	char word[16];
	enum kith_level level;

	snprintf(word, sizeof(word), "%.*s", KITH_SPAN_FMT(text));
	if (!kith_level_parse(word, &level))
		refuse("not a level");
	return level;
}

static void
say(struct maker *m, const struct kith_span *w, size_t n)
{
	struct person *by = find_person(m, w[1]);
	struct kith_public_id to = {.id = id_of(w[2]), .valid = true};
	struct kith_proof p = start(by, KITH_PROOF_TRUST, date_of(w[4]));
	size_t i;

	p.ids = &to;
	p.n_ids = 1;
	p.level = level_of(w[3]);
	p.limited = n > 5;
	for (i = 5; i + 1 < n; i += 2) {
		if (kith_span_is(w[i], "scope")) {
			p.scope = w[i + 1];
		} else if (kith_span_is(w[i], "until")) {
			p.has_until = true;
			p.until = date_of(w[i + 1]);
		} else {
			p.reach = kith_span_is(w[i + 1], "reviews") ? KITH_REACH_REVIEWS
								    : KITH_REACH_INTRODUCE;
		}
	}
	sign(by, &p, &by->trusts);
}

static void
review(struct maker *m, const struct kith_span *w)
{
	struct person *by = find_person(m, w[1]);
	struct kith_proof p = start(by, KITH_PROOF_REVIEW, date_of(w[6]));

	p.package.source = kith_span_str("https://crates.io");
	p.package.name = w[2];
	p.package.version = w[3];
	p.package.digest_text = w[4];
	p.package.digest_valid = true;
	if (!kith_base64_decode_exact(w[4], p.package.digest.bytes, KITH_DIGEST_BYTES))
		refuse("not a digest");
	p.rating = kith_span_is(w[5], "negative") ? KITH_RATING_NEGATIVE
		   : kith_span_is(w[5], "strong") ? KITH_RATING_STRONG
						  : KITH_RATING_POSITIVE;
	sign(by, &p, &by->reviews);
}

/* In proofs of as many ids as one may hold. */
static void
flood(struct maker *m, const struct kith_span *w)
{
	static struct kith_public_id ids[FLOOD_IDS];
	struct person *by = find_person(m, w[1]);
	struct kith_proof p = start(by, KITH_PROOF_TRUST, date_of(w[3]));
	uint64_t n, i;

	if (!kith_span_u64(w[2], &n))
		refuse("not a number");
	p.level = KITH_LEVEL_LOW;
	p.ids = ids;
	for (i = 0; i < n; i++) {
		struct kith_public_id *id = &ids[p.n_ids++];

		memset(id, 0, sizeof(*id));
		id->valid = true;
		memcpy(id->id.bytes, &i, sizeof(i));
		if (p.n_ids < FLOOD_IDS && i + 1 < n)
			continue;
		sign(by, &p, &by->trusts);
		p.n_ids = 0;
		p.date.sec++;
	}
}

static void
publish_at(struct maker *m, const struct kith_span *w)
{
	struct person *by = find_person(m, w[1]);

	if (w[2].len >= sizeof(by->url))
		refuse("too long a URL");
	snprintf(by->url, sizeof(by->url), "%.*s", KITH_SPAN_FMT(w[2]));
}

static void
write_person(const struct maker *m, const struct person *p)
{
	char path[1000], text[KITH_ID_TEXT + 1];
	struct kith_error err;

	kith_base64_id(text, p->id.bytes);
	snprintf(path, sizeof(path), "%s/%s/%s", m->folder, p->name, text);
	check(kith_fs_mkdirs(path, 0755, &err), &err);
	snprintf(path, sizeof(path), "%s/%s/%s/trust.proof.crev", m->folder, p->name, text);
	check(kith_fs_replace(path, kith_buf_span(&p->trusts), 0644, &err), &err);
	snprintf(path, sizeof(path), "%s/%s/%s/reviews.proof.crev", m->folder, p->name, text);
	check(kith_fs_replace(path, kith_buf_span(&p->reviews), 0644, &err), &err);
}

static void
read_line(struct maker *m, struct kith_span line)
{
	struct kith_span words[MAX_WORDS], word;
	size_t n = 0;

	while (n < MAX_WORDS && kith_span_next(&line, ' ', &word))
		if (word.len)
			words[n++] = word;
	if (!n)
		return;
	if (kith_span_is(words[0], "trust") && n >= 5)
		say(m, words, n);
	else if (kith_span_is(words[0], "review") && n == 7)
		review(m, words);
	else if (kith_span_is(words[0], "flood") && n == 4)
		flood(m, words);
	else if (kith_span_is(words[0], "url") && n == 3)
		publish_at(m, words);
	else
		refuse("a line is not understood");
}

int
main(int argc, char **argv)
{
	static struct maker m;
	char line[1000];
	struct kith_error err;
	size_t i;

	check(kith_crypto_init(&err), &err);
	if (argc == 3 && strcmp(argv[1], "--id") == 0) {
		struct kith_id id = id_of(kith_span_str(argv[2]));

		kith_base64_id(line, id.bytes);
		puts(line);
		return 0;
	}
	if (argc != 2)
		refuse("usage: make_web FOLDER <LINES | make_web --id NAME");
	m.folder = argv[1];
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		read_line(&m, kith_span_str(line));
	}
	for (i = 0; i < m.n_people; i++) {
		write_person(&m, &m.people[i]);
		kith_buf_clear(&m.people[i].trusts);
		kith_buf_clear(&m.people[i].reviews);
	}
	return 0;
}
