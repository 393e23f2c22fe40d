/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of the configuration: texts, words, numbers, durations, dates, ids, lists. Each reader
 * says what would have been right.
 */
#include "codec/base64.h"
#include "policy/config_read.h"

#define DAY 86400

const struct kith_config_word kith_config_levels[] = {
    {"low", KITH_LEVEL_LOW}, {"medium", KITH_LEVEL_MEDIUM}, {"high", KITH_LEVEL_HIGH}, {NULL, 0}};
const struct kith_config_word kith_config_grades[] = {{"none", KITH_LEVEL_NONE},
						      {"low", KITH_LEVEL_LOW},
						      {"medium", KITH_LEVEL_MEDIUM},
						      {"high", KITH_LEVEL_HIGH},
						      {NULL, 0}};

static int
wrong_type(const struct kith_config_reader *r, const struct kith_config_spot *at, const char *want)
{
	enum kith_toml_type type = (enum kith_toml_type)at->v->type;
	bool vowel = type == KITH_TOML_INTEGER || type == KITH_TOML_ARRAY;

	return kith_config_refuse_value(r, at, "must be %s, not %s %s", want, vowel ? "an" : "a",
					kith_toml_type_name(type));
}

/* --- texts --- */

/* Text that may stand on one line of any output: no control character, nothing invisible. */
static bool
is_plain(struct kith_span s)
{
	size_t pos = 0;
	uint32_t c;

	while (kith_utf8_next(s, &pos, &c))
		if (kith_text_is_unsafe(c))
			return false;
	return pos == s.len;
}

static int
read_text(const struct kith_config_reader *r, const struct kith_config_spot *at,
	  struct kith_span *ret)
{
	size_t max = at->f->max ? (size_t)at->f->max : KITH_MAX_CONFIG_WORD;
	struct kith_span s;

	if (at->v->type != KITH_TOML_STRING)
		return wrong_type(r, at, "a string");
	s = at->v->u.string;
	if (!s.len)
		return kith_config_refuse_value(r, at, "is empty");
	if (s.len > max)
		return kith_config_refuse_value(r, at, "has %zu bytes, at most %zu are allowed",
						s.len, max);
	if (!is_plain(s))
		return kith_config_refuse_value(
		    r, at, "has a control or invisible character: \"%.*s\"", KITH_CONFIG_SHOWN(s));
	*ret = s;
	return KITH_OK;
}

int
kith_config_text(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	return read_text(r, at, out);
}

int
kith_config_glob(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	struct kith_span s;
	int rc = read_text(r, at, &s);

	if (rc)
		return rc;
	if (kith_span_find(s, 0, ' ') < s.len)
		return kith_config_refuse_value(r, at, "is no glob, it has a blank: \"%.*s\"",
						KITH_CONFIG_SHOWN(s));
	memcpy(out, &s, sizeof(s));
	return KITH_OK;
}

int
kith_config_path(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	struct kith_config_field f = *at->f;
	struct kith_config_spot wide = *at;

	f.max = KITH_MAX_PATH;
	wide.f = &f;
	return read_text(r, &wide, out);
}

int
kith_config_relative(const struct kith_config_reader *r, const struct kith_config_spot *at,
		     void *out)
{
	struct kith_span s, rest, part;
	int rc = kith_config_path(r, at, &s);

	if (rc)
		return rc;
	for (rest = s; kith_span_next(&rest, '/', &part);)
		if (kith_span_is(part, ".."))
			return kith_config_refuse_value(r, at, "leads upwards: \"%.*s\"",
							KITH_CONFIG_SHOWN(s));
	if (s.ptr[0] == '/')
		return kith_config_refuse_value(r, at, "must be relative: \"%.*s\"",
						KITH_CONFIG_SHOWN(s));
	memcpy(out, &s, sizeof(s));
	return KITH_OK;
}

/* [user@]host:path, as the grammar of fetching has it; git's words for transports are no hosts. */
static bool
is_short_ssh(struct kith_span s)
{
	static const char *const words[] = {"https", "http", "ssh", "git", "file",
					    "ftp",   "ftps", "ext", "fd"};
	size_t i, colon = kith_span_find(s, 0, ':'), at = kith_span_find(s, 0, '@');

	if (colon < 2 || colon + 1 >= s.len || kith_span_find(s, 0, '/') < colon ||
	    memchr("-.~", s.ptr[0], 3) || !at || (at < colon && at + 1 == colon) ||
	    kith_span_starts(kith_span_sub(s, colon, SIZE_MAX), KITH_SPAN_LIT("://")))
		return false;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (kith_span_is(kith_span_sub(s, 0, colon), words[i]))
			return false;
	return true;
}

/*
 * Only what no fetcher could do otherwise than refuse is refused here; which schemes and hosts are
 * allowed depends on who names the URL (verdict.md 11).
 */
static bool
is_url(struct kith_span s)
{
	static const char *const schemes[] = {"https://", "ssh://", "http://", "git://", "file://"};
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || s.ptr[i] == '"' || s.ptr[i] == '\\')
			return false;
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (kith_span_skip(&s, schemes[i]))
			return s.len != 0;
	return is_short_ssh(s);
}

