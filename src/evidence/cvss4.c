/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS 4.0 (advisories.md 3.3). Scores are tenths and the interpolation is a fraction, so that
 * nothing is rounded before the end. The reference adds 1e-6 before it rounds half up; no fraction
 * that can occur lies that near below a half, so half up is the same.
 */
#include "evidence/cvss_metrics.h"

enum {
	AV,
	AC,
	AT,
	PR,
	UI,
	VC,
	VI,
	VA,
	SC,
	SI,
	SA,
	BASE_COUNT,
	E = BASE_COUNT,
	CR,
	IR,
	AR,
	MODIFIED,
	SUPPLEMENTAL = MODIFIED + BASE_COUNT,
	V4_COUNT = SUPPLEMENTAL + 6
};

static const char *const urgencies[] = {"Clear", "Green", "Amber", "Red", NULL};

/* The modified metrics in the order of what they modify. */
static const struct cvss_metric v4[V4_COUNT] = {
    {"AV", "NALP", NULL},   {"AC", "LH", NULL},     {"AT", "NP", NULL},    {"PR", "NLH", NULL},
    {"UI", "NPA", NULL},    {"VC", "HLN", NULL},    {"VI", "HLN", NULL},   {"VA", "HLN", NULL},
    {"SC", "HLN", NULL},    {"SI", "HLN", NULL},    {"SA", "HLN", NULL},   {"E", "XAPU", NULL},
    {"CR", "XHML", NULL},   {"IR", "XHML", NULL},   {"AR", "XHML", NULL},  {"MAV", "XNALP", NULL},
    {"MAC", "XLH", NULL},   {"MAT", "XNP", NULL},   {"MPR", "XNLH", NULL}, {"MUI", "XNPA", NULL},
    {"MVC", "XHLN", NULL},  {"MVI", "XHLN", NULL},  {"MVA", "XHLN", NULL}, {"MSC", "XHLN", NULL},
    {"MSI", "XSHLN", NULL}, {"MSA", "XSHLN", NULL}, {"S", "XNP", NULL},    {"AU", "XNY", NULL},
    {"R", "XAUI", NULL},    {"V", "XDC", NULL},     {"RE", "XLMH", NULL},  {"U", "X", urgencies}};

/* From severe to mild: how many steps lie between two values. SC has no S, so its H is one. */
static const char *const steps[MODIFIED] = {"NALP", "LH",  "NP",  "NLH",  "NPA",
					    "HLN",  "HLN", "HLN", "?HLN", "SHLN",
					    "SHLN", "APU", "HML", "HML",  "HML"};

/* EQ3 and EQ6 go together: (0,0) (0,1) (1,0) (1,1) (2,1). */
enum { PAIR_00, PAIR_01, PAIR_10, PAIR_11, PAIR_21, PAIR_COUNT };

