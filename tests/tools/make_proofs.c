/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the example web of trust and the example project of proofs/: the same bytes on every run
 * and machine. Keys are hashes of published texts, so nobody can ever trust what is made here.
 */
#include "codec/base64.h"
#include "codec/json.h"
#include "crypto/tree.h"
#include "package/package.h"
#include "proof/write.h"

#define PREFIX       "kith-example-"
#define LOCKED       1U /* vendored and in Cargo.lock */
#define CHANGED      2U /* one vendored file was changed after it was reviewed */
#define IGNORED_FILE 4U /* the archive holds a .gitignore, which vendoring leaves out */
#define LOCAL        8U /* one of the project's own folders */

struct crate {
	const char *name, *version;
	unsigned flags;
	const char *description, *dependencies, *source;
};

static const struct crate crates[] = {
#define CRATE(name, version, flags, description, dependencies, source)                             \
	{name, version, flags, description, dependencies, source},
#include "tools/example_crates.def"
#undef CRATE
};
#define N_CRATES (sizeof(crates) / sizeof(crates[0]))

enum person { ADA, BEN, CORA, DOV, EVE, LEE, MAL };

static const char *const people[] = {"ada", "ben", "cora", "dov", "eve", "lee", "mal"};
#define N_PEOPLE (sizeof(people) / sizeof(people[0]))

struct key {
	uint8_t seed[KITH_SEED_BYTES];
	struct kith_id id;
	char url[64];
};

/* One proof file that is being filled. */
struct proof_file {
	char *path;
	struct kith_buf text;
};

struct maker {
	const char *root;
	struct key keys[N_PEOPLE];
	struct kith_digest salt;
	struct proof_file files[64];
	size_t n_files;
};

static void
check(int e, const struct kith_error *err)
{
	if (!e)
		return;
	fprintf(stderr, "make_proofs: %s\n", err->msg);
	exit(1);
}

static void
check_buf(const struct kith_buf *b)
{
	struct kith_error err;

	check(kith_buf_check(b, &err), &err);
}

static void
write_file(const struct maker *m, const char *path, const struct kith_buf *text)
{
	KITH_AUTO_FREE char *full = kith_fs_join(m->root, path);
	struct kith_error err;
	char *slash;

	check_buf(text);
	if (!full)
		exit(1);
	slash = strrchr(full, '/');
	*slash = '\0';
	check(kith_fs_mkdirs(full, 0755, &err), &err);
	*slash = '/';
	check(kith_fs_replace(full, kith_buf_span(text), 0644, &err), &err);
}

/* --- crates --- */

static const struct crate *
find_crate(const char *name, const char *version)
{
	size_t i;

	for (i = 0; i < N_CRATES; i++)
		if (!strcmp(crates[i].name, name) && !strcmp(crates[i].version, version))
			return &crates[i];
	fprintf(stderr, "make_proofs: no crate %s %s\n", name, version);
	exit(1);
}

/* Cuts "NAME=REQUIREMENT" off the list. */
static bool
next_dependency(struct kith_span *list, struct kith_span *ret_name, struct kith_span *ret_version)
{
	struct kith_span item;

	if (!kith_span_next(list, ' ', &item) || !kith_span_next(&item, '=', ret_name))
		return false;
	*ret_version = item;
	return ret_name->len > 0;
}

static void
put_dependencies(struct kith_buf *out, const char *dependencies)
{
	struct kith_span rest = kith_span_str(dependencies), name, version;
	bool first = true;

	for (; next_dependency(&rest, &name, &version); first = false)
		kith_buf_printf(out, "%s" PREFIX "%.*s = \"%.*s\"\n",
				first ? "\n[dependencies]\n" : "", KITH_SPAN_FMT(name),
				KITH_SPAN_FMT(version));
}

#define N_CRATE_FILES 3
static const char *const crate_files[N_CRATE_FILES] = {".gitignore", "Cargo.toml", "src/lib.rs"};

