/* SPDX-License-Identifier: Apache-2.0 */
/* Key files and their folder: real ones open, damaged and greedy ones do not, none is torn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec/base64.h"
#include "identity/ids.h"
#include "unit/files.h"

#define ID "-2u1ewxZc-2f8WhurgrQJHVvcI7lrv2cU7NDGP0MCUc"

/* Both made by cargo-crev 0.27.1 for one throw-away key. */
static const char locked[] =
    "version: -1\npublic-key: " ID "\n"
    "sealed-secret-key: K57Sa569uykw33FS2zl11q53xx7o4YVtoJ3FUjey4_ntTBxASb3MbEacAogFdDUv\n"
    "seal-nonce: ru7dtSMi7lIoFIsFDEj2RgZZCl9n9DdgU4P9cFKWorQ\n"
    "pass:\n  version: 19\n  variant: argon2id\n  iterations: 192\n  memory-size: 4096\n"
    "  lanes: 2\n  salt: eZS-6AOhyTdkdbpLQ8qGrIjiuxPymdHaqK-SIpm4Bv0\n";
static const char silent[] =
    "version: -1\npublic-key: " ID "\n"
    "sealed-secret-key: 3dfqVkAAit8nBSANwRkpThfXfdxauByNCndFc2Rv2z2l7-i4sqmFbXu_4ZqM-uEW\n"
    "seal-nonce: uAdlQ2kM5JIA1vvieXxfUaJa8MFwwe8QX17l5DiIB20\n"
    "pass:\n  version: 19\n  variant: argon2id\n  iterations: 1\n  memory-size: 16\n"
    "  lanes: 1\n  salt: Zbez8sAEMuQtC_zPcXNP1wwGLcwOjeO51pRKnjBSC7E\n";
static const char seed_hex[] = "7bd44e9b012eb7fa2824169405a46c8c7ce5236988a0c4abb47b277038782e17";
static const struct kith_kdf cheap = {KITH_KDF_ARGON2ID, 1, 64, 2};

static int
parse(const char *text, struct kith_keyfile *ret, struct kith_error *err)
{
	return kith_keyfile_parse(kith_span_str(text), ret, err);
}

static void
secret_of(struct kith_secret *s, const char *text)
{
	struct kith_error err;

	assert_int_equal(kith_secret_copy(s, text, strlen(text), &err), 0);
}

static void
opens_what_cargo_crev_wrote(void **state)
{
	const char *const texts[] = {locked, silent}, *const words[] = {"correct horse \u00fc", ""};
	uint8_t want[32];
	size_t i;

	(void)state;
	assert_true(kith_hex_decode_exact(kith_span_str(seed_hex), want, 32));
	for (i = 0; i < 2; i++) {
		KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};
		KITH_AUTO_SECRET struct kith_secret pass = {0}, wrong = {0}, seed = {0}, no = {0};
		KITH_AUTO_BUF struct kith_buf b;
		struct kith_error err;
		char text[KITH_ID_TEXT + 1];

		kith_buf_init(&b, KITH_MAX_KEYFILE);
		secret_of(&pass, words[i]);
		secret_of(&wrong, "correct horse u");
		assert_int_equal(parse(texts[i], &kf, &err), 0);
		kith_base64_id(text, kf.id.bytes);
		assert_string_equal(text, ID);
		assert_null(kf.url);
		assert_int_equal(kith_keyfile_open(&kf, &wrong, &no, &err), KITH_E_PASSPHRASE);
		assert_null(no.ptr);
		assert_int_equal(kith_keyfile_open(&kf, &pass, &seed, &err), 0);
		assert_int_equal(seed.len, 32);
		assert_memory_equal(seed.ptr, want, 32);
		assert_int_equal(kith_keyfile_is_unprotected(&kf), i == 1);
		kith_keyfile_put(&kf, &b);
		assert_string_equal(kith_buf_str(&b), texts[i]);
	}
}

static void
seals_what_it_opens(void **state)
{
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0}, again = {0};
	KITH_AUTO_SECRET struct kith_secret seed = {0}, pass = {0}, got = {0};
	KITH_AUTO_BUF struct kith_buf b;
	uint8_t sealed[KITH_KEYFILE_SEALED];
	struct kith_error err;

	(void)state;
	kith_buf_init(&b, KITH_MAX_KEYFILE);
	assert_int_equal(kith_secret_random(&seed, 32, &err), 0);
	secret_of(&pass, "p");
	assert_int_equal(kith_keyfile_set_url(&kf, "https://example.org/a", &err), 0);
	assert_int_equal(kith_keyfile_seal(&kf, &seed, &pass, &cheap, &err), 0);
	memcpy(sealed, kf.sealed, sizeof(sealed));
	assert_int_equal(kith_keyfile_seal(&kf, &seed, &pass, &cheap, &err), 0);
	assert_memory_not_equal(sealed, kf.sealed, sizeof(sealed)); /* fresh salt and nonce */
	kith_keyfile_put(&kf, &b);
	assert_int_equal(kith_keyfile_parse(kith_buf_span(&b), &again, &err), 0);
	assert_string_equal(again.url, "https://example.org/a");
	assert_int_equal(kith_keyfile_open(&again, &pass, &got, &err), 0);
	assert_true(kith_secret_eq(&seed, &got));
}