/* Tenths by EQ1 times two plus EQ2, the pair, EQ4, EQ5: FIRST's table of macrovectors. */
static const uint8_t table[6][PAIR_COUNT][3][3] = {
    {
	{{100, 98, 95}, {100, 93, 91}, {93, 89, 81}},
	{{99, 95, 92}, {96, 87, 81}, {90, 80, 68}},
	{{98, 95, 90}, {93, 89, 81}, {88, 78, 69}},
	{{95, 92, 84}, {92, 81, 65}, {80, 70, 48}},
	{{92, 82, 72}, {79, 69, 50}, {69, 55, 27}},
    },
    {
	{{99, 95, 92}, {95, 90, 84}, {92, 82, 72}},
	{{97, 92, 85}, {91, 83, 71}, {81, 71, 53}},
	{{95, 92, 85}, {92, 80, 70}, {84, 71, 50}},
	{{93, 85, 73}, {82, 72, 59}, {70, 52, 30}},
	{{86, 75, 52}, {71, 52, 29}, {63, 29, 17}},
    },
    {
	{{98, 94, 91}, {94, 86, 77}, {87, 74, 63}},
	{{95, 87, 81}, {89, 74, 64}, {75, 63, 49}},
	{{94, 88, 76}, {86, 74, 59}, {72, 57, 52}},
	{{89, 77, 67}, {76, 58, 50}, {57, 52, 25}},
	{{83, 70, 54}, {65, 58, 26}, {53, 21, 13}},
    },
    {
	{{95, 88, 76}, {90, 75, 61}, {77, 68, 52}},
	{{90, 76, 70}, {77, 62, 53}, {66, 59, 30}},
	{{89, 76, 62}, {74, 57, 47}, {61, 57, 24}},
	{{78, 67, 58}, {59, 57, 23}, {52, 29, 16}},
	{{71, 59, 30}, {58, 26, 15}, {23, 13, 6}},
    },
    {
	{{93, 86, 75}, {86, 74, 56}, {70, 52, 40}},
	{{87, 72, 58}, {74, 61, 34}, {54, 40, 22}},
	{{85, 74, 62}, {72, 55, 46}, {53, 34, 19}},
	{{75, 55, 51}, {57, 41, 19}, {36, 19, 8}},
	{{64, 51, 20}, {47, 21, 11}, {24, 9, 4}},
    },
    {
	{{88, 73, 60}, {73, 59, 41}, {54, 45, 20}},
	{{75, 53, 50}, {55, 40, 20}, {43, 22, 11}},
	{{75, 58, 40}, {61, 48, 20}, {46, 17, 8}},
	{{55, 45, 21}, {51, 18, 9}, {18, 7, 2}},
	{{53, 24, 14}, {24, 12, 5}, {10, 3, 1}},
    },
};

/* A group of metrics, and for each of its classes the most severe vectors and the depth. */
#define MAX_TOPS    5
#define MAX_MEMBERS 6
struct group {
	uint8_t count, members[MAX_MEMBERS];
	struct {
		const char *tops[MAX_TOPS];
		unsigned depth;
	} classes[PAIR_COUNT];
};

enum { EQ1, EQ2, EQ36, EQ4, EQ5, EQ_COUNT };

static const struct group groups[EQ5] = {
    {3, {AV, PR, UI}, {{{"NNN"}, 1}, {{"ANN", "NLN", "NNP"}, 4}, {{"PNN", "ALP"}, 5}}},
    {2, {AC, AT}, {{{"LN"}, 1}, {{"HN", "LP"}, 2}}},
    {6,
     {VC, VI, VA, CR, IR, AR},
     {{{"HHHHHH"}, 7},
      {{"HHLMMH", "HHHMMM"}, 6},
      {{"LHHHHH", "HLHHHH"}, 8},
      {{"LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"}, 8},
      {{"LLLHHH"}, 10}}},
    {3, {SC, SI, SA}, {{{"HSS"}, 6}, {{"HHH"}, 5}, {{"LLL"}, 4}}}};

/* The value that counts: the modified one, else the base one, else the most severe. */
static void
effective(const char l[CVSS_MAX_METRICS], char ret[MODIFIED])
{
	size_t i;

	for (i = 0; i < MODIFIED; i++) {
		char m = i < BASE_COUNT ? l[MODIFIED + i] : 0;

		ret[i] = m && m != 'X' ? m : l[i];
		if (!ret[i] || ret[i] == 'X')
			ret[i] = i == E ? 'A' : 'H';
	}
}

static bool
no_harm(const char g[MODIFIED])
{
	size_t i;

	for (i = VC; i <= SA; i++)
		if (g[i] != 'N')
			return false;
	return true;
}

static unsigned
classify_exploit(const char g[MODIFIED])
{
	int open = (g[AV] == 'N') + (g[PR] == 'N') + (g[UI] == 'N');

	return open == 3 ? 0 : open && g[AV] != 'P' ? 1 : 2;
}

static unsigned
classify_harm(const char g[MODIFIED])
{
	bool required = (g[CR] == 'H' && g[VC] == 'H') || (g[IR] == 'H' && g[VI] == 'H') ||
			(g[AR] == 'H' && g[VA] == 'H');

	if (g[VC] == 'H' && g[VI] == 'H')
		return required ? PAIR_00 : PAIR_01;
	if (g[VC] == 'H' || g[VI] == 'H' || g[VA] == 'H')
		return required ? PAIR_10 : PAIR_11;
	return PAIR_21; /* without a high harm nothing can be required of it */
}

