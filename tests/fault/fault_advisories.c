/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading advisories, building a set, matching and making claims fails once. */
#include "evidence/advisory_set.h"
#include "evidence/osv_git.h"
#include "fault/wrap.h"

static const char rustsec[] =
    "```toml\n[advisory]\nid = \"RUSTSEC-2020-0001\"\npackage = \"a\"\ndate = \"2020-01-02\"\n"
    "aliases = [\"CVE-2020-1\"]\nurl = \"https://example.org\"\n[affected]\nos = [\"linux\"]\n"
    "functions = { \"a::b\" = [\"< 1\"] }\n[versions]\npatched = [\"^1.2\", \">= 3\"]\n"
    "unaffected = [\"< 0.1\"]\n```\n# Title\ntext\n";
static const char osv[] =
    "{\"id\":\"GHSA-1\",\"aliases\":[\"CVE-2020-1\"],\"summary\":\"s\",\"affected\":[{\"package\":"
    "{\"ecosystem\":\"crates.io\",\"name\":\"a\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":["
    "{\"introduced\":\"0\"},{\"fixed\":\"2\"}]}],\"versions\":[\"3.0.0\",\"x\"]},{\"package\":"
    "{\"ecosystem\":\"PyPI\",\"name\":\"A.b\"},\"versions\":[\"1\"]}]}";

struct input {
	enum kith_advisory_format format;
	const char *path, *text;
};

static int
build(struct kith_buf *out, struct kith_error *err)
{
	static const struct input inputs[] = {
	    {KITH_ADVISORY_RUSTSEC, "crates/a/RUSTSEC-2020-0001.md", rustsec},
	    {KITH_ADVISORY_RUSTSEC, "crates/a/RUSTSEC-2020-0002.md", "broken"},
	    {KITH_ADVISORY_OSV, "GHSA-1.json", osv}};
	KITH_AUTO_ADVISORY_BUILDER struct kith_advisory_builder *b = NULL;
	size_t i;
	int r = kith_advisory_builder_new(&b, err);

	for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]) && !r; i++)
		r = kith_advisory_builder_add(b, inputs[i].format, 0, kith_span_str(inputs[i].path),
					      kith_span_str(inputs[i].text), err);
	return r ? r : kith_advisory_builder_seal(b, out, err);
}

static int
ask(const struct kith_advisory_set *set, struct kith_error *err)
{
	const struct kith_advisory_claims_options o = {.n_databases = 0};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_advisory_claims c = {.count = 7};
	int r;

	kith_arena_init(&arena, KITH_MIB(1));
	r = kith_advisory_make_claims(set, KITH_ECO_CARGO, KITH_SPAN_LIT("a"),
				      KITH_SPAN_LIT("0.5.0"), &o, &arena, &c, err);
	if (r)
		return c.count == 7 ? r : KITH_E_INTERNAL;
	return c.count == 1 && c.items[0].n_other_ids == 2 && c.n_unknown == 1 ? KITH_OK
									       : KITH_E_INTERNAL;
}

static int
walk(struct kith_error *err)
{
	static const uint32_t first[] = {0, 0, 1}, parents[] = {0};
	static const struct kith_osv_commit_event e[] = {
	    {KITH_ADVISORY_INTRODUCED, KITH_OSV_EVERY_ROOT}, {KITH_ADVISORY_FIXED, 1}};
	const struct kith_osv_graph g = {2, first, parents};
	bool hit[2] = {false, true};
	int r = kith_osv_git_affected(&g, e, 2, hit, err);

	return hit[0] == (r == KITH_OK) && hit[1] == (r != KITH_OK) ? r : KITH_E_INTERNAL;
}

static int
work(struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf bytes;
	struct kith_advisory_set set;
	int r;

	kith_buf_init(&bytes, KITH_MIB(1));
	r = build(&bytes, err);
	if (!r)
		r = kith_advisory_set_open(kith_buf_span(&bytes), &set, err);
	if (!r)
		r = ask(&set, err);
	return r ? r : walk(err);
}

int
main(void)
{
	struct kith_error err;
	size_t n;
	int r;

	for (n = 1;; n++) {
		fault_arm(n);
		r = work(&err);
		if (!fault_hit())
			break;
		if (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	printf("%zu allocations failed once\n", n - 1);
	return r != KITH_OK || n < 50;
}