/* The text of one file of a crate; false if the crate has no such file. */
static bool
crate_file(const struct crate *c, size_t i, struct kith_buf *out)
{
	if (i == 0) {
		kith_buf_put_str(out, "/target\n");
		return c->flags & IGNORED_FILE;
	}
	if (i == 2) {
		kith_buf_put_str(out, c->source);
		return true;
	}
	kith_buf_printf(out,
			"[package]\nname = \"" PREFIX "%s\"\nversion = \"%s\"\nedition = \"2021\"\n"
			"description = \"%s (example crate of kith, not published)\"\n"
			"license = \"Apache-2.0\"\n",
			c->name, c->version, c->description);
	put_dependencies(out, c->dependencies);
	return true;
}

static struct kith_digest
crate_digest(const struct crate *c)
{
	struct kith_tree *tree = kith_tree_new(100, KITH_KIB(64));
	struct kith_blake2b_state *s = kith_blake2b_new();
	struct kith_digest digest;
	struct kith_error err;
	size_t i;

	if (!tree || !s)
		exit(1);
	for (i = 0; i < N_CRATE_FILES; i++) {
		KITH_AUTO_BUF struct kith_buf text;

		kith_buf_init(&text, KITH_KIB(64));
		if (!crate_file(c, i, &text))
			continue;
		kith_tree_hash_start(s, KITH_TREE_FILE);
		kith_blake2b_update(s, kith_buf_span(&text));
		kith_blake2b_finish(s, &digest);
		check(kith_tree_add(tree, kith_span_str(crate_files[i]), KITH_TREE_FILE, &digest,
				    &err),
		      &err);
	}
	check(kith_tree_digest(tree, NULL, 0, &digest, &err), &err);
	kith_tree_free(tree);
	kith_blake2b_free(s);
	return digest;
}

/* --- archives: what would lie in a registry; here only its checksum is needed --- */

static void
put_tar_header(struct kith_buf *out, const char *path, size_t size)
{
	char header[512] = {0};
	unsigned sum = 0;
	size_t i;

	snprintf(header, 100, "%s", path);
	snprintf(header + 100, 8, "%07o", 0644U);
	snprintf(header + 108, 8, "%07o", 0U);
	snprintf(header + 116, 8, "%07o", 0U);
	snprintf(header + 124, 12, "%011zo", size);
	snprintf(header + 136, 12, "%011o", 1U);
	memset(header + 148, ' ', 8);
	header[156] = '0';
	memcpy(header + 257, "ustar\00000", 8);
	for (i = 0; i < sizeof(header); i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 7, "%06o", sum);
	kith_buf_put(out, header, sizeof(header));
}

static void
put_tar(const struct crate *c, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < N_CRATE_FILES; i++) {
		KITH_AUTO_BUF struct kith_buf text;
		char path[100];

		kith_buf_init(&text, KITH_KIB(64));
		if (!crate_file(c, i, &text))
			continue;
		snprintf(path, sizeof(path), PREFIX "%s-%s/%s", c->name, c->version,
			 crate_files[i]);
		put_tar_header(out, path, text.len);
		kith_buf_put_span(out, kith_buf_span(&text));
		kith_buf_put_fill(out, '\0', (512 - text.len % 512) % 512);
	}
	kith_buf_put_fill(out, '\0', 1024);
}

static uint32_t
crc32_of(struct kith_span s)
{
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < s.len; i++) {
		crc ^= s.ptr[i];
		for (bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320U : 0);
	}
	return ~crc;
}

/* gzip with one stored block: no compressor's version can change the bytes. */
static void
put_archive(const struct crate *c, struct kith_buf *out)
{
	static const uint8_t head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
	KITH_AUTO_BUF struct kith_buf tar;
	uint8_t block[5] = {1};

	kith_buf_init(&tar, 65535);
	put_tar(c, &tar);
	check_buf(&tar);
	block[1] = (uint8_t)tar.len;
	block[2] = (uint8_t)(tar.len >> 8);
	block[3] = (uint8_t)~block[1];
	block[4] = (uint8_t)~block[2];
	kith_buf_put(out, head, sizeof(head));
	kith_buf_put(out, block, sizeof(block));
	kith_buf_put_span(out, kith_buf_span(&tar));
	kith_buf_put_u32(out, crc32_of(kith_buf_span(&tar)));
	kith_buf_put_u32(out, (uint32_t)tar.len);
}

