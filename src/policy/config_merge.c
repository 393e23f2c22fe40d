/* SPDX-License-Identifier: Apache-2.0 */
/* What is in force where the user and the project both say something (verdict.md 12). */
#include "policy/config_tables.h"

/* The project's entries, then the user's, into fresh memory. */
static int
join(struct kith_config *c, const struct kith_config_table *t, const struct kith_config *user,
     const struct kith_config *project, struct kith_error *err)
{
	const struct kith_config *from[] = {project, user};
	uint8_t *joined = NULL;
	size_t n[2] = {0, 0}, total, i;

	for (i = 0; i < 2; i++)
		if (from[i])
			memcpy(&n[i], (const uint8_t *)from[i] + t->count, sizeof(n[i]));
	total = n[0] + n[1];
	if (!total)
		return KITH_OK;
	joined = kith_arena_array(&c->arena, total, t->size);
	if (!joined)
		return kith_fail_nomem(err);
	for (i = 0; i < 2; i++) {
		const uint8_t *entries;

		if (!n[i])
			continue;
		memcpy(&entries, (const uint8_t *)from[i] + t->offset, sizeof(entries));
		memcpy(joined + (i ? n[0] * t->size : 0), entries, n[i] * t->size);
	}
	memcpy((uint8_t *)c + t->offset, &joined, sizeof(joined));
	memcpy((uint8_t *)c + t->count, &total, sizeof(total));
	return KITH_OK;
}

static void
take_user(struct kith_config *c, const struct kith_config *user)
{
	c->names[KITH_CONFIG_USER] = user->names[KITH_CONFIG_USER];
	c->has_current_id = user->has_current_id;
	c->current_id_at = user->current_id_at;
	c->current_id = user->current_id;
	c->people = user->people;
	c->n_people = user->n_people;
	c->roots = user->roots;
	c->trust = user->trust;
	c->policy = user->policy;
	c->fetch = user->fetch;
}

static void
take_project(struct kith_config *c, const struct kith_config *project)
{
	c->names[KITH_CONFIG_PROJECT] = project->names[KITH_CONFIG_PROJECT];
	if (project->roots.at.line)
		c->roots = project->roots;
	if (project->trust.at.line)
		c->trust = project->trust;
	if (project->policy.at.line)
		c->policy = project->policy;
	c->lockfile = project->lockfile;
	c->rules = project->rules;
	c->n_rules = project->n_rules;
	c->policy.p.rules = project->policy.p.rules;
	c->policy.p.n_rules = project->policy.p.n_rules;
	c->exempts = project->exempts;
	c->n_exempts = project->n_exempts;
	c->exemptions = project->exemptions;
	c->n_exemptions = project->n_exemptions;
	c->accepts = project->accepts;
	c->n_accepts = project->n_accepts;
	c->acceptances = project->acceptances;
}

int
kith_config_merge(const struct kith_config *user, const struct kith_config *project,
		  struct kith_config **ret_config, struct kith_error *err)
{
	KITH_AUTO_CONFIG struct kith_config *c = kith_config_new(err);
	const struct kith_config_table *t;
	int rc = KITH_OK;
	size_t i;

	if (!c)
		return KITH_E_NOMEM;
	if (user)
		take_user(c, user);
	if (project)
		take_project(c, project);
	for (i = 0; (t = kith_config_tables[i]) && !rc; i++)
		if (t->shape == KITH_CONFIG_MANY && t->files == KITH_CONFIG_IN_BOTH)
			rc = join(c, t, user, project, err);
	if (!rc)
		*ret_config = kith_steal(&c);
	return rc;
}