int
kith_config_url(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	struct kith_config_field f = *at->f;
	struct kith_config_spot wide = *at;
	struct kith_span s;
	int rc;

	f.max = KITH_MAX_URL;
	wide.f = &f;
	rc = read_text(r, &wide, &s);
	if (rc)
		return rc;
	if (!is_url(s))
		return kith_config_refuse_value(r, at, "is no URL: \"%.*s\"", KITH_CONFIG_SHOWN(s));
	memcpy(out, &s, sizeof(s));
	return KITH_OK;
}

int
kith_config_id(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	uint8_t bytes[KITH_ID_BYTES];

	_Static_assert(KITH_ID_BYTES == KITH_DIGEST_BYTES, "ids and digests are written alike");
	if (at->v->type != KITH_TOML_STRING)
		return wrong_type(r, at, "a string of 43 characters");
	if (!kith_base64_decode_exact(at->v->u.string, bytes, sizeof(bytes)))
		return kith_config_refuse_value(r, at,
						"must be 43 characters of base64url, not \"%.*s\"",
						KITH_CONFIG_SHOWN(at->v->u.string));
	memcpy(out, bytes, sizeof(bytes));
	return KITH_OK;
}

/* --- words, numbers --- */

/* "\"low\", \"medium\" or \"high\"" */
static void
put_words(struct kith_buf *b, const struct kith_config_word *w)
{
	size_t i;

	for (i = 0; w[i].word; i++)
		kith_buf_printf(b, "%s\"%s\"", !i ? "" : w[i + 1].word ? ", " : " or ", w[i].word);
}

static int
read_word(const struct kith_config_reader *r, const struct kith_config_spot *at, unsigned *ret)
{
	const struct kith_config_word *w = at->f->words;
	KITH_AUTO_BUF struct kith_buf b;
	int rc;

	kith_buf_init(&b, KITH_KIB(1));
	for (; at->v->type == KITH_TOML_STRING && w->word; w++) {
		if (kith_span_is(at->v->u.string, w->word)) {
			*ret = w->value;
			return KITH_OK;
		}
	}
	put_words(&b, at->f->words);
	rc = kith_buf_check(&b, r->err);
	if (rc)
		return rc;
	if (at->v->type != KITH_TOML_STRING)
		return wrong_type(r, at, kith_buf_str(&b));
	return kith_config_refuse_value(r, at, "must be %s, not \"%.*s\"", kith_buf_str(&b),
					KITH_CONFIG_SHOWN(at->v->u.string));
}

int
kith_config_word(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	unsigned value = 0;
	int rc = read_word(r, at, &value);

	_Static_assert(sizeof(enum kith_level) == sizeof(unsigned), "enums are unsigned");
	if (!rc)
		memcpy(out, &value, sizeof(value));
	return rc;
}

int
kith_config_flag(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	unsigned value = 0;
	int rc = read_word(r, at, &value);

	if (!rc)
		*(bool *)out = value != 0;
	return rc;
}

int
kith_config_boolean(const struct kith_config_reader *r, const struct kith_config_spot *at,
		    void *out)
{
	if (at->v->type != KITH_TOML_BOOLEAN)
		return wrong_type(r, at, "true or false");
	*(bool *)out = at->v->u.boolean;
	return KITH_OK;
}

static int
read_number(const struct kith_config_reader *r, const struct kith_config_spot *at, int64_t *ret)
{
	int64_t value = at->v->u.integer, min = at->f->min, max = at->f->max;

	if (at->v->type != KITH_TOML_INTEGER)
		return wrong_type(r, at, "an integer");
	if (value < min || value > max)
		return kith_config_refuse_value(r, at, "must be from %lld to %lld, not %lld",
						(long long)min, (long long)max, (long long)value);
	*ret = value;
	return KITH_OK;
}

int
kith_config_number(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	int64_t value = 0;
	int rc = read_number(r, at, &value);

	if (!rc)
		*(unsigned *)out = (unsigned)value;
	return rc;
}

int
kith_config_bytes(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	int64_t value = 0;
	int rc = read_number(r, at, &value);

	if (!rc)
		*(uint64_t *)out = (uint64_t)value;
	return rc;
}

/* --- durations, dates --- */

/* "7 days": a number, one blank, the unit in its singular or plural. */
static bool
is_duration(struct kith_span s, const char *unit, uint64_t *ret)
{
	struct kith_span number, word;
	size_t n = strlen(unit);

	if (!kith_span_next(&s, ' ', &number) || !kith_span_u64(number, ret))
		return false;
	word = s;
	return kith_span_starts(word, kith_span_str(unit)) &&
	       (word.len == n || (word.len == n + 1 && word.ptr[n] == 's'));
}

