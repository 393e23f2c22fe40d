/* SPDX-License-Identifier: Apache-2.0 */
/* cargo-vet's verdict: its JSON, what is said of refused stores, and what hostile stores cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/json.h"
#include "unit/vet_store.h"

static struct kith_error err;

struct run {
	struct kith_vet_graph *graph;
	struct kith_vet_answer *answer;
	struct kith_buf text;
};

static void
start(struct run *r, const char *name, const char *version)
{
	kith_buf_init(&r->text, KITH_MIB(64));
	assert_int_equal(vet_small_graph(name, version, &r->graph, &err), 0);
}

static int
judge(struct run *r, const char *config, struct kith_span audits, const char *imports, bool lenient)
{
	struct kith_vet_question q = {.config = kith_span_str(config),
				      .audits = audits,
				      .imports = kith_span_str(imports),
				      .graph = r->graph,
				      .lenient = lenient,
				      .today = 19783};

	return kith_vet_judge(&q, &r->answer, &err);
}

static void
stop(struct run *r)
{
	kith_vet_answer_free(r->answer);
	kith_vet_graph_free(r->graph);
	kith_buf_clear(&r->text);
}

static void
prints_success(void **state)
{
	struct run r = {.graph = NULL};

	(void)state;
	start(&r, "x", "1.0.0");
	assert_int_equal(
	    judge(&r, VET_CONFIG,
		  KITH_SPAN_LIT(VET_AUDITS "\n[[audits.x]]\ncriteria = "
					   "\"safe-to-deploy\"\nversion = \"1.0.0\"\n"),
		  VET_IMPORTS, false),
	    0);
	assert_int_equal(r.answer->conclusion, KITH_VET_SUCCESS);
	assert_int_equal(kith_vet_put_json(r.answer, &r.text, &err), 0);
	assert_string_equal(kith_buf_str(&r.text), "{\n"
						   "  \"conclusion\": \"success\",\n"
						   "  \"vetted_fully\": [\n"
						   "    {\n"
						   "      \"name\": \"x\",\n"
						   "      \"version\": \"1.0.0\"\n"
						   "    }\n"
						   "  ],\n"
						   "  \"vetted_partially\": [],\n"
						   "  \"vetted_with_exemptions\": []\n"
						   "}");
	kith_buf_reset(&r.text);
	kith_vet_put_summary(r.answer, &r.text);
	assert_string_equal(kith_buf_str(&r.text), "success (1 full)");
	stop(&r);
}

static void
prints_failures(void **state)
{
	struct run r = {.graph = NULL};

	(void)state;
	start(&r, "x", "1.0.0");
	assert_int_equal(
	    judge(&r, VET_CONFIG, KITH_SPAN_LIT(VET_AUDITS "\n[audits]\n"), VET_IMPORTS, false), 0);
	assert_int_equal(r.answer->conclusion, KITH_VET_FAIL_VETTING);
	assert_int_equal(kith_vet_put_json(r.answer, &r.text, &err), 0);
	assert_string_equal(kith_buf_str(&r.text), "{\n"
						   "  \"conclusion\": \"fail (vetting)\",\n"
						   "  \"failures\": [\n"
						   "    {\n"
						   "      \"name\": \"x\",\n"
						   "      \"version\": \"1.0.0\",\n"
						   "      \"missing_criteria\": [\n"
						   "        \"safe-to-deploy\"\n"
						   "      ]\n"
						   "    }\n"
						   "  ],\n"
						   "  \"suggest\": null\n"
						   "}");
	kith_buf_reset(&r.text);
	kith_vet_put_summary(r.answer, &r.text);
	assert_string_equal(kith_buf_str(&r.text), "fail (1 unvetted)");
	assert_int_equal(r.answer->rows[1].suggestion.n_candidates, 1);
	assert_null(r.answer->rows[1].suggestion.best); /* nobody said how to size */
	stop(&r);
}