static void
put_checksum(const struct crate *c, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf archive;
	uint8_t sum[KITH_SHA256_BYTES];

	kith_buf_init(&archive, KITH_MIB(1));
	put_archive(c, &archive);
	check_buf(&archive);
	kith_sha256(kith_buf_span(&archive), sum);
	kith_hex_put(out, sum, sizeof(sum));
}

static void
write_archives(const struct maker *m)
{
	size_t i;

	for (i = 0; i < N_CRATES; i++) {
		KITH_AUTO_BUF struct kith_buf archive;
		char path[128];

		kith_buf_init(&archive, KITH_MIB(1));
		put_archive(&crates[i], &archive);
		snprintf(path, sizeof(path), PREFIX "%s-%s.crate", crates[i].name,
			 crates[i].version);
		write_file(m, path, &archive);
	}
}

/* --- the project --- */

/* What happened after the review: the vendored copy no longer is what was published. */
static void
change(struct kith_buf *text)
{
	kith_buf_put_str(text, "\n/// Nobody has reviewed this function.\n"
			       "pub fn backdoor() -> bool {\n    true\n}\n");
}

static void
write_vendored(const struct maker *m, const struct crate *c)
{
	KITH_AUTO_BUF struct kith_buf sums, package;
	char path[256];
	size_t i;

	kith_buf_init(&sums, KITH_KIB(64));
	kith_buf_init(&package, 100);
	kith_buf_put_str(&sums, "{\"files\":{");
	for (i = 1; i < N_CRATE_FILES; i++) {
		KITH_AUTO_BUF struct kith_buf text;
		uint8_t sum[KITH_SHA256_BYTES];

		kith_buf_init(&text, KITH_KIB(64));
		crate_file(c, i, &text);
		kith_sha256(kith_buf_span(&text), sum);
		kith_buf_printf(&sums, "%s\"%s\":\"", i == 1 ? "" : ",", crate_files[i]);
		kith_hex_put(&sums, sum, sizeof(sum));
		kith_buf_put_char(&sums, '"');
		if (i == 2 && (c->flags & CHANGED))
			change(&text);
		snprintf(path, sizeof(path), "project/vendor/" PREFIX "%s/%s", c->name,
			 crate_files[i]);
		write_file(m, path, &text);
	}
	put_checksum(c, &package);
	kith_buf_printf(&sums, "},\"package\":\"%s\"}", kith_buf_str(&package));
	snprintf(path, sizeof(path), "project/vendor/" PREFIX "%s/.cargo-checksum.json", c->name);
	write_file(m, path, &sums);
}

static void
put_locked(struct kith_buf *out, const struct crate *c)
{
	struct kith_span rest = kith_span_str(c->dependencies), name, version;
	bool first = true;

	kith_buf_printf(out, "\n[[package]]\nname = \"" PREFIX "%s\"\nversion = \"%s\"\n", c->name,
			c->version);
	if (!(c->flags & LOCAL)) {
		kith_buf_put_str(
		    out, "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
			 "checksum = \"");
		put_checksum(c, out);
		kith_buf_put_str(out, "\"\n");
	}
	for (; next_dependency(&rest, &name, &version); first = false)
		kith_buf_printf(out, "%s \"" PREFIX "%.*s\",\n", first ? "dependencies = [\n" : "",
				KITH_SPAN_FMT(name));
	if (!first)
		kith_buf_put_str(out, "]\n");
}

static void
write_packages(const struct maker *m)
{
	KITH_AUTO_BUF struct kith_buf lock;
	size_t i;

	kith_buf_init(&lock, KITH_KIB(64));
	kith_buf_put_str(&lock, "# This file is automatically @generated by Cargo.\n"
				"# It is not intended for manual editing.\nversion = 3\n");
	for (i = 0; i < N_CRATES; i++) {
		if (!(crates[i].flags & LOCKED))
			continue;
		put_locked(&lock, &crates[i]);
		if (!(crates[i].flags & LOCAL))
			write_vendored(m, &crates[i]);
	}
	write_file(m, "project/Cargo.lock", &lock);
}

