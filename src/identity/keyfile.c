/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, writing, opening and sealing key files. Keeps no secret; names none in a message. */
#include <unistd.h>

#include "base/base.h"
#include "codec/base64.h"
#include "codec/yaml.h"
#include "identity/keyfile.h"

#define KDF_OUTPUT_VERSION 19   /* what crev writes; readers ignore it (crev format 4.3) */
#define UNPROTECTED_MEMORY 1024 /* KiB */
#define ARENA_MAX          KITH_MIB(4)

const struct kith_kdf kith_keyfile_unprotected = {KITH_KDF_ARGON2ID, 1, 16, 1};

static const char *const variant_names[] = {"argon2d", "argon2i", "argon2id"};

void
kith_keyfile_clear(struct kith_keyfile *kf)
{
	free(kf->url);
	free(kf->url_type);
	memset(kf, 0, sizeof(*kf));
}

static int
need(const struct kith_yaml *map, const char *key, struct kith_span *ret, struct kith_error *err)
{
	if (!kith_yaml_get_scalar(map, key, ret))
		return kith_fail(err, KITH_E_FORMAT, "no key file: `%s` is missing", key);
	return KITH_OK;
}

static int
need_bytes(const struct kith_yaml *map, const char *key, uint8_t *out, size_t n,
	   struct kith_error *err)
{
	struct kith_span text;
	int r = need(map, key, &text, err);

	if (!r && !kith_base64_decode_exact(text, out, n))
		return kith_fail(err, KITH_E_FORMAT, "`%s` is not %zu bytes in base64url", key, n);
	return r;
}

static int
need_number(const struct kith_yaml *map, const char *key, uint32_t *ret, struct kith_error *err)
{
	struct kith_span text;
	uint64_t v;
	int r = need(map, key, &text, err);

	if (r)
		return r;
	if (!kith_span_u64(text, &v) || v > UINT32_MAX)
		return kith_fail(err, KITH_E_FORMAT, "`%s` is no number of 32 bits", key);
	*ret = (uint32_t)v;
	return KITH_OK;
}

/* crev: -1 and below are known, anything above is from the future. */
static int
check_version(const struct kith_yaml *root, struct kith_error *err)
{
	struct kith_span text, digits;
	uint64_t v;
	int r = need(root, "version", &text, err);

	if (r)
		return r;
	digits = text;
	if (kith_span_skip(&digits, "-") && kith_span_u64(digits, &v) && v > 0)
		return KITH_OK;
	if (kith_span_u64(text, &v))
		return kith_fail(err, KITH_E_FORMAT,
				 "key file of version %.*s: made by something newer than this kith",
				 KITH_SPAN_FMT(text));
	return kith_fail(err, KITH_E_FORMAT, "`version` is no number");
}

static bool
is_clean_text(struct kith_span text)
{
	size_t pos = 0;
	uint32_t c;

	while (kith_utf8_next(text, &pos, &c))
		if (kith_text_is_unsafe(c))
			return false;
	return pos == text.len;
}

static int
copy_text(char **ret, struct kith_span text, struct kith_error *err)
{
	*ret = kith_strndup(text.ptr, text.len);
	return *ret ? KITH_OK : kith_fail_nomem(err);
}

static int
read_url(const struct kith_yaml *root, struct kith_keyfile *kf, struct kith_error *err)
{
	const struct kith_yaml *url = kith_yaml_get(root, "url");
	struct kith_span type;
	int r;

	if (!url || kith_yaml_is_null(url))
		return KITH_OK;
	if (url->type != KITH_YAML_SCALAR || url->scalar.len > KITH_MAX_URL ||
	    !is_clean_text(url->scalar))
		return kith_fail(err, KITH_E_FORMAT, "`url` is no URL");
	r = copy_text(&kf->url, url->scalar, err);
	if (r || !kith_yaml_get_scalar(root, "url-type", &type) || kith_span_is(type, "git"))
		return r;
	if (type.len > KITH_MAX_URL || !is_clean_text(type))
		return kith_fail(err, KITH_E_FORMAT, "`url-type` is not understood");
	return copy_text(&kf->url_type, type, err);
}