static void
prints_violations(void **state)
{
	struct run r = {.graph = NULL};

	(void)state;
	start(&r, "x", "1.0.0");
	assert_int_equal(
	    judge(&r,
		  VET_CONFIG "\n[[exemptions.x]]\nversion = \"1.0.0\"\n"
			     "criteria = \"safe-to-deploy\"\nsuggest = false\n",
		  KITH_SPAN_LIT(VET_AUDITS
				"\n[[audits.x]]\nwho = [\"Ada\", \"Grace\"]\n"
				"criteria = \"safe-to-run\"\nversion = \"0.9.0\"\n"
				"importable = false\n"
				"\n[[audits.x]]\nwho = \"Ada\"\ncriteria = \"safe-to-run\"\n"
				"violation = \"<2\"\nnotes = \"evil\"\n"
				"aggregated-from = \"https://x\"\n"),
		  VET_IMPORTS, false),
	    0);
	assert_int_equal(r.answer->conclusion, KITH_VET_FAIL_VIOLATION);
	assert_int_equal(kith_vet_put_json(r.answer, &r.text, &err), 0);
	assert_string_equal(kith_buf_str(&r.text),
			    "{\n"
			    "  \"conclusion\": \"fail (violation)\",\n"
			    "  \"violations\": {\n"
			    "    \"x:1.0.0\": [\n"
			    "      {\n"
			    "        \"UnauditedConflict\": {\n"
			    "          \"violation_source\": null,\n"
			    "          \"violation\": {\n"
			    "            \"who\": \"Ada\",\n"
			    "            \"criteria\": \"safe-to-run\",\n"
			    "            \"version\": null,\n"
			    "            \"delta\": null,\n"
			    "            \"violation\": \"<2\",\n"
			    "            \"importable\": null,\n"
			    "            \"notes\": \"evil\",\n"
			    "            \"aggregated-from\": \"https://x\"\n"
			    "          },\n"
			    "          \"exemptions\": {\n"
			    "            \"version\": \"1.0.0\",\n"
			    "            \"criteria\": \"safe-to-deploy\",\n"
			    "            \"suggest\": false,\n"
			    "            \"notes\": null\n"
			    "          }\n"
			    "        }\n"
			    "      },\n"
			    "      {\n"
			    "        \"AuditConflict\": {\n"
			    "          \"violation_source\": null,\n"
			    "          \"violation\": {\n"
			    "            \"who\": \"Ada\",\n"
			    "            \"criteria\": \"safe-to-run\",\n"
			    "            \"version\": null,\n"
			    "            \"delta\": null,\n"
			    "            \"violation\": \"<2\",\n"
			    "            \"importable\": null,\n"
			    "            \"notes\": \"evil\",\n"
			    "            \"aggregated-from\": \"https://x\"\n"
			    "          },\n"
			    "          \"audit_source\": null,\n"
			    "          \"audit\": {\n"
			    "            \"who\": [\n"
			    "              \"Ada\",\n"
			    "              \"Grace\"\n"
			    "            ],\n"
			    "            \"criteria\": \"safe-to-run\",\n"
			    "            \"version\": \"0.9.0\",\n"
			    "            \"delta\": null,\n"
			    "            \"violation\": null,\n"
			    "            \"importable\": false,\n"
			    "            \"notes\": null\n"
			    "          }\n"
			    "        }\n"
			    "      }\n"
			    "    ]\n"
			    "  }\n"
			    "}");
	stop(&r);
}

static void
tells_why_a_store_is_refused(void **state)
{
	struct run r = {.graph = NULL};
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;

	(void)state;
	start(&r, "x", "1.0.0");
	assert_int_equal(
	    judge(&r, VET_CONFIG, KITH_SPAN_LIT("[audits]\n[[audits.x]]\n"), VET_IMPORTS, true), 0);
	assert_int_equal(r.answer->conclusion, KITH_VET_ERROR);
	assert_int_equal(r.answer->n_problems, 1);
	assert_int_equal(r.answer->problems[0].kind, KITH_VET_PARSE);
	kith_vet_problem_put(&r.text, &r.answer->problems[0]);
	assert_string_equal(kith_buf_str(&r.text),
			    "audits.toml is no file of cargo-vet: line 2: not exactly one of "
			    "version, delta, violation");
	kith_buf_reset(&r.text);
	assert_int_equal(kith_vet_put_json(r.answer, &r.text, &err), 0);
	assert_int_equal(kith_json_parse(kith_buf_span(&r.text), &doc, &err), 0);
	assert_non_null(kith_json_get(kith_json_root(doc), "error"));
	kith_buf_reset(&r.text);
	kith_vet_put_summary(r.answer, &r.text);
	assert_string_equal(kith_buf_str(&r.text), "error (1)");
	stop(&r);
}

static void
lenient_tells_and_goes_on(void **state)
{
	static const char config[] = "[policy.gone]\n[policy.x]\ncriteria = []\n";
	struct run r = {.graph = NULL};

	(void)state;
	start(&r, "x", "1.0.0");
	assert_int_equal(judge(&r, config, KITH_SPAN_LIT("[audits]\n"), "", false), 0);
	assert_int_equal(r.answer->conclusion, KITH_VET_ERROR);
	assert_int_equal(r.answer->problems[0].kind, KITH_VET_OUTDATED_STORE);
	kith_vet_answer_free(r.answer);
	assert_int_equal(judge(&r, config, KITH_SPAN_LIT("[audits]\n"), "", true), 0);
	assert_int_equal(r.answer->conclusion, KITH_VET_SUCCESS);
	assert_int_equal(r.answer->n_problems, 2);
	kith_vet_problem_put(&r.text, &r.answer->problems[0]);
	assert_string_equal(kith_buf_str(&r.text), "x 1.0.0 has a policy that must name a version");
	kith_buf_reset(&r.text);
	kith_vet_problem_put(&r.text, &r.answer->problems[1]);
	assert_string_equal(kith_buf_str(&r.text), "gone has a policy and is not needed");
	stop(&r);
}