static const struct {
	const char *path, *text;
} project_files[] = {
    {".cargo/config.toml", "[source.crates-io]\nreplace-with = \"vendored-sources\"\n\n"
			   "[source.vendored-sources]\ndirectory = \"vendor\"\n"},
    {"Cargo.toml",
     "# An example project for kith; nobody should use it for anything else.\n"
     "[package]\nname = \"" PREFIX "app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"
     "publish = false\n\n"
     "[workspace]\nmembers = [\"core\"]\n\n"
     "[dependencies]\n" PREFIX "args = \"2.1.0\"\n" PREFIX "bits = \"0.9.0\"\n" PREFIX
     "clock = \"0.1.4\"\n" PREFIX "color = \"1.3.0\"\n" PREFIX
     "copied = { path = \"copied\" }\n" PREFIX "core = { path = \"core\" }\n" PREFIX
     "hash = \"1.0.0\"\n" PREFIX "json = \"1.1.0\"\n" PREFIX "log = \"0.3.0\"\n" PREFIX
     "old = \"0.4.0\"\n" PREFIX "parse = \"2.0.0\"\n" PREFIX "rare = \"0.1.0\"\n\n"
     "[build-dependencies]\n" PREFIX "wide = \"1.0.0\"\n\n"
     "[dev-dependencies]\n" PREFIX "quick = \"3.0.0\"\n"},
    {"build.rs", "fn main() {\n"
		 "    assert!(kith_example_wide::width(\"kith\") == 4);\n"
		 "}\n"},
    {"src/main.rs",
     "use kith_example_copied::twice;\nuse kith_example_core::clamp;\n"
     "use kith_example_log::line;\n\n"
     "fn main() {\n"
     "    let words = kith_example_args::words(\"one two  three\");\n"
     "    println!(\"{}\", line(61, &kith_example_json::list(&words)));\n"
     "    println!(\"{}\", kith_example_color::name(clamp(9, 7) as usize));\n"
     "    println!(\"{}\", kith_example_bits::count(kith_example_hash::hash(\"kith\")));\n"
     "    println!(\"{}\", kith_example_old::pad(&kith_example_clock::show(90), 12));\n"
     "    println!(\"{}\", twice(kith_example_parse::number(\"21\")));\n"
     "    println!(\"{}\", kith_example_rare::reverse(\"htik\"));\n"
     "}\n\n"
     "#[test]\nfn numbers_differ() {\n"
     "    let mut state = 1;\n"
     "    assert_ne!(kith_example_quick::next(&mut state), kith_example_quick::next(&mut state));\n"
     "}\n"},
    {"core/Cargo.toml", "[package]\nname = \"" PREFIX "core\"\nversion = \"0.1.0\"\n"
			"edition = \"2021\"\npublish = false\n\n"
			"[dependencies]\n" PREFIX "tiny = \"0.2.0\"\n"},
    {"core/src/lib.rs", "pub fn clamp(value: i64, limit: i64) -> i64 {\n"
			"    kith_example_tiny::smaller(value, limit)\n"
			"}\n"},
    {"copied/Cargo.toml", "[package]\nname = \"" PREFIX "copied\"\nversion = \"0.2.0\"\n"
			  "edition = \"2021\"\n"},
    {"copied/src/lib.rs", "//! Copied from somewhere, once.\n\n"
			  "pub fn twice(value: i64) -> i64 {\n    2 * value\n}\n"},
};

static void
write_project(const struct maker *m)
{
	size_t i;

	for (i = 0; i < sizeof(project_files) / sizeof(project_files[0]); i++) {
		KITH_AUTO_BUF struct kith_buf text;
		char path[128];

		kith_buf_init(&text, KITH_KIB(64));
		kith_buf_put_str(&text, project_files[i].text);
		snprintf(path, sizeof(path), "project/%s", project_files[i].path);
		write_file(m, path, &text);
	}
	write_packages(m);
}

