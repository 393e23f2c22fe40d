/* SPDX-License-Identifier: Apache-2.0 */
/* Differences as text for a terminal: everything of a package's is escaped, line by line. */
#include "app/activity.h"
#include "app/diff.h"

#define TEXT_MAX KITH_MIB(512)

struct printer {
	const struct kith_diff_options *o;
	const struct kith_app_comparison *c;
	struct kith_buf out;
};

static void
paint(struct printer *p, const char *code)
{
	if (p->o->color)
		kith_buf_printf(&p->out, "\033[%sm", code);
}

/* Tabs stay what they are; everything else that a terminal would obey or hide is written out. */
static void
put_code(struct printer *p, struct kith_span line)
{
	struct kith_span part;
	bool first = true;

	while (kith_span_next(&line, '\t', &part)) {
		if (!first)
			kith_buf_put_char(&p->out, '\t');
		first = false;
		kith_text_safe(&p->out, part, 0);
	}
}

static const char *
color_of(uint8_t c)
{
	return c == '+' ? "32" : c == '-' ? "31" : c == '@' ? "36" : NULL;
}

static void
put_hunks(struct printer *p, struct kith_span hunks)
{
	struct kith_span line;
	const char *color;

	while (kith_span_next(&hunks, '\n', &line)) {
		if (!line.len && !hunks.len)
			break;
		color = line.len ? color_of(line.ptr[0]) : NULL;
		if (color)
			paint(p, color);
		/* a line that ends in a tab or a blank shows it */
		put_code(p, line);
		if (color)
			paint(p, "0");
		kith_buf_put_char(&p->out, '\n');
	}
}

static struct kith_span
path_of(const struct kith_app_change *x)
{
	return x->new_file ? x->new_file->path : x->old_file->path;
}

static void
put_side(struct printer *p, const char *mark, const struct kith_app_tree *t,
	 const struct kith_app_file *f)
{
	paint(p, "1");
	if (f) {
		kith_buf_printf(&p->out, "%s %s-%s/", mark, t->picked.name, t->picked.version);
		kith_text_safe(&p->out, f->path, 0);
	} else {
		kith_buf_printf(&p->out, "%s /dev/null", mark);
	}
	paint(p, "0");
	kith_buf_put_char(&p->out, '\n');
}

static const char *
kind_of(const struct kith_app_file *f)
{
	return f->type == KITH_TREE_LINK ? "a symbolic link"
	       : f->executable           ? "executable"
					 : "plain";
}

static void
put_link(struct printer *p, const char *verb, const struct kith_app_file *f)
{
	if (!f || f->type != KITH_TREE_LINK)
		return;
	kith_buf_put_str(&p->out, verb);
	kith_text_safe(&p->out, f->target, 0);
	kith_buf_put_char(&p->out, '\n');
}

static void
put_sizes(struct printer *p, const char *what, const struct kith_app_change *x)
{
	kith_buf_printf(&p->out, "%s: %llu bytes before, %llu now\n", what,
			x->old_file ? (unsigned long long)x->old_file->size : 0ULL,
			x->new_file ? (unsigned long long)x->new_file->size : 0ULL);
}

/* Two plain files that differ and whose lines are not there to be seen. */
static bool
is_unseen(const struct kith_app_change *x)
{
	const struct kith_app_file *a = x->old_file, *b = x->new_file;

	return !x->compared && a && b && a->type == KITH_TREE_FILE && b->type == KITH_TREE_FILE &&
	       !kith_digest_eq(&a->content, &b->content);
}

/* What is to be said besides, or instead of, changed lines. */
static void
put_remarks(struct printer *p, const struct kith_app_change *x)
{
	const struct kith_app_file *a = x->old_file, *b = x->new_file;

	if (a && b && (a->type != b->type || a->executable != b->executable))
		kith_buf_printf(&p->out, "was %s, is %s\n", kind_of(a), kind_of(b));
	else if (!a && b->executable)
		kith_buf_put_str(&p->out, "is executable\n");
	put_link(p, "linked to ", a);
	put_link(p, "links to ", b);
	if (x->binary)
		put_sizes(p, "binary", x);
	else if ((a && a->too_large) || (b && b->too_large))
		put_sizes(p, "too large to compare", x);
	else if (is_unseen(x))
		kith_buf_put_str(&p->out, "it differs, but could not be compared\n");
}

