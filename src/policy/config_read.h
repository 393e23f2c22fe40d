/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a table of the configuration is described and read; nobody outside config*.c includes it. A
 * table is a list of fields; a field knows its key, how its value is read and where it goes.
 */
#ifndef KITH_POLICY_CONFIG_READ_H
#define KITH_POLICY_CONFIG_READ_H

#include "codec/toml.h"
#include "policy/config.h"

struct kith_config_reader {
	struct kith_config *config;
	enum kith_config_file file;
	struct kith_error *err;
};

struct kith_config_word {
	const char *word; /* NULL ends the list */
	unsigned value;
};

struct kith_config_field;

/* A value, and what messages need to know of it. */
struct kith_config_spot {
	const struct kith_toml *v;
	const struct kith_config_field *f;
	const char *table; /* as it is written: "[policy]" */
};

typedef int kith_config_reading(const struct kith_config_reader *r,
				const struct kith_config_spot *at, void *out);

struct kith_config_field {
	const char *key; /* NULL ends the list */
	kith_config_reading *read;
	size_t offset; /* into what the table fills */
	bool required;
	int64_t min, max; /* of numbers; of texts the most bytes (0: KITH_MAX_CONFIG_WORD) */
	const struct kith_config_word *words;
	kith_config_reading *item; /* of lists */
	size_t item_size;
};

/* How a table is written. */
enum kith_config_shape {
	KITH_CONFIG_ONE,  /* [name] */
	KITH_CONFIG_MANY, /* [[name]] */
	KITH_CONFIG_GLOBS /* [name."GLOB"] */
};

struct kith_config_table {
	const char *name;
	enum kith_config_shape shape;
	unsigned files; /* bit 1 << file */
	const struct kith_config_field *fields;
	size_t size;   /* of what one table fills; it begins with a struct kith_config_at */
	size_t offset; /* into struct kith_config: that thing, or a pointer to the first … */
	size_t count;  /* … and where their number goes */
	size_t max;
	/* What holds between keys. `seen` has bit 1 << i for the i-th field. May be NULL. */
	int (*finish)(const struct kith_config_reader *r, const struct kith_config_spot *at,
		      uint64_t seen, void *out);
	/* Appends what no two entries may share; nothing: this one may stand twice. May be NULL. */
	void (*identity)(const void *entry, struct kith_buf *out);
};

/* In the order of verdict.md 12; ended by a NULL name. */
extern const struct kith_config_table *const kith_config_tables[];

/* config_table.c */

/* KITH_E_FORMAT "NAME:LINE:COLUMN: …" with the place of v. */
KITH_PRINTF(3, 4)
int kith_config_refuse(const struct kith_config_reader *r, const struct kith_toml *v,
		       const char *fmt, ...);
/* As above with "'KEY' in TABLE " before it. */
KITH_PRINTF(3, 4)
int kith_config_refuse_value(const struct kith_config_reader *r, const struct kith_config_spot *at,
			     const char *fmt, ...);
/* Reads a table of that description, wherever it goes, into r->config. */
KITH_NODISCARD int kith_config_read_table(const struct kith_config_reader *r,
					  const struct kith_config_table *t,
					  const struct kith_toml *v);

/* config_value.c: what a value may be; `out` is of the type that is named here */
kith_config_reading kith_config_text;     /* struct kith_span */
kith_config_reading kith_config_glob;     /* struct kith_span */
kith_config_reading kith_config_url;      /* struct kith_span */
kith_config_reading kith_config_path;     /* struct kith_span */
kith_config_reading kith_config_relative; /* struct kith_span: a path that leads not upwards */
kith_config_reading kith_config_id;       /* 32 bytes: struct kith_id, struct kith_digest */
kith_config_reading kith_config_word;     /* an enum, or unsigned */
kith_config_reading kith_config_flag;     /* bool, by words */
kith_config_reading kith_config_boolean;  /* bool */
kith_config_reading kith_config_number;   /* unsigned */
kith_config_reading kith_config_bytes;    /* uint64_t */
kith_config_reading kith_config_days;     /* int64_t, in seconds */
kith_config_reading kith_config_seconds;  /* unsigned */
kith_config_reading kith_config_date;     /* struct kith_time */
kith_config_reading
    kith_config_list; /* a pointer to items and a size_t: struct kith_config_ids … */
kith_config_reading kith_config_string_or_list; /* the same; one string is a list of one */

extern const struct kith_config_word kith_config_levels[]; /* low, medium, high */
extern const struct kith_config_word kith_config_grades[]; /* none, low, medium, high */

/* True for values that messages show whole: cut to this many bytes. */
#define KITH_CONFIG_SHOWN(s) KITH_SPAN_FMT(kith_span_sub((s), 0, 60))

#endif