static void
refuses_a_key_that_is_not_the_ids(void **state)
{
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};
	KITH_AUTO_SECRET struct kith_secret seed = {0};
	const struct kith_secret empty = {0};
	struct kith_error err;

	(void)state;
	assert_int_equal(parse(silent, &kf, &err), 0);
	kf.id.bytes[0] ^= 1;
	assert_int_equal(kith_keyfile_open(&kf, &empty, &seed, &err), KITH_E_CRYPTO);
	assert_null(seed.ptr);
}

/* Urls of any shape come back as they were; those with control characters are refused. */
static void
keeps_urls(void **state)
{
	static const char *const good[] = {"https://example.org/a",
					   "https://example.org/a:",
					   "- x",
					   "\"quoted\" \\ back",
					   "\xc3\xa4 # b: c",
					   "git@example.org:user/repo",
					   "null",
					   "-1",
					   "~",
					   "https://e.org/?a=b#c",
					   "[a, b]",
					   "*x",
					   "@at",
					   "%p",
					   "a\xf0\x9f\x98\x80"};
	static const char *const bad[] = {"",         "a\nb: c",        "a\tb",
					  "\x1b[31m", "a\xe2\x80\xae.", "\xff"};
	struct kith_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		KITH_AUTO_KEYFILE struct kith_keyfile kf = {0}, again = {0};
		KITH_AUTO_BUF struct kith_buf b;

		kith_buf_init(&b, KITH_MAX_KEYFILE);
		assert_int_equal(parse(silent, &kf, &err), 0);
		assert_int_equal(kith_keyfile_set_url(&kf, good[i], &err), 0);
		kith_keyfile_put(&kf, &b);
		assert_int_equal(kith_keyfile_parse(kith_buf_span(&b), &again, &err), 0);
		assert_string_equal(again.url, good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};

		assert_int_equal(parse(silent, &kf, &err), 0);
		assert_int_equal(kith_keyfile_set_url(&kf, bad[i], &err), KITH_E_USAGE);
		assert_null(kf.url);
	}
}

/* One line of `silent` replaced; what then is said. */
static void
refuses_damaged_files(void **state)
{
	static const struct {
		const char *from, *to;
		int want;
	} rows[] = {
	    {"version: -1\n", "version: 0\n", KITH_E_FORMAT},
	    {"version: -1\n", "version: x\n", KITH_E_FORMAT},
	    {"version: -1\n", "version: -2\n", 0},
	    {"version: -1\n", "", KITH_E_FORMAT},
	    {"version: -1\n", "version: -1\nextra: [1, 2]\n", 0},
	    {"version: -1\n", "version: -1\nurl: ~\n", 0},
	    {"version: -1\n", "version: -1\nurl: [a]\n", KITH_E_FORMAT},
	    {"version: -1\n", "version: -1\nurl: \"\\e[31m\"\n", KITH_E_FORMAT},
	    {"version: -1\n", "version: -1\nurl: a\nurl: b\n", KITH_E_FORMAT},
	    {ID, "AAAA", KITH_E_FORMAT},
	    {"_4ZqM-uEW", "_4ZqM-uE", KITH_E_FORMAT},
	    {"QX17l5DiIB20", "QX17l5DiIB2", KITH_E_FORMAT},
	    {"version: 19", "version: 16", 0},
	    {"version: 19", "version: -19", KITH_E_FORMAT},
	    {"argon2id", "Argon2id", 0},
	    {"argon2id", "scrypt", KITH_E_FORMAT},
	    {"argon2id", "rgon2id", KITH_E_FORMAT},
	    {"iterations: 1\n", "iterations: 0\n", KITH_E_FORMAT},
	    {"iterations: 1\n", "iterations: 4294967295\n", KITH_E_LIMIT},
	    {"iterations: 1\n", "iterations: 4294967296\n", KITH_E_FORMAT},
	    {"iterations: 1\n", "iterations: 1.0\n", KITH_E_FORMAT},
	    {"memory-size: 16", "memory-size: 4294967295", KITH_E_LIMIT},
	    {"memory-size: 16", "memory-size: 7", KITH_E_FORMAT},
	    {"  lanes: 1\n", "  lanes: 0\n", KITH_E_FORMAT},
	    {"  lanes: 1\n", "  lanes: 100000\n", KITH_E_LIMIT},
	    {"  lanes: 1\n", "  lanes: ~\n", 0},
	    {"  lanes: 1\n", "", 0},
	    {"Zbez8sAEMuQtC_zPcXNP1wwGLcwOjeO51pRKnjBSC7E", "AAAA", KITH_E_FORMAT},
	    {"pass:\n", "pass: 1\nx:\n", KITH_E_FORMAT},
	    {"sealed-secret-key:", "sealed:", KITH_E_FORMAT},
	    {"sealed-secret-key:", "held-by: ssh-agent\nx:", 0},
	    {"sealed-secret-key:", "held-by: a-friend\nx:", KITH_E_FORMAT},
	};
	struct kith_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};
		const char *at = strstr(silent, rows[i].from);
		KITH_AUTO_FREE char *text = NULL;
		int r;

		assert_non_null(at);
		text = kith_asprintf("%.*s%s%s", (int)(at - silent), silent, rows[i].to,
				     at + strlen(rows[i].from));
		assert_non_null(text);
		r = parse(text, &kf, &err);
		if (r != rows[i].want)
			print_error("row %zu (%s): %d %s\n", i, rows[i].to, r, r ? err.msg : "");
		assert_int_equal(r, rows[i].want);
	}
}

