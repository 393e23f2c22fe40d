/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading, judging, importing and claiming cargo-vet's files fails once. */
#include "evidence/vet_claims.h"
#include "evidence/vet_export.h"
#include "evidence/vet_import.h"
#include "evidence/vet_write.h"
#include "fault/wrap.h"
#include "unit/vet_store.h"

#define STORE                                                                                      \
	VET_CONFIG                                                                                 \
	"\n[imports.peer]\nurl = [\n"                                                              \
	"    \"https://a.example/a/quite/long/address/of/audits.toml\",\n"                         \
	"    \"https://b.example/b/quite/long/address/of/audits.toml\",\n]\n"                      \
	"\n[imports.peer.criteria-map]\nfine = \"careful\"\n"                                      \
	"\n[policy.app]\ndependency-criteria = { w = \"careful\" }\n"                              \
	"\n[policy.\"own:1.1.0\"]\naudit-as-crates-io = true\n"                                    \
	"\n[[exemptions.x]]\nversion = \"1.0.0\"\ncriteria = \"safe-to-deploy\"\n"

#define OWN                                                                                        \
	VET_AUDITS                                                                                 \
	"\n[criteria.careful]\ndescription = \"two\"\nimplies = \"safe-to-deploy\"\n"              \
	"\n[[wildcard-audits.w]]\nwho = \"Ada\"\ncriteria = [\"careful\", \"safe-to-run\"]\n"      \
	"user-id = 7 # grace\nstart = \"2023-01-01\"\nend = \"2024-06-30\"\n"                      \
	"\n[[audits.own]]\ncriteria = \"safe-to-deploy\"\nversion = \"1.0.0\"\n"                   \
	"\n[[audits.x]]\ncriteria = \"safe-to-run\"\nversion = \"2.0.0\"\n"                        \
	"\n[[audits.x]]\ncriteria = \"safe-to-deploy\"\nviolation = \"<1\"\n"                      \
	"\n[[audits.y]]\ncriteria = \"safe-to-deploy\"\ndelta = \"0.9.0 -> 1.0.0\"\n"

#define LOCK                                                                                       \
	VET_IMPORTS                                                                                \
	"\n[[unpublished.own]]\nversion = \"1.1.0\"\naudited_as = \"1.0.0\"\n"                     \
	"\n[[publisher.w]]\nversion = \"1.0.0\"\nwhen = \"2023-02-01\"\nuser-id = 7\n"             \
	"user-login = \"grace\"\n"                                                                 \
	"\n[audits.peer.criteria.fine]\ndescription = \"fine\"\n\n[audits.peer.audits]\n"

#define PEER                                                                                       \
	"[criteria.fine]\ndescription = \"fine\"\n[[audits.x]]\nwho = [\"a\", \"b\"]\n"            \
	"criteria = [\"fine\", \"unknown\"]\nversion = \"1.0.0\"\n[[audits.x]]\n"                  \
	"criteria = \"fine\"\nviolation = \" <1 \"\n[[audits.x]]\ncriteria = \"fine\"\n"           \
	"version = \"none\"\n"                                                                     \
	"[[wildcard-audits.w]]\ncriteria = \"fine\"\nuser-id = 7\nstart = \"2023-01-01\"\n"        \
	"end = \"2024-06-30\"\n"

static int
make_graph(struct kith_vet_graph **ret_graph, struct kith_error *err)
{
	KITH_AUTO_VET_GRAPH struct kith_vet_graph *g = NULL;
	struct kith_vet_node own = {.name = KITH_SPAN_LIT("own"), .id = KITH_SPAN_LIT("own")};
	int r = kith_vet_graph_new(&g, err);

	if (r || (r = vet_add(g, "app", "1.0.0", err)) || (r = vet_add(g, "w", "1.0.0", err)) ||
	    (r = vet_add(g, "x", "1.0.0", err)) || (r = vet_add(g, "y", "1.0.0", err)))
		return r;
	own.version.semver.major = own.version.semver.minor = 1;
	if ((r = kith_vet_graph_add(g, &own, err)) ||
	    (r = kith_vet_graph_dep(g, 0, 4, true, true, err)) ||
	    (r = kith_vet_graph_finish(g, err)))
		return r;
	*ret_graph = kith_steal(&g);
	return KITH_OK;
}

static int
judge(bool online, struct kith_error *err)
{
	static const struct kith_span texts[] = {{(const uint8_t *)PEER, sizeof(PEER) - 1},
						 {(const uint8_t *)PEER, sizeof(PEER) - 1}};
	struct kith_vet_live_peer peer = {KITH_SPAN_LIT("peer"), texts, 2};
	struct kith_vet_live live = {&peer, 1, KITH_SPAN_LIT(LOCK),
				     KITH_SPAN_LIT("[index]\nown = [\"1.0.0\"]\n")};
	KITH_CLEANUP(kith_vet_answer_freep) struct kith_vet_answer *a = NULL;
	KITH_AUTO_VET_GRAPH struct kith_vet_graph *g = NULL;
	KITH_AUTO_BUF struct kith_buf json;
	struct kith_vet_question q = {.config = KITH_SPAN_LIT(STORE),
				      .audits = KITH_SPAN_LIT(OWN),
				      .imports = KITH_SPAN_LIT(LOCK),
				      .live = online ? &live : NULL,
				      .today = 19600};
	int r;

	kith_buf_init(&json, KITH_MIB(1));
	r = make_graph(&g, err);
	q.graph = g;
	if (!r)
		r = kith_vet_judge(&q, &a, err);
	if (!r && a->conclusion != KITH_VET_FAIL_VETTING)
		return kith_fail(err, KITH_E_INTERNAL, "%s: %s",
				 kith_vet_conclusion_name(a->conclusion),
				 a->n_problems ? kith_vet_problem_name(a->problems[0].kind) : "");
	return r ? r : kith_vet_put_json(a, &json, err);
}