static int
read_variant(const struct kith_yaml *pass, struct kith_keyfile *kf, struct kith_error *err)
{
	struct kith_span text;
	int r = need(pass, "variant", &text, err);
	size_t i;

	if (r)
		return r;
	for (i = 0; i < sizeof(variant_names) / sizeof(variant_names[0]); i++) {
		/* written capitalised by some versions */
		if (text.len && (text.ptr[0] == 'a' || text.ptr[0] == 'A') &&
		    kith_span_is(kith_span_sub(text, 1, text.len), variant_names[i] + 1)) {
			kf->kdf.variant = (enum kith_kdf_variant)i;
			return KITH_OK;
		}
	}
	return kith_fail(err, KITH_E_FORMAT, "`variant` is no kind of Argon2 known here");
}

/* 0 where it does not say: see lanes_of. */
static int
read_lanes(const struct kith_yaml *pass, struct kith_keyfile *kf, struct kith_error *err)
{
	const struct kith_yaml *lanes = kith_yaml_get(pass, "lanes");
	int r;

	if (!lanes || kith_yaml_is_null(lanes))
		return KITH_OK;
	r = need_number(pass, "lanes", &kf->kdf.lanes, err);
	if (!r && !kf->kdf.lanes)
		return kith_fail(err, KITH_E_FORMAT, "`lanes` is 0");
	return r;
}

static int
read_salt(const struct kith_yaml *pass, struct kith_keyfile *kf, struct kith_error *err)
{
	struct kith_span salt;
	int r = need(pass, "salt", &salt, err);

	if (!r && !kith_base64_decode(salt, kf->salt, sizeof(kf->salt), &kf->salt_len))
		return kith_fail(err, KITH_E_FORMAT, "`salt` is not at most %zu bytes in base64url",
				 sizeof(kf->salt));
	return r;
}

static int
read_pass(const struct kith_yaml *root, struct kith_keyfile *kf, struct kith_error *err)
{
	const struct kith_yaml *pass = kith_yaml_get(root, "pass");
	struct kith_kdf asked;
	uint32_t ignored;
	int r;

	if (!pass || pass->type != KITH_YAML_MAPPING)
		return kith_fail(err, KITH_E_FORMAT, "no key file: `pass` is missing");
	r = need_number(pass, "version", &ignored, err);
	if (!r)
		r = read_variant(pass, kf, err);
	if (!r)
		r = need_number(pass, "iterations", &kf->kdf.passes, err);
	if (!r)
		r = need_number(pass, "memory-size", &kf->kdf.memory_kib, err);
	if (!r)
		r = read_lanes(pass, kf, err);
	if (!r)
		r = read_salt(pass, kf, err);
	if (r)
		return r;
	asked = kf->kdf;
	if (!asked.lanes)
		asked.lanes = 1;
	return kith_kdf_check(&asked, kf->salt_len, err);
}

static int
read_file(const struct kith_yaml *root, struct kith_keyfile *kf, struct kith_error *err)
{
	struct kith_span holder;
	int r = check_version(root, err);

	if (!r)
		r = read_url(root, kf, err);
	if (!r)
		r = need_bytes(root, "public-key", kf->id.bytes, sizeof(kf->id.bytes), err);
	if (r)
		return r;
	if (kith_yaml_get_scalar(root, "held-by", &holder)) {
		if (!kith_span_is(holder, "ssh-agent"))
			return kith_fail(err, KITH_E_FORMAT, "`held-by` names nothing known here");
		kf->ssh_agent = true;
		return KITH_OK;
	}
	r = need_bytes(root, "sealed-secret-key", kf->sealed, sizeof(kf->sealed), err);
	if (!r)
		r = need_bytes(root, "seal-nonce", kf->nonce, sizeof(kf->nonce), err);
	if (!r)
		r = read_pass(root, kf, err);
	return r;
}