/* --- proofs --- */

static void
make_keys(struct maker *m)
{
	static const char salt[] = "kith example host salt";
	char text[64];
	size_t i;

	for (i = 0; i < N_PEOPLE; i++) {
		struct key *k = &m->keys[i];

		snprintf(text, sizeof(text), "kith example key of %s", people[i]);
		kith_sha256(kith_span_str(text), k->seed);
		kith_ed25519_public(k->seed, &k->id);
		snprintf(k->url, sizeof(k->url), "https://%s.example/crev-proofs", people[i]);
	}
	kith_blake2b(kith_span_str(salt), &m->salt);
}

static struct kith_public_id
id_of(const struct maker *m, enum person who)
{
	return (struct kith_public_id){.id = m->keys[who].id,
				       .url = kith_span_str(m->keys[who].url)};
}

/* The file at a path below the example's root, new or begun. */
static struct kith_buf *
file_at(struct maker *m, enum person who, const char *path)
{
	char *full = kith_asprintf("%s/%s", people[who], path);
	size_t i;

	if (!full)
		exit(1);
	for (i = 0; i < m->n_files; i++)
		if (!strcmp(m->files[i].path, full)) {
			free(full);
			return &m->files[i].text;
		}
	if (m->n_files == sizeof(m->files) / sizeof(m->files[0]))
		exit(1);
	m->files[m->n_files].path = full;
	kith_buf_init(&m->files[m->n_files].text, KITH_MIB(1));
	return &m->files[m->n_files++].text;
}

static struct kith_proof
start(const struct maker *m, enum kith_proof_kind kind, enum person by, const char *date)
{
	struct kith_proof p = {.kind = kind, .from = id_of(m, by)};

	p.thoroughness = p.understanding = KITH_LEVEL_NONE;
	p.rating = KITH_RATING_NEUTRAL;
	if (!kith_time_parse(kith_span_str(date), &p.date, &p.date_offset))
		exit(1);
	return p;
}

static void
sign(struct maker *m, enum person by, struct kith_proof *p, const char *comment)
{
	KITH_AUTO_BUF struct kith_buf body, path;
	struct kith_error err;
	struct kith_buf *out;

	kith_buf_init(&body, KITH_KIB(64));
	kith_buf_init(&path, 1000);
	p->comment = kith_span_str(comment);
	check(kith_proof_write_body(p, &body, &err), &err);
	kith_proof_put_path(p, kith_span(m->salt.bytes, sizeof(m->salt.bytes)), &path);
	check_buf(&path);
	out = file_at(m, by, kith_buf_str(&path));
	check(kith_proof_sign(kith_buf_span(&body), m->keys[by].seed, out, &err), &err);
	kith_buf_put_char(out, '\n');
}

static void
trust(struct maker *m, enum person by, const char *date, enum kith_level level, enum person whom,
      const char *comment)
{
	struct kith_proof p = start(m, KITH_PROOF_TRUST, by, date);
	struct kith_public_id id = id_of(m, whom);

	p.level = level;
	p.ids = &id;
	p.n_ids = 1;
	sign(m, by, &p, comment);
}

static struct kith_package_info
package(const char *name, const char *version, char full[64])
{
	struct kith_package_info info = {.source = KITH_SPAN_LIT(KITH_CRATES_IO)};

	snprintf(full, 64, PREFIX "%s", name);
	info.name = kith_span_str(full);
	info.version = kith_span_str(version);
	info.digest = crate_digest(find_crate(name, version));
	info.digest_valid = true;
	return info;
}

/* What reviews differ in; the rest is asked for by name. */
struct opinion {
	enum person by;
	const char *date, *name, *version, *base;
	enum kith_level thoroughness, understanding;
	enum kith_rating rating;
	const char *comment;
	const struct kith_proof_issue *issue;
	const struct kith_proof_advisory *advisory;
	const struct kith_proof_alternative *alternative;
	const char *llm;
	bool human_guided, unmaintained;
};