static void
limits_the_size(void **state)
{
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;

	(void)state;
	kith_buf_init(&b, KITH_MIB(1));
	kith_buf_put_str(&b, silent);
	kith_buf_put_char(&b, '#');
	kith_buf_put_fill(&b, 'x', KITH_MAX_KEYFILE - b.len - 1);
	kith_buf_put_char(&b, '\n');
	assert_int_equal(b.len, KITH_MAX_KEYFILE);
	assert_int_equal(kith_keyfile_parse(kith_buf_span(&b), &kf, &err), 0);
	kith_keyfile_clear(&kf);
	kith_buf_put_char(&b, '\n');
	assert_int_equal(kith_keyfile_parse(kith_buf_span(&b), &kf, &err), KITH_E_LIMIT);
}

static mode_t
mode_of(const struct files *f, const char *path)
{
	KITH_AUTO_FREE char *full = kith_fs_join(f->root, path);
	struct stat st;

	assert_int_equal(lstat(full, &st), 0);
	return st.st_mode & 07777;
}

static void
stores_privately(void **state)
{
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0}, got = {0};
	KITH_AUTO_OWN_IDS struct kith_own_ids ids = {0};
	struct files f;
	struct kith_error err;
	mode_t old = umask(0);

	(void)state;
	files_make(&f);
	assert_int_equal(parse(silent, &kf, &err), 0);
	assert_int_equal(kith_own_ids_list(f.root, &ids, &err), 0);
	assert_int_equal(ids.count, 0);
	assert_int_equal(kith_own_ids_load(f.root, &kf.id, &got, &err), KITH_E_NOTFOUND);
	assert_int_equal(kith_own_ids_store(f.root, &kf, false, &err), 0);
	assert_int_equal(mode_of(&f, "ids"), 0700);
	assert_int_equal(mode_of(&f, "ids/" ID ".yaml"), 0600);
	assert_int_equal(kith_own_ids_store(f.root, &kf, false, &err), KITH_E_EXISTS);
	assert_int_equal(kith_keyfile_set_url(&kf, "https://example.org/x", &err), 0);
	assert_int_equal(kith_own_ids_store(f.root, &kf, true, &err), 0);
	assert_int_equal(kith_own_ids_load(f.root, &kf.id, &got, &err), 0);
	assert_string_equal(got.url, "https://example.org/x");
	assert_int_equal(kith_own_ids_list(f.root, &ids, &err), 0);
	assert_int_equal(ids.count, 1);
	assert_null(ids.items[0].refused);
	umask(old);
	files_remove(&f);
}