static void
put_change(struct printer *p, const struct kith_app_change *x)
{
	put_side(p, "---", &p->c->base, x->old_file);
	put_side(p, "+++", &p->c->target, x->new_file);
	put_remarks(p, x);
	put_hunks(p, x->hunks);
}

static void
put_stat_line(struct printer *p, const struct kith_app_change *x, size_t columns)
{
	size_t used;

	kith_buf_put_char(&p->out, ' ');
	used = kith_text_safe(&p->out, path_of(x), 0);
	kith_buf_put_fill(&p->out, ' ', used < columns ? columns - used : 0);
	kith_buf_put_str(&p->out, " | ");
	if (x->binary)
		kith_buf_put_str(&p->out, "binary");
	else if (!x->compared)
		kith_buf_put_str(&p->out, "not compared");
	else {
		paint(p, "32");
		kith_buf_printf(&p->out, "+%u", x->added);
		paint(p, "0");
		kith_buf_put_char(&p->out, ' ');
		paint(p, "31");
		kith_buf_printf(&p->out, "-%u", x->removed);
		paint(p, "0");
	}
	if (!x->old_file)
		kith_buf_put_str(&p->out, " (new)");
	if (!x->new_file)
		kith_buf_put_str(&p->out, " (gone)");
	kith_buf_put_char(&p->out, '\n');
}

static void
put_stat(struct printer *p)
{
	const struct kith_app_comparison *c = p->c;
	unsigned long long added = 0, removed = 0;
	size_t i, columns = 0, n;

	for (i = 0; i < c->n; i++) {
		n = kith_text_columns(path_of(&c->changes[i]));
		columns = n > columns && n <= 60 ? n : columns;
		added += c->changes[i].added;
		removed += c->changes[i].removed;
	}
	for (i = 0; i < c->n; i++)
		put_stat_line(p, &c->changes[i], columns);
	kith_buf_printf(&p->out, "%zu file%s changed, %llu line%s added, %llu removed\n", c->n,
			c->n == 1 ? "" : "s", added, added == 1 ? "" : "s", removed);
}

static int
print(const struct kith_diff_options *o, const struct kith_app_comparison *c, char **ret_text,
      size_t *ret_len, struct kith_error *err)
{
	struct printer p = {.o = o, .c = c};
	size_t i;
	int r;

	kith_buf_init(&p.out, TEXT_MAX);
	if (o->stat)
		put_stat(&p);
	for (i = 0; !o->stat && i < c->n; i++)
		put_change(&p, &c->changes[i]);
	r = kith_app_take_text(&p.out, ret_text, ret_len, err);
	kith_buf_clear(&p.out);
	return r;
}

static void
warn_unconfirmed(struct kith_session *s, const struct kith_app_tree *t)
{
	if (!t->bytes.confirmed)
		kith_app_warn(s, "%s %s: nothing here states its checksum: these may be any bytes",
			      t->picked.name, t->picked.version);
}

int
kith_diff(struct kith_session *session, const struct kith_diff_options *options, char **ret_text,
	  size_t *ret_len, struct kith_error *err)
{
	KITH_AUTO_PICKER struct kith_app_picker picker = {0};
	struct kith_app_picked base, target;
	struct kith_app_comparison c = {0};
	int r;

	r = kith_app_picker_open(session, options->path, &picker, err);
	if (!r)
		r = kith_app_pick(&picker, options->package, &target, err);
	if (!r)
		r = kith_app_pick_version(&picker, &target, options->base, &base, err);
	if (!r)
		r = kith_app_compare(&picker, &base, &target, options->context, !options->stat, &c,
				     err);
	if (r)
		return r;
	warn_unconfirmed(session, &c.base);
	warn_unconfirmed(session, &c.target);
	r = print(options, &c, ret_text, ret_len, err);
	if (!r && !options->stat)
		r = kith_app_activity_compared(session, target.name, target.version,
					       &c.target.bytes.digest, base.version,
					       &c.base.bytes.digest, err);
	kith_app_comparison_clear(&c);
	return r;
}