static void
classify(const char g[MODIFIED], unsigned eq[EQ_COUNT])
{
	eq[EQ1] = classify_exploit(g);
	eq[EQ2] = !(g[AC] == 'L' && g[AT] == 'N');
	eq[EQ36] = classify_harm(g);
	eq[EQ4] = g[SI] == 'S' || g[SA] == 'S'                   ? 0
		  : g[SC] == 'H' || g[SI] == 'H' || g[SA] == 'H' ? 1
								 : 2;
	eq[EQ5] = g[E] == 'A' ? 0 : g[E] == 'P' ? 1 : 2;
}

static unsigned
look_up(const unsigned eq[EQ_COUNT])
{
	return table[2 * eq[EQ1] + eq[EQ2]][eq[EQ36]][eq[EQ4]][eq[EQ5]];
}

/* The score of the next lower class of one group; false if there is none. */
static bool
lower(const unsigned eq[EQ_COUNT], size_t group, unsigned *ret_tenths)
{
	static const uint8_t last[EQ_COUNT] = {2, 1, PAIR_21, 2, 2};
	static const uint8_t below[PAIR_COUNT] = {PAIR_01, PAIR_11, PAIR_11, PAIR_21, PAIR_21};
	unsigned next[EQ_COUNT], other;

	if (eq[group] == last[group])
		return false;
	memcpy(next, eq, sizeof(next));
	next[group] = group == EQ36 ? below[eq[group]] : eq[group] + 1;
	*ret_tenths = look_up(next);
	if (group == EQ36 && eq[group] == PAIR_00) {
		next[group] = PAIR_10;
		other = look_up(next);
		if (other > *ret_tenths)
			*ret_tenths = other;
	}
	return true;
}

static int
steps_between(size_t metric, char from, char to)
{
	const char *a = strchr(steps[metric], from), *b = strchr(steps[metric], to);

	return a && b ? (int)(b - a) : -1;
}

/* Steps from the first of the class's most severe vectors that is nowhere milder than ours. */
static unsigned
distance(const struct group *gr, unsigned class, const char g[MODIFIED])
{
	size_t t, i;
	int sum, d;

	for (t = 0; t < MAX_TOPS && gr->classes[class].tops[t]; t++) {
		for (i = 0, sum = 0; i < gr->count; i++) {
			d = steps_between(gr->members[i], gr->classes[class].tops[t][i],
					  g[gr->members[i]]);
			if (d < 0)
				break;
			sum += d;
		}
		if (i == gr->count)
			return (unsigned)sum;
	}
	return 0;
}

#define DEPTHS 840 /* every depth divides it */

static unsigned
interpolate(const char g[MODIFIED])
{
	unsigned eq[EQ_COUNT], value, low, n = 0, sum = 0, parts;
	size_t i;

	classify(g, eq);
	value = look_up(eq);
	for (i = 0; i < EQ_COUNT; i++) {
		if (!lower(eq, i, &low))
			continue;
		n++; /* EQ5's own share is always 0 */
		if (i != EQ5 && value > low)
			sum += (value - low) * distance(&groups[i], eq[i], g) *
			       (DEPTHS / groups[i].classes[eq[i]].depth);
	}
	if (!n)
		return value;
	parts = DEPTHS * n;
	if (sum >= value * parts)
		return 0;
	return (2 * (value * parts - sum) + parts) / (2 * parts);
}

const char *
cvss_score_4(struct kith_span rest, unsigned *ret_tenths)
{
	char l[CVSS_MAX_METRICS], g[MODIFIED];
	const char *why = cvss_read(rest, v4, V4_COUNT, l);
	size_t i;

	for (i = 0; !why && i < BASE_COUNT; i++)
		if (!l[i])
			why = "a mandatory metric is missing";
	if (why)
		return why;
	effective(l, g);
	*ret_tenths = no_harm(g) ? 0 : interpolate(g);
	return NULL;
}