static void
review(struct maker *m, const struct opinion *o)
{
	struct kith_proof p = start(m, KITH_PROOF_REVIEW, o->by, o->date);
	char name[64], base[64];

	p.package = package(o->name, o->version, name);
	if (o->base) {
		p.base = package(o->name, o->base, base);
		p.has_base = true;
	}
	p.thoroughness = o->thoroughness;
	p.understanding = o->understanding;
	p.rating = o->rating;
	p.issues = o->issue;
	p.n_issues = o->issue ? 1 : 0;
	p.advisories = o->advisory;
	p.n_advisories = o->advisory ? 1 : 0;
	p.alternatives = o->alternative;
	p.n_alternatives = o->alternative ? 1 : 0;
	p.unmaintained = o->unmaintained;
	if (o->llm) {
		p.has_llm = true;
		p.llm_model = kith_span_str(o->llm);
		p.llm_human_guided = o->human_guided;
	}
	sign(m, o->by, &p, o->comment ? o->comment : "");
}

/* As crev wrote in May 2019: another envelope, no kind, its emitter's double quotes. */
static void
legacy_review(struct maker *m, enum person by)
{
	KITH_AUTO_BUF struct kith_buf body, path;
	const struct crate *c = find_crate("old", "0.4.0");
	struct kith_digest digest = crate_digest(c);
	char id[KITH_ID_TEXT + 1], sum[KITH_ID_TEXT + 1];
	uint8_t sig[KITH_SIG_BYTES];
	struct kith_buf *out;

	kith_buf_init(&body, KITH_KIB(64));
	kith_buf_init(&path, 1000);
	kith_base64_id(id, m->keys[by].id.bytes);
	kith_base64_id(sum, digest.bytes);
	kith_buf_printf(
	    &body,
	    "version: -1\ndate: \"2019-05-20T21:14:08.250113742+02:00\"\nfrom:\n"
	    "  id-type: crev\n  id: \"%s\"\n  url: \"%s\"\npackage:\n"
	    "  source: \"https://crates.io\"\n  name: " PREFIX "%s\n  version: %s\n"
	    "  revision: \"\"\n  digest: \"%s\"\nreview:\n  thoroughness: medium\n"
	    "  understanding: high\n  rating: positive\ncomment: \"Small and clear.\"\n",
	    id, m->keys[by].url, c->name, c->version, sum);
	check_buf(&body);
	kith_ed25519_sign(m->keys[by].seed, kith_buf_span(&body), sig);
	kith_buf_printf(&path, "%s/reviews/2019-05-packages.proof.crev", id);
	out = file_at(m, by, kith_buf_str(&path));
	kith_buf_printf(out, "-----BEGIN CREV PACKAGE REVIEW-----\n%s", kith_buf_str(&body));
	kith_buf_put_str(out, "-----BEGIN CREV PACKAGE REVIEW SIGNATURE-----\n");
	kith_base64_put(out, sig, sizeof(sig));
	kith_buf_put_str(out, "\n-----END CREV PACKAGE REVIEW-----\n\n");
}

#define NONE   KITH_LEVEL_NONE
#define LOW    KITH_LEVEL_LOW
#define MEDIUM KITH_LEVEL_MEDIUM
#define HIGH   KITH_LEVEL_HIGH
/* "reviews with thoroughness and understanding, rates" */
#define SAYS(t, u, r) .thoroughness = (t), .understanding = (u), .rating = KITH_RATING_##r