int
kith_keyfile_parse(struct kith_span text, struct kith_keyfile *ret, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};
	const struct kith_yaml *root;
	int r;

	kith_arena_init(&arena, ARENA_MAX);
	if (text.len > KITH_MAX_KEYFILE)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu bytes: no key file",
				 KITH_MAX_KEYFILE);
	r = kith_yaml_parse(text, &arena, &root, err);
	if (!r)
		r = read_file(root, &kf, err);
	if (r)
		return r;
	*ret = kf;
	memset(&kf, 0, sizeof(kf));
	return KITH_OK;
}

/* Plain where nobody could take it for anything else, else in double quotes. */
static void
put_text(struct kith_buf *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._~:/?#@!$&'()*+,;=%";
	size_t n = strlen(text), i;
	bool safe = n && strspn(text, plain) == n && text[n - 1] != ':' &&
		    ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z')) &&
		    strchr(text, ':');

	if (safe) {
		kith_buf_put_str(out, text);
		return;
	}
	kith_buf_put_char(out, '"');
	for (i = 0; i < n; i++) {
		if (text[i] == '"' || text[i] == '\\')
			kith_buf_put_char(out, '\\');
		kith_buf_put_char(out, text[i]);
	}
	kith_buf_put_char(out, '"');
}

static void
put_line_text(struct kith_buf *out, const char *key, const char *text)
{
	kith_buf_printf(out, "%s: ", key);
	put_text(out, text);
	kith_buf_put_char(out, '\n');
}

static void
put_line_bytes(struct kith_buf *out, const char *key, const uint8_t *bytes, size_t n)
{
	kith_buf_printf(out, "%s: ", key);
	kith_base64_put(out, bytes, n);
	kith_buf_put_char(out, '\n');
}

void
kith_keyfile_put(const struct kith_keyfile *kf, struct kith_buf *out)
{
	kith_buf_put_str(out, "version: -1\n");
	if (kf->url)
		put_line_text(out, "url", kf->url);
	if (kf->url && kf->url_type)
		put_line_text(out, "url-type", kf->url_type);
	put_line_bytes(out, "public-key", kf->id.bytes, sizeof(kf->id.bytes));
	if (kf->ssh_agent) {
		kith_buf_put_str(out, "held-by: ssh-agent\n");
		return;
	}
	put_line_bytes(out, "sealed-secret-key", kf->sealed, sizeof(kf->sealed));
	put_line_bytes(out, "seal-nonce", kf->nonce, sizeof(kf->nonce));
	kith_buf_printf(out, "pass:\n  version: %d\n  variant: %s\n  iterations: %u\n",
			KDF_OUTPUT_VERSION, variant_names[kf->kdf.variant], kf->kdf.passes);
	kith_buf_printf(out, "  memory-size: %u\n", kf->kdf.memory_kib);
	if (kf->kdf.lanes)
		kith_buf_printf(out, "  lanes: %u\n", kf->kdf.lanes);
	put_line_bytes(out, "  salt", kf->salt, kf->salt_len);
}

int
kith_keyfile_set_url(struct kith_keyfile *kf, const char *url, struct kith_error *err)
{
	struct kith_span s = kith_span_str(url);
	char *copy = NULL;
	int r;

	if (url && (!s.len || s.len > KITH_MAX_URL || !is_clean_text(s)))
		return kith_fail(err, KITH_E_USAGE, "'%.*s' is no URL", KITH_SPAN_FMT(s));
	if (url) {
		r = copy_text(&copy, s, err);
		if (r)
			return r;
	}
	free(kf->url);
	free(kf->url_type);
	kf->url = copy;
	kf->url_type = NULL;
	return KITH_OK;
}

/* Files of an old cargo-crev name no lanes: it took the number of processors (crev format 4.3). */
static uint32_t
lanes_of(const struct kith_keyfile *kf)
{
	long cpus;

	if (kf->kdf.lanes)
		return kf->kdf.lanes;
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	return cpus < 1 ? 1 : cpus > (long)KITH_MAX_KDF_LANES ? KITH_MAX_KDF_LANES : (uint32_t)cpus;
}

static int
check_public_key(const struct kith_keyfile *kf, const struct kith_secret *seed,
		 struct kith_error *err)
{
	struct kith_id id;

