/* SPDX-License-Identifier: Apache-2.0 */
/* Reads such a list. An id that has two levels is refused: nobody could say which one is meant. */
#include "app/trust_map.h"
#include "codec/base64.h"

#define MAP_MAX KITH_MIB(16)

void
kith_app_trust_map_init(struct kith_app_trust_map *m)
{
	kith_map_init(&m->levels, NULL);
	kith_arena_init(&m->arena, MAP_MAX);
}

void
kith_app_trust_map_clear(struct kith_app_trust_map *m)
{
	kith_map_clear(&m->levels);
	kith_arena_clear(&m->arena);
}

static bool
read_level(struct kith_span word, enum kith_level *ret)
{
	int l;

	for (l = KITH_LEVEL_DISTRUST; l <= KITH_LEVEL_HIGH; l++) {
		*ret = (enum kith_level)l;
		if (kith_span_is(word, kith_level_name(*ret)))
			return true;
	}
	return false;
}

static int
bad_line(const char *name, size_t line, const char *why, struct kith_error *err)
{
	return kith_hint(err, kith_fail(err, KITH_E_FORMAT, "%s:%zu: %s", name, line, why),
			 "each line is an id and none, low, medium, high or distrust");
}

/* The first blank or tab ends a word. */
static struct kith_span
cut_word(struct kith_span *rest)
{
	struct kith_span word;
	size_t i;

	for (i = 0; i < rest->len && rest->ptr[i] != ' ' && rest->ptr[i] != '\t'; i++)
		;
	word = kith_span_sub(*rest, 0, i);
	*rest = kith_span_trim(kith_span_sub(*rest, i, SIZE_MAX));
	return word;
}

static int
read_line(struct kith_app_trust_map *m, struct kith_span text, const char *name, size_t line,
	  struct kith_error *err)
{
	enum kith_level level = KITH_LEVEL_NONE;
	struct kith_span word, key;
	struct kith_id id;
	size_t there;

	word = cut_word(&text);
	if (!kith_base64_decode_exact(word, id.bytes, KITH_ID_BYTES))
		return bad_line(name, line, "it does not begin with an id", err);
	if (!read_level(cut_word(&text), &level))
		return bad_line(name, line, "no level behind the id", err);
	if (kith_map_get(&m->levels, kith_span(id.bytes, KITH_ID_BYTES), &there))
		return there == (size_t)level
			   ? KITH_OK
			   : bad_line(name, line, "this id had another level before", err);
	if (m->levels.count >= KITH_MAX_CONFIG_ENTRIES)
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu ids", name,
				 KITH_MAX_CONFIG_ENTRIES);
	if (!kith_arena_copy(&m->arena, kith_span(id.bytes, KITH_ID_BYTES), &key))
		return kith_fail_nomem(err);
	return kith_map_add(&m->levels, key, (size_t)level, NULL, NULL, err);
}

int
kith_app_trust_map_parse(struct kith_app_trust_map *m, struct kith_span text, const char *name,
			 struct kith_error *err)
{
	struct kith_span s;
	size_t line;
	int r = KITH_OK;

	for (line = 1; !r && kith_span_next(&text, '\n', &s); line++) {
		s = kith_span_trim(s);
		if (s.len && s.ptr[0] != '#')
			r = read_line(m, s, name, line, err);
	}
	return r;
}

int
kith_app_trust_map_read(struct kith_app_trust_map *m, const char *path, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, MAP_MAX);
	r = kith_fs_read(path, &text, err);
	return r ? r : kith_app_trust_map_parse(m, kith_buf_span(&text), path, err);
}

bool
kith_app_trust_map_find(const struct kith_app_trust_map *m, const struct kith_id *id,
			enum kith_level *ret_level)
{
	size_t level;

	if (!kith_map_get(&m->levels, kith_span(id->bytes, KITH_ID_BYTES), &level))
		return false;
	*ret_level = (enum kith_level)level;
	return true;
}