static void
say_trust(struct maker *m)
{
	trust(m, ADA, "2025-03-01T09:00:00.5+01:00", HIGH, BEN,
	      "We have worked together for years.");
	trust(m, ADA, "2025-03-01T09:02:10+01:00", MEDIUM, LEE,
	      "Lee's reviews are a machine's; Lee says so in each.");
	trust(m, ADA, "2025-03-01T09:05:43+01:00", NONE, EVE, "");
	trust(m, BEN, "2025-02-10T18:30:00.123456+00:00", MEDIUM, CORA,
	      "Cora pr\xc3\xbc"
	      "ft gr\xc3\xbcndlich \xe2\x80\x93 \xe4\xb8\x81\xe5\xaf\xa7 \xf0\x9f\xa6\x80");
	trust(m, CORA, "2025-01-15T12:00:00+02:00", LOW, DOV, "");
	trust(m, CORA, "2025-01-15T12:10:00+02:00", LOW, MAL, "Met at a meetup.");
	trust(m, DOV, "2025-02-01T08:00:00-05:00", HIGH, CORA, "");
	trust(m, EVE, "2025-02-02T10:00:00+00:00", MEDIUM, ADA, "");
	trust(m, MAL, "2025-02-03T10:00:00+00:00", HIGH, EVE, "");
	/* ben is nearer to ada than cora, and distrust wins: mal is out */
	trust(m, BEN, "2025-04-02T07:45:00+00:00", KITH_LEVEL_DISTRUST, MAL,
	      "Praises packages that carry his own backdoors.\n\n"
	      "See the review of " PREFIX "color.");
}

static void
review_well(struct maker *m)
{
	review(m, &(struct opinion){BEN, "2025-03-10T10:00:00+00:00", "text", "1.0.0", NULL,
				    SAYS(HIGH, HIGH, STRONG), "Read every line."});
	review(m, &(struct opinion){BEN, "2025-03-10T10:30:00+00:00", "json", "1.0.0", NULL,
				    SAYS(MEDIUM, HIGH, POSITIVE), NULL});
	/* differential: only what changed since 1.0.0 */
	review(m, &(struct opinion){CORA, "2025-04-20T16:20:00.75+02:00", "json", "1.1.0", "1.0.0",
				    SAYS(MEDIUM, MEDIUM, POSITIVE), "Adds a list, nothing else."});
	review(m, &(struct opinion){ADA, "2025-03-12T11:11:11+01:00", "hash", "1.0.2", NULL,
				    SAYS(MEDIUM, HIGH, STRONG), "FNV-1a as published."});
	legacy_review(m, CORA);
}

static void
review_issues(struct maker *m)
{
	static const char id[] = "https://dov.example/log-injection";
	const struct kith_span advisory_id = kith_span_str(id);
	const struct kith_proof_issue injection = {
	    .id = advisory_id,
	    .severity = HIGH,
	    .comment = KITH_SPAN_LIT("A newline in the text\nforges a second log line.")};
	const struct kith_proof_advisory fixed = {.ids = &advisory_id,
						  .n_ids = 1,
						  .severity = HIGH,
						  .range = KITH_RANGE_ALL,
						  .comment =
						      KITH_SPAN_LIT("Line ends are replaced.")};
	const struct kith_proof_issue seconds = {.id =
						     KITH_SPAN_LIT("https://cora.example/clock-2"),
						 .severity = MEDIUM,
						 .comment = KITH_SPAN_LIT("Shows 61 s as 1:1.")};
	const struct kith_proof_alternative std = {KITH_SPAN_LIT(KITH_CRATES_IO),
						   KITH_SPAN_LIT(PREFIX "text")};

	review(m, &(struct opinion){DOV, "2025-02-20T08:00:00-05:00", "log", "0.2.0", NULL,
				    SAYS(MEDIUM, MEDIUM, NEGATIVE), NULL, .issue = &injection});
	review(m, &(struct opinion){CORA, "2025-03-22T14:00:00+02:00", "log", "0.3.0", NULL,
				    SAYS(MEDIUM, MEDIUM, POSITIVE), NULL, .advisory = &fixed});
	/* an issue that nothing has closed */
	review(m, &(struct opinion){CORA, "2025-03-23T09:00:00+02:00", "clock", "0.1.4", NULL,
				    SAYS(LOW, MEDIUM, NEUTRAL), NULL, .issue = &seconds});
	review(m, &(struct opinion){DOV, "2025-04-01T08:00:00-05:00", "clock", "0.1.5", NULL,
				    SAYS(LOW, LOW, POSITIVE), NULL});
	review(m, &(struct opinion){DOV, "2025-03-03T08:00:00-05:00", "parse", "2.0.0", NULL,
				    SAYS(LOW, LOW, POSITIVE), "Works for me."});
	review(m, &(struct opinion){BEN, "2025-03-11T17:00:00+00:00", "parse", "2.0.0", NULL,
				    SAYS(HIGH, HIGH, NEGATIVE),
				    "Takes what is no number for 0, silently."});
	review(m, &(struct opinion){ADA, "2025-04-05T10:00:00+02:00", "old", "0.4.0", NULL,
				    .thoroughness = NONE, .understanding = NONE,
				    .rating = KITH_RATING_NEUTRAL,
				    .comment = "Its author has moved on.", .alternative = &std,
				    .unmaintained = true});
}