	if (seed->len != KITH_SEED_BYTES)
		return kith_fail(err, KITH_E_CRYPTO, "the sealed key has an impossible length");
	kith_ed25519_public(seed->ptr, &id);
	if (memcmp(id.bytes, kf->id.bytes, sizeof(id.bytes)) != 0)
		return kith_hint(
		    err,
		    kith_fail(err, KITH_E_CRYPTO,
			      "the sealed key is that of another id than `public-key`"),
		    "somebody changed this file: take it from a backup");
	return KITH_OK;
}

int
kith_keyfile_open(const struct kith_keyfile *kf, const struct kith_secret *passphrase,
		  struct kith_secret *ret_seed, struct kith_error *err)
{
	KITH_AUTO_SECRET struct kith_secret key = {0}, seed = {0};
	struct kith_kdf kdf = kf->kdf;
	int r;

	if (kf->ssh_agent)
		return kith_fail(err, KITH_E_USAGE, "the key is in an ssh-agent, not in the file");
	kdf.lanes = lanes_of(kf);
	r = kith_kdf_derive(&kdf, passphrase, kith_span(kf->salt, kf->salt_len), KITH_SIV_KEY, &key,
			    err);
	if (!r)
		r = kith_siv_open(&key, kith_span(kf->nonce, sizeof(kf->nonce)),
				  kith_span(kf->sealed, sizeof(kf->sealed)), &seed, err);
	if (r == KITH_E_PASSPHRASE && !kf->kdf.lanes)
		kith_hint(err, r,
			  "the file names no lanes: only the machine that made it can open it");
	if (!r)
		r = check_public_key(kf, &seed, err);
	if (!r)
		kith_secret_move(ret_seed, &seed);
	return r;
}

int
kith_keyfile_seal(struct kith_keyfile *kf, const struct kith_secret *seed,
		  const struct kith_secret *passphrase, const struct kith_kdf *kdf,
		  struct kith_error *err)
{
	KITH_AUTO_SECRET struct kith_secret key = {0}, again = {0};
	uint8_t salt[32], nonce[KITH_KEYFILE_NONCE], sealed[KITH_KEYFILE_SEALED];
	int r;

	if (seed->len != KITH_SEED_BYTES)
		return kith_fail(err, KITH_E_INTERNAL, "a seed of %zu bytes", seed->len);
	kith_random(salt, sizeof(salt));
	kith_random(nonce, sizeof(nonce));
	r = kith_kdf_derive(kdf, passphrase, kith_span(salt, sizeof(salt)), KITH_SIV_KEY, &key,
			    err);
	if (!r)
		r = kith_siv_seal(&key, kith_span(nonce, sizeof(nonce)), seed, sealed, err);
	/* a key that was sealed wrongly is lost: look before the old file goes */
	if (!r)
		r = kith_siv_open(&key, kith_span(nonce, sizeof(nonce)),
				  kith_span(sealed, sizeof(sealed)), &again, err);
	if (!r && !kith_secret_eq(seed, &again))
		r = kith_fail(err, KITH_E_CRYPTO, "the sealed key does not open again");
	if (r)
		return r;
	kith_ed25519_public(seed->ptr, &kf->id);
	kf->ssh_agent = false;
	kf->kdf = *kdf;
	memcpy(kf->sealed, sealed, sizeof(sealed));
	memcpy(kf->nonce, nonce, sizeof(nonce));
	memcpy(kf->salt, salt, sizeof(salt));
	kf->salt_len = sizeof(salt);
	return KITH_OK;
}

bool
kith_keyfile_is_unprotected(const struct kith_keyfile *kf)
{
	KITH_AUTO_SECRET struct kith_secret seed = {0};
	const struct kith_secret empty = {0};

	/* more memory than that would be asked of whoever only lists ids */
	if (kf->ssh_agent || kf->kdf.passes != 1 || kf->kdf.memory_kib > UNPROTECTED_MEMORY)
		return false;
	return kith_keyfile_open(kf, &empty, &seed, NULL) == KITH_OK;
}
