/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading, merging and editing a configuration fails once. */
#include "fault/wrap.h"
#include "policy/config_edit.h"

#define A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const char user_text[] = "current-id = \"" A "\"\n[names]\nx = \"" A "\"\n"
				"[roots]\nids = [\"" A "\"]\nurls = [\"https://h/a\"]\n"
				"[[cap]]\nid = \"" A "\"\nlevel = \"low\"\n"
				"[[source]]\nkind = \"vet\"\nurl = \"https://h/\\u0061\"\n"
				"criteria-map = { a = \"b\" }\n[fetch]\nresolve = [\"h:1:::1\"]\n";
static const char project_text[] =
    "[policy]\nlevel = \"low\"\ncriteria = [\"a\"]\n[package.\"x*\"]\nindependent = 2\n"
    "[[exempt]]\npackage = \"a\"\nversion = \"1\"\nchecksum = \"0\"\nreason = \"r\"\n"
    "[[accept]]\npackage = \"a\"\nobjection = \"o\"\nreason = \"r\"\nuntil = 2030-01-01\n"
    "[[source]]\nkind = \"osv\"\npath = \"p\"\n[lockfile]\npaths = [\"l\"]\n";

static int
edit(struct kith_error *err)
{
	const struct kith_config_file_text f = {kith_span_str(project_text), "p",
						KITH_CONFIG_PROJECT};
	const struct kith_config_pair pairs[] = {
	    {.key = KITH_SPAN_LIT("package"), .text = KITH_SPAN_LIT("n")},
	    {.key = KITH_SPAN_LIT("objection"), .text = KITH_SPAN_LIT("n")},
	    {.key = KITH_SPAN_LIT("reason"), .text = KITH_SPAN_LIT("n")},
	    {.key = KITH_SPAN_LIT("added"), .type = KITH_PAIR_DATE}};
	const struct kith_config_entry entry = {pairs, 4};
	const struct kith_config_pair level = {.key = KITH_SPAN_LIT("level"),
					       .text = KITH_SPAN_LIT("high")};
	const size_t first = 0;
	KITH_AUTO_BUF struct kith_buf out;
	int rc;

	kith_buf_init(&out, KITH_MIB(1));
	rc = kith_config_edit_append(&f, "accept", &entry, 1, &out, err);
	if (!rc)
		rc = kith_config_edit_remove(&f, "exempt", &first, 1, &out, err);
	if (!rc)
		rc = kith_config_edit_set(&f, "policy", &level, &out, err);
	if (!rc)
		rc = kith_config_edit_set_entry(&f, "exempt", 0, &pairs[2], &out, err);
	return rc;
}

static int
work(struct kith_error *err)
{
	KITH_AUTO_CONFIG struct kith_config *user = NULL;
	KITH_AUTO_CONFIG struct kith_config *project = NULL;
	KITH_AUTO_CONFIG struct kith_config *both = NULL;
	int rc;

	rc = kith_config_read(kith_span_str(user_text), "u", KITH_CONFIG_USER, &user, err);
	if (!rc)
		rc = kith_config_read(kith_span_str(project_text), "p", KITH_CONFIG_PROJECT,
				      &project, err);
	if (!rc)
		rc = kith_config_merge(user, project, &both, err);
	if ((rc == KITH_OK) != (both != NULL))
		return KITH_E_INTERNAL;
	return rc ? rc : edit(err);
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
			fprintf(stderr, "allocation %zu: %d %s\n", n, r, err.msg);
			return 1;
		}
	}
	fault_arm(0);
	printf("%zu allocations failed once\n", n - 1);
	return r != KITH_OK || n < 50;
}
