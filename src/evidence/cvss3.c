/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base scores of CVSS 2.0, 3.0 and 3.1 (advisories.md 3.2, 3.4). The rounding rules make double
 * precision safe: over all vectors of 3.x they give the published scores.
 */
#include "evidence/cvss_metrics.h"

/* Weights in the order of a metric's letters. */
static double
weigh(const struct cvss_metric *m, char letter, const double *weights)
{
	const char *at = letter ? strchr(m->letters, letter) : NULL;

	return at ? weights[at - m->letters] : 0; /* absent: accepted, weighs nothing */
}

enum { V3_AV, V3_AC, V3_PR, V3_UI, V3_S, V3_C, V3_I, V3_A, V3_COUNT };

static const struct cvss_metric v3[V3_COUNT] = {
    {"AV", "NALP", NULL}, {"AC", "LH", NULL}, {"PR", "NLH", NULL}, {"UI", "NR", NULL},
    {"S", "UC", NULL},    {"C", "HLN", NULL}, {"I", "HLN", NULL},  {"A", "HLN", NULL}};

/* The next tenth up, unless x is one already as far as five decimals show. */
static unsigned
round_up(double x)
{
	uint64_t n = (uint64_t)(x * 100000 + 0.5);

	return (unsigned)(n / 10000 + (n % 10000 != 0));
}

static double
power_15(double x)
{
	double x3 = x * x * x, x5 = x3 * x * x;

	return x5 * x5 * x5;
}

const char *
cvss_score_3(struct kith_span rest, unsigned *ret_tenths)
{
	static const double av[] = {.85, .62, .55, .2}, ac[] = {.77, .44}, pr[] = {.85, .62, .27},
			    pr_changed[] = {.85, .68, .5}, ui[] = {.85, .62},
			    harm[] = {.56, .22, 0};
	char l[CVSS_MAX_METRICS];
	const char *why = cvss_read(rest, v3, V3_COUNT, l);
	bool changed = l[V3_S] == 'C';
	double iss, impact, total;

	if (why)
		return why;
	iss = 1 - (1 - weigh(&v3[V3_C], l[V3_C], harm)) * (1 - weigh(&v3[V3_I], l[V3_I], harm)) *
		      (1 - weigh(&v3[V3_A], l[V3_A], harm));
	impact = changed ? 7.52 * (iss - 0.029) - 3.25 * power_15(iss - 0.02) : 6.42 * iss;
	total = impact + 8.22 * weigh(&v3[V3_AV], l[V3_AV], av) * weigh(&v3[V3_AC], l[V3_AC], ac) *
			     weigh(&v3[V3_PR], l[V3_PR], changed ? pr_changed : pr) *
			     weigh(&v3[V3_UI], l[V3_UI], ui);
	if (changed)
		total *= 1.08;
	*ret_tenths = impact <= 0 ? 0 : total >= 10 ? 100 : round_up(total);
	return NULL;
}

enum { V2_AV, V2_AC, V2_AU, V2_C, V2_I, V2_A, V2_COUNT };

static const struct cvss_metric v2[V2_COUNT] = {{"AV", "LAN", NULL}, {"AC", "HML", NULL},
						{"AU", "MSN", NULL}, {"C", "NPC", NULL},
						{"I", "NPC", NULL},  {"A", "NPC", NULL}};

const char *
cvss_score_2(struct kith_span rest, unsigned *ret_tenths)
{
	static const double av[] = {.395, .646, 1}, ac[] = {.35, .61, .71}, au[] = {.45, .56, .704},
			    harm[] = {0, .275, .66};
	char l[CVSS_MAX_METRICS];
	const char *why = cvss_read(rest, v2, V2_COUNT, l);
	double impact, score;
	size_t i;

	for (i = 0; !why && i < V2_COUNT; i++)
		if (!l[i])
			why = "a metric is missing";
	if (why)
		return why;
	impact = 10.41 * (1 - (1 - weigh(&v2[V2_C], l[V2_C], harm)) *
				  (1 - weigh(&v2[V2_I], l[V2_I], harm)) *
				  (1 - weigh(&v2[V2_A], l[V2_A], harm)));
	score = (0.6 * impact +
		 0.4 * 20 * weigh(&v2[V2_AV], l[V2_AV], av) * weigh(&v2[V2_AC], l[V2_AC], ac) *
		     weigh(&v2[V2_AU], l[V2_AU], au) -
		 1.5) *
		1.176;
	*ret_tenths = impact <= 0 ? 0 : (unsigned)(score * 10 + 0.5);
	return NULL;
}