static int
run_locked(struct kith_error *err)
{
	return judge(false, err);
}

static int
run_online(struct kith_error *err)
{
	return judge(true, err);
}

static int
run_refused(struct kith_error *err)
{
	KITH_CLEANUP(kith_vet_answer_freep) struct kith_vet_answer *a = NULL;
	KITH_AUTO_VET_GRAPH struct kith_vet_graph *g = NULL;
	struct kith_vet_question q = {.config = KITH_SPAN_LIT(STORE "[policy.gone]\n"),
				      .audits = KITH_SPAN_LIT("[audits]\n[[audits.x]]\n"
							      "criteria = \"odd\"\n"
							      "version = \"1.0.0\"\n"),
				      .imports = KITH_SPAN_LIT("")};
	int r = make_graph(&g, err);

	q.graph = g;
	if (!r)
		r = kith_vet_judge(&q, &a, err);
	return r || a->conclusion == KITH_VET_ERROR ? r
						    : kith_fail(err, KITH_E_INTERNAL, "accepted");
}

static int
run_claims(struct kith_error *err)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL, *lock = NULL;
	KITH_AUTO_VET_CLAIMER struct kith_vet_claimer *c = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_vet_claims_of of = {.name = KITH_SPAN_LIT("peer")};
	const struct kith_vet_fact *facts;
	struct kith_claim *claims;
	size_t n;
	int r;

	kith_arena_init(&arena, KITH_MIB(1));
	if ((r = kith_vet_read_audits(KITH_SPAN_LIT(PEER), KITH_VET_LENIENT, &f, err)) ||
	    (r = kith_vet_read_imports(KITH_SPAN_LIT(LOCK), &lock, err)))
		return r;
	of.set = &f->set;
	if ((r = kith_vet_claimer_new(&of, &c, err)) ||
	    (r = kith_vet_claimer_claims(c, KITH_SPAN_NONE, &arena, &claims, &n, err)) ||
	    (r = kith_vet_facts(&lock->imports, &arena, &facts, &n, err)))
		return r;
	return n == 1 ? KITH_OK : kith_fail(err, KITH_E_INTERNAL, "%zu facts", n);
}

static int
run_export(struct kith_error *err)
{
	struct kith_claim claims[] = {
	    {.name = KITH_SPAN_LIT("a"),
	     .version = KITH_SPAN_LIT("1.0.0"),
	     .thoroughness = KITH_LEVEL_HIGH,
	     .rating = KITH_RATING_STRONG,
	     .comment = KITH_SPAN_LIT("fine")},
	    {.name = KITH_SPAN_LIT("a"), .version = KITH_SPAN_LIT("2.0.0-a+b")}};
	struct kith_vet_export_review x[] = {
	    {&claims[0], KITH_LEVEL_HIGH, KITH_SPAN_LIT("Ada"), KITH_SPAN_LIT("https://a")},
	    {&claims[1], KITH_LEVEL_HIGH, KITH_SPAN_NONE, KITH_SPAN_NONE}};
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_vet_set set;
	size_t left_out;
	int r;

	kith_arena_init(&arena, KITH_MIB(1));
	kith_buf_init(&out, KITH_MIB(1));
	r = kith_vet_export(x, 2, &arena, &set, &left_out, err);
	return r ? r : kith_vet_write_audits(&set, NULL, &out, err);
}

/* True if it gives up cleanly wherever memory ends, and works where it does not. */
static bool
check(const char *name, int (*run)(struct kith_error *))
{
	struct kith_error err = {.code = KITH_OK};
	size_t n;
	int r = KITH_OK;
	bool hit = true;

	for (n = 1; hit && n < 100000; n++) {
		fault_arm(n);
		r = run(&err);
		hit = fault_hit();
		fault_arm(0);
		if (hit && r != KITH_E_NOMEM) {
			fprintf(stderr, "%s, allocation %zu: %d %s\n", name, n, r, err.msg);
			return false;
		}
	}
	if (r || n < 10)
		fprintf(stderr, "%s: %d %s after %zu\n", name, r, err.msg, n);
	return !r && n >= 10;
}

int
main(void)
{
	bool ok = check("locked", run_locked);

	ok = check("online", run_online) && ok;
	ok = check("refused", run_refused) && ok;
	ok = check("export", run_export) && ok;
	return !(check("claims", run_claims) && ok);
}
