/* SPDX-License-Identifier: Apache-2.0 */
/* imports.lock of a cargo-vet store (cargo-vet.md A.3): who published what, and peers' audits. */
#include "evidence/vet_reader.h"

int
vet_read_publisher(struct vet_reader *r, const struct kith_toml *t, void *item)
{
	static const char *const keys[] = {
	    "version", "when", "user-id", "user-login", "user-name", "trusted-publisher", NULL};
	struct kith_vet_publisher *p = item;
	const struct kith_toml *user, *login, *name, *text;
	struct vet_fields f;
	int code;

	vet_fields(t, keys, &f);
	p->line = t->line;
	if ((code = vet_version(r, t, f.at[0], keys[0], &p->version)) ||
	    (code = vet_date(r, t, f.at[1], keys[1], &p->when)))
		return code;
	user = f.at[2];
	login = f.at[3];
	name = f.at[4];
	text = f.at[5];
	if (user && user->type == KITH_TOML_INTEGER && user->u.integer >= 0 && login &&
	    login->type == KITH_TOML_STRING && (!name || name->type == KITH_TOML_STRING)) {
		p->source =
		    (struct kith_vet_source){.is_user = true, .user = (uint64_t)user->u.integer};
		p->login = login->u.string;
		p->name = name ? name->u.string : KITH_SPAN_NONE;
		return KITH_OK;
	}
	if (!text || text->type != KITH_TOML_STRING)
		return vet_bad(r, t, "a publisher that is neither a user nor trusted-publisher");
	p->source = (struct kith_vet_source){.publisher = text->u.string};
	return KITH_OK;
}

int
vet_read_unpublished(struct vet_reader *r, const struct kith_toml *t, void *item)
{
	static const char *const keys[] = {"version", "audited_as", NULL};
	struct kith_vet_unpublished *u = item;
	struct vet_fields f;
	int code;

	vet_fields(t, keys, &f);
	code = vet_version(r, t, f.at[0], keys[0], &u->version);
	return code ? code : vet_version(r, t, f.at[1], keys[1], &u->audited_as);
}

static int
cmp_peer(const void *pa, const void *pb)
{
	const struct kith_vet_peer *a = pa, *b = pb;

	return kith_span_cmp(a->name, b->name);
}

static int
read_peers(struct vet_reader *r, const struct kith_toml *v, struct kith_vet_imports *i)
{
	const struct kith_toml *t = NULL, *peer, *x;
	int code = vet_table(r, v, "audits", &t);

	if (code || !t)
		return code;
	i->peers = kith_arena_array(&r->file->arena, t->count + 1, sizeof(*i->peers));
	if (!i->peers)
		return kith_fail_nomem(r->err);
	for (x = t->first; x; x = x->next) {
		i->peers[i->n_peers].name = x->key;
		if ((code = vet_table(r, x, "a peer", &peer)) ||
		    (code = vet_read_set(r, peer, &i->peers[i->n_peers].set)))
			return code;
		i->n_peers++;
	}
	if (i->n_peers)
		qsort(i->peers, i->n_peers, sizeof(*i->peers), cmp_peer);
	return KITH_OK;
}

int
kith_vet_read_imports(struct kith_span text, struct kith_vet_file **ret_file,
		      struct kith_error *err)
{
	static const char *const keys[] = {"unpublished", "publisher", "audits", NULL};
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	struct vet_reader r = {.how = KITH_VET_STRICT, .err = err};
	struct vet_fields at;
	int code = vet_file_new(text, &f, err);

	if (code)
		return code;
	r.file = f;
	vet_fields(kith_toml_root(f->doc), keys, &at);
	if ((code = vet_groups(&r, at.at[0], keys[0], sizeof(struct kith_vet_unpublished),
			       vet_read_unpublished, &f->imports.unpublished)) ||
	    (code = vet_groups(&r, at.at[1], keys[1], sizeof(struct kith_vet_publisher),
			       vet_read_publisher, &f->imports.publishers)) ||
	    (code = read_peers(&r, at.at[2], &f->imports)))
		return code;
	*ret_file = kith_steal(&f);
	return KITH_OK;
}