static int
read_duration(const struct kith_config_reader *r, const struct kith_config_spot *at,
	      const char *unit, uint64_t max, uint64_t *ret)
{
	struct kith_span s = at->v->u.string;
	uint64_t n;

	if (!is_duration(s, unit, &n))
		return kith_config_refuse_value(
		    r, at, "must be a duration such as \"7 %ss\", not \"%.*s\"", unit,
		    KITH_CONFIG_SHOWN(s));
	if (n > max)
		return kith_config_refuse_value(r, at, "must be at most %llu %ss, not \"%.*s\"",
						(unsigned long long)max, unit,
						KITH_CONFIG_SHOWN(s));
	*ret = n;
	return KITH_OK;
}

int
kith_config_days(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	uint64_t days = 0;
	int rc;

	if (at->v->type != KITH_TOML_STRING)
		return wrong_type(r, at, "a duration such as \"7 days\"");
	rc = read_duration(r, at, "day", KITH_MAX_CONFIG_DAYS, &days);
	if (!rc)
		*(int64_t *)out = (int64_t)days * DAY;
	return rc;
}

int
kith_config_seconds(const struct kith_config_reader *r, const struct kith_config_spot *at,
		    void *out)
{
	uint64_t seconds = 0;
	int rc;

	if (at->v->type == KITH_TOML_INTEGER)
		return kith_config_number(r, at, out);
	if (at->v->type != KITH_TOML_STRING)
		return wrong_type(r, at,
				  "a number of seconds, or a duration such as \"60 seconds\"");
	rc = read_duration(r, at, "second", (uint64_t)at->f->max, &seconds);
	if (!rc && seconds < (uint64_t)at->f->min)
		return kith_config_refuse_value(r, at, "must be at least %lld second",
						(long long)at->f->min);
	if (!rc)
		*(unsigned *)out = (unsigned)seconds;
	return rc;
}

int
kith_config_date(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	const struct kith_toml_time *t = &at->v->u.time;
	struct kith_time time = {0, 0};

	if (at->v->type == KITH_TOML_STRING)
		return wrong_type(r, at, "a date without quotes such as 2030-12-31");
	if (at->v->type != KITH_TOML_LOCAL_DATE)
		return wrong_type(r, at, "a date such as 2030-12-31");
	time.sec = kith_days_from_civil(t->year, t->month, t->day) * DAY;
	memcpy(out, &time, sizeof(time));
	return KITH_OK;
}

/* --- lists --- */

/* The layout of all lists; an item's type does not matter to a pointer. */
struct list {
	void *items;
	size_t n;
};
_Static_assert(sizeof(struct list) == sizeof(struct kith_config_ids) &&
		   offsetof(struct list, n) == offsetof(struct kith_config_ids, n) &&
		   offsetof(struct list, n) == offsetof(struct kith_config_texts, n),
	       "lists are laid out alike");

static int
read_items(const struct kith_config_reader *r, const struct kith_config_spot *list,
	   const struct kith_toml *v, struct kith_map *known, struct list *l)
{
	struct kith_config_spot at = *list;
	bool added;
	int rc;

	for (; v; v = v->next) {
		at.v = v;
		rc = at.f->item(r, &at, (uint8_t *)l->items + l->n * at.f->item_size);
		if (!rc)
			rc = kith_map_add(known, v->u.string, 0, NULL, &added, r->err);
		if (rc)
			return rc;
		if (!added)
			return kith_config_refuse_value(r, &at, "has \"%.*s\" twice",
							KITH_CONFIG_SHOWN(v->u.string));
		l->n++;
	}
	return KITH_OK;
}

static int
read_list(const struct kith_config_reader *r, const struct kith_config_spot *at,
	  const struct kith_toml *first, size_t n, void *out)
{
	KITH_AUTO_MAP struct kith_map known;
	struct list l = {NULL, 0};
	size_t max = at->f->max ? (size_t)at->f->max : KITH_MAX_CONFIG_LIST;
	struct kith_config_field f = *at->f;
	struct kith_config_spot item = *at;
	int rc;

	kith_map_init(&known, NULL);
	if (n > max)
		return kith_config_refuse_value(r, at, "has %zu items, at most %zu are allowed", n,
						max);
	l.items = kith_arena_array(&r->config->arena, n, at->f->item_size);
	if (!l.items && n)
		return kith_fail_nomem(r->err);
	f.max = 0; /* the list's own maximum says nothing about its items */
	item.f = &f;
	rc = read_items(r, &item, first, &known, &l);
	if (!rc)
		memcpy(out, &l, sizeof(l));
	return rc;
}

int
kith_config_list(const struct kith_config_reader *r, const struct kith_config_spot *at, void *out)
{
	if (at->v->type != KITH_TOML_ARRAY)
		return wrong_type(r, at, "a list of strings");
	return read_list(r, at, at->v->first, at->v->count, out);
}

int
kith_config_string_or_list(const struct kith_config_reader *r, const struct kith_config_spot *at,
			   void *out)
{
	struct kith_toml one = *at->v;

	if (at->v->type == KITH_TOML_ARRAY)
		return kith_config_list(r, at, out);
	if (at->v->type != KITH_TOML_STRING)
		return wrong_type(r, at, "a string or a list of strings");
	one.next = NULL; /* what follows is the table's next key */
	return read_list(r, at, &one, 1, out);
}