/* Reviews that do not suffice, each for another reason. */
static void
review_badly(struct maker *m)
{
	review(m, &(struct opinion){BEN, "2025-03-10T12:00:00+00:00", "args", "2.0.0", NULL,
				    SAYS(MEDIUM, MEDIUM, POSITIVE), NULL});
	review(m, &(struct opinion){LEE, "2025-06-10T09:00:00+00:00", "bits", "0.9.0", NULL,
				    SAYS(HIGH, MEDIUM, POSITIVE), "Kernighan's way of counting.",
				    .llm = "example-model"});
	review(m, &(struct opinion){LEE, "2025-06-11T09:00:00+00:00", "text", "1.0.0", NULL,
				    SAYS(MEDIUM, MEDIUM, POSITIVE), NULL, .llm = "example-model",
				    .human_guided = true});
	review(m, &(struct opinion){MAL, "2025-03-30T23:59:59+00:00", "color", "1.3.0", NULL,
				    SAYS(HIGH, HIGH, STRONG), "Best crate ever, trust me."});
	review(m, &(struct opinion){BEN, "2025-03-13T08:00:00+00:00", "quick", "3.0.0", NULL,
				    SAYS(NONE, LOW, POSITIVE), "Only skimmed."});
	review(m, &(struct opinion){EVE, "2025-03-14T08:00:00+00:00", "tiny", "0.2.0", NULL,
				    SAYS(MEDIUM, HIGH, POSITIVE), NULL});
	review(m, &(struct opinion){CORA, "2025-03-24T09:00:00+02:00", "wide", "1.0.0", NULL,
				    SAYS(MEDIUM, MEDIUM, POSITIVE), NULL});
}

static void
write_proofs(struct maker *m)
{
	KITH_AUTO_BUF struct kith_buf root;
	char id[KITH_ID_TEXT + 1];
	size_t i;

	say_trust(m);
	review_well(m);
	review_issues(m);
	review_badly(m);
	for (i = 0; i < m->n_files; i++) {
		write_file(m, m->files[i].path, &m->files[i].text);
		free(m->files[i].path);
		kith_buf_clear(&m->files[i].text);
	}
	kith_buf_init(&root, 100);
	kith_base64_id(id, m->keys[ADA].id.bytes);
	kith_buf_printf(&root, "%s\n", id);
	write_file(m, "root.id", &root);
}

static void
print_people(const struct maker *m)
{
	char id[KITH_ID_TEXT + 1];
	size_t i;

	for (i = 0; i < N_PEOPLE; i++) {
		kith_base64_id(id, m->keys[i].id.bytes);
		printf("%s\t%s\n", people[i], id);
	}
}

int
main(int argc, char **argv)
{
	struct maker m = {0};
	struct kith_error err;

	check(kith_crypto_init(&err), &err);
	make_keys(&m);
	if (argc == 2 && !strcmp(argv[1], "--ids")) {
		print_people(&m);
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "--archives")) {
		m.root = argv[2];
		write_archives(&m);
		return 0;
	}
	if (argc != 2) {
		fputs("usage: make_proofs FOLDER | --archives FOLDER | --ids\n", stderr);
		return 2;
	}
	m.root = argv[1];
	write_project(&m);
	write_proofs(&m);
	return 0;
}
