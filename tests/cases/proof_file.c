/* SPDX-License-Identifier: Apache-2.0 */
/* Looking kind: one line a proof of each file: line, kind, status, author, cause. */
#include "cases/cases.h"
#include "proof/proof.h"

static void
print_text(struct kith_span s)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_MIB(1));
	kith_text_safe(&b, s, 0);
	fputs(b.len ? kith_buf_str(&b) : "-", stdout);
}

static void
print_item(const struct kith_proof_item *item)
{
	const struct kith_proof *p = &item->proof;

	printf("%u\t", item->line);
	print_text(p->kind_text);
	printf("\t%s\t", kith_proof_status_name(item->status));
	print_text(p->from.text);
	printf("\t%s\n", item->cause ? item->cause : "-");
}

static bool
show(const char *path)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof_list list;
	struct kith_error err;
	size_t i;

	kith_arena_init(&arena, KITH_MIB(256));
	if (kith_proof_parse(cases_read(path), &arena, &list, &err)) {
		fprintf(stderr, "cases: %s: %s\n", path, err.msg);
		return false;
	}
	for (i = 0; i < list.count; i++) {
		kith_proof_check(&list.items[i]);
		print_item(&list.items[i]);
	}
	return true;
}

int
cases_proof_file(int argc, char **argv)
{
	struct kith_error err;
	bool good = true;
	int i;

	if (!argc || kith_crypto_init(&err))
		return 2;
	for (i = 0; i < argc; i++)
		good &= show(argv[i]);
	return good ? 0 : 1;
}
