/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `.verdict` text of one world: who trusts whom, what was said about packages, what is
 * required. Statements about people are those of `.wot` (wot_read.h); besides:
 *
 *   policy KEY VALUE                rule "GLOB" KEY VALUE… [replace reason TEXT]
 *   source NAME level L [object L] [actor A]
 *   pkg NAME@V [digest N] [checksum C | no-checksum] [from registry|vendored|git|path|local]
 *       [kind normal|build|dev|unknown] [publisher LOGIN] [first LOGIN] [published D] [yanked]
 *       [mismatch]
 *   review ID NAME@V negative|neutral|positive|strong|empty [thoroughness L] [understanding L]
 *       [digest N] [base V/N] [at D] [override ID,…] [llm assisted|autonomous]
 *       [issue ID:SEVERITY[:RANGE]]… [advisory ID,ID:SEVERITY[:RANGE]]… [previous D] [withdrawn]
 *       [as ID]
 *   audit SOURCE NAME V|V->V [criteria C,…] [seen D] [aggregated-from ACTOR]
 *   vouch SOURCE NAME LOGIN start D end D [criteria C,…]
 *   violation SOURCE NAME V,… [criteria C,…] [as ID]
 *   advisory SOURCE NAME V,… [kind K] [severity L] as ID
 *   exempt NAME@V checksum C [until D]        accept NAME OBJECTION-ID
 *   expect NAME@V STATUS INDEPENDENCE [WHAT…]
 */
#ifndef KITH_CASES_VERDICT_READ_H
#define KITH_CASES_VERDICT_READ_H

#include "cases/wot_read.h"
#include "policy/policy.h"

struct verdict_source {
	struct kith_span name, actor;
	enum kith_level level, object;
};

struct verdict_package {
	struct kith_package package;
	struct kith_subject subject; /* its package pointer is set by verdict_finish */
};

struct verdict_world {
	struct wot w;
	struct kith_policy policy;
	struct kith_rule *rules;
	size_t n_rules, cap_rules;
	struct verdict_source *sources;
	size_t n_sources, cap_sources;
	struct verdict_package *packages;
	size_t n_packages, cap_packages;
	struct kith_claim *claims;
	size_t n_claims, cap_claims;
	struct kith_exemption *exemptions;
	size_t n_exemptions, cap_exemptions;
	struct kith_acceptance *acceptances;
	size_t n_acceptances, cap_acceptances;
	bool only_people; /* no source, exempt or accept line */
	/* made by verdict_finish */
	const struct kith_id *keys; /* of the names in w */
	struct kith_evidence_source *evidence;
	struct kith_actors *actors;
};

void verdict_init(struct verdict_world *v);
void verdict_clear(struct verdict_world *v);
/* Reads and finishes. `text` outlives v. Errors: KITH_E_FORMAT with the line, LIMIT, NOMEM. */
KITH_NODISCARD int verdict_read(struct verdict_world *v, struct kith_span text,
				struct kith_error *err);
/* The package NAME@V, or NULL. */
const struct verdict_package *verdict_package(const struct verdict_world *v, struct kith_span key);

#endif