static void
says_what_is_required_and_exempt(void **state)
{
	const struct kith_vet_exemption *x = NULL;
	struct run r = {.graph = NULL};
	struct kith_span names[4];

	(void)state;
	start(&r, "x", "1.0.0");
	assert_int_equal(judge(&r,
			       "[[exemptions.x]]\nversion = \"1.0.0\"\ncriteria = \"safe-to-run\"\n"
			       "[[exemptions.x]]\nversion = \"1.0.0\"\ncriteria = \"odd\"\n",
			       KITH_SPAN_LIT("[audits]\n[criteria.odd]\n"), "", true),
			 0);
	assert_int_equal(kith_vet_required_names(r.answer, 1, names, 4), 1);
	assert_true(kith_span_is(names[0], "safe-to-deploy"));
	assert_false(kith_vet_is_exempt(r.answer, 1, &x));
	kith_vet_answer_free(r.answer);
	assert_int_equal(judge(&r,
			       "[[exemptions.x]]\nversion = \"1.0.1\"\ncriteria = \"odd\"\n"
			       "[[exemptions.x]]\nversion = \"1.0.0\"\ncriteria = \"odd\"\n",
			       KITH_SPAN_LIT("[audits]\n[criteria.odd]\nimplies = "
					     "\"safe-to-deploy\"\n"),
			       "", true),
			 0);
	assert_true(kith_vet_is_exempt(r.answer, 1, &x));
	assert_int_equal(x->line, 4);
	stop(&r);
}

static void
circles_of_requirements_end(void **state)
{
	struct run r = {.graph = NULL};
	size_t i;

	(void)state;
	kith_buf_init(&r.text, 10);
	assert_int_equal(kith_vet_graph_new(&r.graph, &err), 0);
	assert_int_equal(vet_add(r.graph, "app", "1.0.0", &err), 0);
	assert_int_equal(vet_add(r.graph, "x", "1.0.0", &err), 0);
	assert_int_equal(vet_add(r.graph, "y", "1.0.0", &err), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(
		    kith_vet_graph_dep(r.graph, 1 + i % 2, 2 - i % 2, true, false, &err), 0);
	assert_int_equal(kith_vet_graph_finish(r.graph, &err), 0);
	assert_int_equal(judge(&r, "", KITH_SPAN_LIT("[audits]\n"), "", true), 0);
	assert_int_equal(r.answer->conclusion, KITH_VET_FAIL_VETTING);
	assert_int_equal(r.answer->counts[KITH_VET_FAILED], 2);
	stop(&r);
}

/* Deltas i → i+1 and back, in a ring of n versions. */
static void
put_ring(struct kith_buf *b, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		kith_buf_printf(b,
				"[[audits.x]]\ncriteria = \"safe-to-deploy\"\n"
				"delta = \"%u.0.0 -> %u.0.0\"\n",
				i, (i + 1) % n);
		kith_buf_printf(b,
				"[[audits.x]]\ncriteria = \"safe-to-deploy\"\n"
				"delta = \"%u.0.0 -> %u.0.0\"\n",
				(i + 1) % n, i);
	}
}

static void
long_rings_of_deltas_are_walked_once(void **state)
{
	struct run r = {.graph = NULL};
	KITH_AUTO_BUF struct kith_buf b;

	(void)state;
	kith_buf_init(&b, KITH_MIB(64));
	put_ring(&b, 20000);
	start(&r, "x", "7.0.0");
	assert_int_equal(judge(&r, "", kith_buf_span(&b), "", true), 0);
	assert_int_equal(r.answer->conclusion, KITH_VET_FAIL_VETTING);
	assert_int_equal(r.answer->rows[1].crate->n_versions, 20001);
	kith_vet_answer_free(r.answer);
	r.answer = NULL;
	kith_buf_put_str(&b,
			 "[[audits.x]]\ncriteria = \"safe-to-deploy\"\nversion = \"9999.0.0\"\n");
	assert_int_equal(judge(&r, "", kith_buf_span(&b), "", true), 0);
	assert_int_equal(r.answer->conclusion, KITH_VET_SUCCESS);
	assert_int_equal(r.answer->rows[1].ways[0].n_edges, 9999 - 7 + 1);
	stop(&r);
}

static void
too_many_violations_are_a_limit(void **state)
{
	struct run r = {.graph = NULL};
	KITH_AUTO_BUF struct kith_buf b;
	unsigned i;

	(void)state;
	kith_buf_init(&b, KITH_MIB(64));
	for (i = 0; i < 10000; i++)
		kith_buf_printf(
		    &b,
		    "[[audits.x]]\ncriteria = \"safe-to-run\"\nversion = \"%u.0.0\"\n"
		    "[[audits.x]]\ncriteria = \"safe-to-run\"\nviolation = \"=99999\"\n",
		    i);
	start(&r, "x", "7.0.0");
	assert_int_equal(judge(&r, "", kith_buf_span(&b), "", true), KITH_E_LIMIT);
	assert_null(r.answer);
	stop(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(prints_success),
	    cmocka_unit_test(prints_failures),
	    cmocka_unit_test(prints_violations),
	    cmocka_unit_test(tells_why_a_store_is_refused),
	    cmocka_unit_test(lenient_tells_and_goes_on),
	    cmocka_unit_test(says_what_is_required_and_exempt),
	    cmocka_unit_test(circles_of_requirements_end),
	    cmocka_unit_test(long_rings_of_deltas_are_walked_once),
	    cmocka_unit_test(too_many_violations_are_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