/* Readable by others, a link, another id's name, damaged: listed, never used. */
static void
refuses_what_others_could_touch(void **state)
{
	KITH_AUTO_OWN_IDS struct kith_own_ids ids = {0};
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0}, got = {0};
	KITH_AUTO_FREE char *path = NULL, *other = NULL;
	struct kith_error err;
	struct files f;
	bool exposed;

	(void)state;
	files_make(&f);
	assert_int_equal(parse(silent, &kf, &err), 0);
	files_put(&f, "ids/" ID ".yaml", silent); /* 0644 */
	path = kith_own_ids_path(f.root, &kf.id);
	other = kith_fs_join(f.root, "elsewhere");
	assert_int_equal(kith_own_ids_load(f.root, &kf.id, &got, &err), KITH_E_USAGE);
	assert_non_null(strstr(err.hint, "chmod 600"));
	assert_int_equal(kith_own_ids_list(f.root, &ids, &err), 0);
	assert_int_equal(ids.count, 1);
	assert_non_null(ids.items[0].refused);
	assert_int_equal(kith_keyfile_read(path, &got, &exposed, &err), 0);
	assert_true(exposed);
	kith_keyfile_clear(&got);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(kith_keyfile_read(path, &got, &exposed, &err), 0);
	assert_false(exposed);
	kith_keyfile_clear(&got);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(kith_own_ids_load(f.root, &kf.id, &got, &err), KITH_E_USAGE);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(kith_own_ids_load(f.root, &kf.id, &got, &err), KITH_E_FORMAT);
	assert_int_equal(unlink(path), 0);
	kf.id.bytes[31] ^= 1;
	free(path);
	path = kith_own_ids_path(f.root, &kf.id);
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(kith_own_ids_load(f.root, &kf.id, &got, &err), KITH_E_FORMAT);
	assert_int_equal(truncate(path, 100), 0);
	assert_int_equal(kith_own_ids_load(f.root, &kf.id, &got, &err), KITH_E_FORMAT);
	files_remove(&f);
}

/* With no room on the disk the old file stays and nothing else is left behind. */
static void
survives_a_full_disk(void **state)
{
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0}, got = {0};
	struct kith_fs_names names = {0};
	KITH_AUTO_FREE char *dir = NULL;
	struct kith_error err;
	struct files f;
	int status;
	pid_t pid;

	(void)state;
	files_make(&f);
	dir = kith_fs_join(f.root, "ids");
	assert_int_equal(parse(silent, &kf, &err), 0);
	assert_int_equal(kith_own_ids_store(f.root, &kf, false, &err), 0);
	assert_int_equal(kith_keyfile_set_url(&kf, "https://example.org/x", &err), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit none = {40, 40};

		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &none))
			_exit(2);
		_exit(kith_own_ids_store(f.root, &kf, true, &err) == KITH_E_IO ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(kith_own_ids_load(f.root, &kf.id, &got, &err), 0);
	assert_null(got.url);
	assert_int_equal(kith_fs_list(dir, &names, &err), 0);
	assert_int_equal(names.count, 2); /* the lock and the key */
	kith_fs_names_free(&names);
	files_remove(&f);
}

/* Killed at any moment: the file is whole, and the next writer sweeps what was left. */
static void
survives_being_killed(void **state)
{
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};
	KITH_AUTO_FREE char *dir = NULL;
	struct kith_fs_names names = {0};
	struct kith_error err;
	struct files f;
	int i;

	(void)state;
	files_make(&f);
	dir = kith_fs_join(f.root, "ids");
	assert_int_equal(parse(silent, &kf, &err), 0);
	assert_int_equal(kith_own_ids_store(f.root, &kf, false, &err), 0);
	for (i = 0; i < 60; i++) {
		KITH_AUTO_KEYFILE struct kith_keyfile got = {0};
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			while (!kith_own_ids_store(f.root, &kf, true, &err))
				continue;
			_exit(1);
		}
		usleep((useconds_t)(200 + i * 97 % 5000));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		assert_int_equal(kith_own_ids_load(f.root, &kf.id, &got, &err), 0);
	}
	files_put(&f, "ids/" ID ".yaml.new", "left behind");
	assert_int_equal(kith_own_ids_store(f.root, &kf, true, &err), 0);
	assert_int_equal(kith_fs_list(dir, &names, &err), 0);
	assert_int_equal(names.count, 2);
	kith_fs_names_free(&names);
	files_remove(&f);
}

static int
setup(void **state)
{
	(void)state;
	return kith_crypto_init(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opens_what_cargo_crev_wrote),
	    cmocka_unit_test(seals_what_it_opens),
	    cmocka_unit_test(refuses_a_key_that_is_not_the_ids),
	    cmocka_unit_test(keeps_urls),
	    cmocka_unit_test(refuses_damaged_files),
	    cmocka_unit_test(limits_the_size),
	    cmocka_unit_test(stores_privately),
	    cmocka_unit_test(refuses_what_others_could_touch),
	    cmocka_unit_test(survives_a_full_disk),
	    cmocka_unit_test(survives_being_killed),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
