/* SPDX-License-Identifier: Apache-2.0 */
/* Strict tar: headers, GNU long names and pax records; content is passed over unread. */
#include "helpers/unpack/gate.h"

/* Offsets and lengths in a ustar header. */
#define NAME_LEN      100
#define SIZE_AT       124
#define SIZE_LEN      12
#define CHECKSUM_AT   148
#define CHECKSUM_LEN  8
#define TYPE_AT       156
#define TARGET_AT     157
#define TARGET_LEN    100
#define MAGIC_AT      257
#define MAGIC_LEN     8
#define PREFIX_AT     345
#define PREFIX_LEN    155
#define MAX_EXTENSION KITH_KIB(64)

int
kith_gate_init(struct kith_gate *g, uint64_t max_bytes, struct kith_error *err)
{
	memset(g, 0, sizeof(*g));
	g->max = max_bytes;
	kith_buf_init(&g->extra, MAX_EXTENSION);
	kith_buf_init(&g->path, MAX_EXTENSION);
	kith_buf_init(&g->target, MAX_EXTENSION);
	g->seen = kith_blake2b_new();
	if (!g->seen)
		return kith_fail_nomem(err);
	kith_blake2b_start(g->seen);
	return KITH_OK;
}

void
kith_gate_clear(struct kith_gate *g)
{
	kith_buf_clear(&g->extra);
	kith_buf_clear(&g->path);
	kith_buf_clear(&g->target);
	kith_blake2b_free(g->seen);
	g->seen = NULL;
}

void
kith_gate_record(struct kith_blake2b_state *seen, enum kith_tree_type type, uint64_t size,
		 struct kith_span path, struct kith_span target)
{
	uint64_t head[4];

	if (type == KITH_TREE_DIR && path.len && path.ptr[path.len - 1] == '/')
		path.len--;
	head[0] = (uint64_t)type;
	head[1] = size;
	head[2] = path.len;
	head[3] = target.len;
	kith_blake2b_update(seen, kith_span(head, sizeof(head)));
	kith_blake2b_update(seen, path);
	kith_blake2b_update(seen, target);
}

/* Octal digits, blanks before, NUL or blank after; nothing else, so that all readers agree. */
static bool
octal(const uint8_t *field, size_t len, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0, digits = 0;

	while (i < len && field[i] == ' ')
		i++;
	for (; i < len && field[i] >= '0' && field[i] <= '7'; i++, digits++)
		v = v << 3 | (uint64_t)(field[i] - '0');
	for (; i < len; i++)
		if (field[i] && field[i] != ' ')
			return false;
	*ret = v;
	return digits > 0;
}

static bool
checksum_holds(const uint8_t *h)
{
	uint64_t said, sum = 0;
	size_t i;

	for (i = 0; i < KITH_TAR_BLOCK; i++)
		sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_LEN ? ' ' : h[i];
	return octal(h + CHECKSUM_AT, CHECKSUM_LEN, &said) && said == sum;
}

static struct kith_span
field(const uint8_t *h, size_t at, size_t len)
{
	struct kith_span s = kith_span(h + at, len);

	s.len = kith_span_find(s, 0, '\0');
	return s;
}

/* The name of an entry: from an extension header, else from the header's own fields. */
static void
own_path(struct kith_gate *g)
{
	const uint8_t *h = g->block;
	bool posix = memcmp(h + MAGIC_AT, "ustar\0", 6) == 0;
	struct kith_span prefix = field(h, PREFIX_AT, PREFIX_LEN);

	if (g->has_path)
		return;
	kith_buf_reset(&g->path);
	if (posix && prefix.len) {
		kith_buf_put_span(&g->path, prefix);
		kith_buf_put_char(&g->path, '/');
	}
	kith_buf_put_span(&g->path, field(h, 0, NAME_LEN));
}

static void
forget_extension(struct kith_gate *g)
{
	g->extended = g->pax = g->has_path = g->has_target = false;
	kith_buf_reset(&g->path);
	kith_buf_reset(&g->target);
}

static int
take_entry(struct kith_gate *g, enum kith_tree_type type, uint64_t size, struct kith_error *err)
{
	struct kith_span path, target = KITH_SPAN_NONE;
	int r;

	own_path(g);
	r = kith_buf_check(&g->path, err);
	if (r)
		return r;
	path = kith_buf_span(&g->path);
	if (type == KITH_TREE_LINK)
		target = g->has_target ? kith_buf_span(&g->target)
				       : field(g->block, TARGET_AT, TARGET_LEN);
	else if (g->has_target)
		return kith_fail(err, KITH_E_FORMAT, "%.*s: a link target for what is no link",
				 KITH_SPAN_FMT(path));
	/* Some readers make a folder of it. */
	if (type == KITH_TREE_FILE && path.len && path.ptr[path.len - 1] == '/')
		return kith_fail(err, KITH_E_FORMAT, "%.*s: a file whose name ends with /",
				 KITH_SPAN_FMT(path));
	/* Some readers skip this many bytes, some do not. */
	if (type != KITH_TREE_FILE && size)
		return kith_fail(err, KITH_E_FORMAT, "%.*s: a link or folder with content",
				 KITH_SPAN_FMT(path));
	kith_gate_record(g->seen, type, size, path, target);
	forget_extension(g);
	return KITH_OK;
}

static const char *
refused_type(uint8_t type)
{
	switch (type) {
	case '1':
		return "hard link";
	case '3':
	case '4':
		return "device";
	case '6':
		return "named pipe";
	case 'S':
		return "sparse file";
	default:
		return "unknown type of entry";
	}
}

static int
take_type(struct kith_gate *g, uint64_t size, struct kith_error *err)
{
	uint8_t type = g->block[TYPE_AT];
	struct kith_span path;

	switch (type) {
	case '0':
	case '\0':
		return take_entry(g, KITH_TREE_FILE, size, err);
	case '2':
		return take_entry(g, KITH_TREE_LINK, size, err);
	case '5':
		return take_entry(g, KITH_TREE_DIR, size, err);
	case 'x':
	case 'g':
	case 'L':
	case 'K':
		if (size > MAX_EXTENSION)
			return kith_fail(err, KITH_E_LIMIT, "extension header of %llu bytes",
					 (unsigned long long)size);
		g->extra_type = (char)type;
		g->extra_size = (size_t)size;
		kith_buf_reset(&g->extra);
		return KITH_OK;
	default:
		own_path(g);
		path = kith_buf_span(&g->path);
		return kith_fail(err, KITH_E_FORMAT, "%.*s: %s", KITH_SPAN_FMT(path),
				 refused_type(type));
	}
}

/* "LENGTH KEY=VALUE\n", cut off *rest. */
static bool
next_record(struct kith_span *rest, struct kith_span *ret_key, struct kith_span *ret_value)
{
	size_t blank = kith_span_find(*rest, 0, ' '), equals;
	struct kith_span record;
	uint64_t len;

	if (!kith_span_u64(kith_span_sub(*rest, 0, blank), &len) || len < blank + 4 ||
	    len > rest->len || rest->ptr[len - 1] != '\n')
		return false;
	record = kith_span_sub(*rest, blank + 1, (size_t)len - blank - 2);
	equals = kith_span_find(record, 0, '=');
	if (equals == 0 || equals == record.len)
		return false;
	*ret_key = kith_span_sub(record, 0, equals);
	*ret_value = kith_span_sub(record, equals + 1, record.len);
	*rest = kith_span_sub(*rest, (size_t)len, rest->len);
	return true;
}

static int
take_name(bool *has, struct kith_buf *to, struct kith_span name, struct kith_error *err)
{
	if (*has)
		return kith_fail(err, KITH_E_FORMAT, "a name is given twice");
	if (!name.len || kith_span_find(name, 0, '\0') != name.len)
		return kith_fail(err, KITH_E_FORMAT, "an empty name or one with a NUL");
	*has = true;
	kith_buf_reset(to);
	kith_buf_put_span(to, name);
	return kith_buf_check(to, err);
}

/* Keys that change nothing we look at. */
static bool
is_harmless(struct kith_span key)
{
	static const char *const names[] = {"mtime", "atime", "ctime", "uid",
					    "gid",   "uname", "gname", "comment"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (kith_span_is(key, names[i]))
			return true;
	return kith_span_starts(key, KITH_SPAN_LIT("LIBARCHIVE.xattr.")) ||
	       kith_span_starts(key, KITH_SPAN_LIT("SCHILY.xattr.")) ||
	       kith_span_is(key, "LIBARCHIVE.creationtime");
}

static int
take_pax(struct kith_gate *g, struct kith_error *err)
{
	struct kith_span rest = kith_buf_span(&g->extra), key, value;
	int r;

	while (rest.len) {
		if (!next_record(&rest, &key, &value))
			return kith_fail(err, KITH_E_FORMAT, "malformed pax record");
		r = KITH_OK;
		if (kith_span_is(key, "path"))
			r = take_name(&g->has_path, &g->path, value, err);
		else if (kith_span_is(key, "linkpath"))
			r = take_name(&g->has_target, &g->target, value, err);
		else if (!is_harmless(key))
			r = kith_fail(err, KITH_E_FORMAT, "pax record '%.*s' is not supported",
				      KITH_SPAN_FMT(key));
		if (r)
			return r;
	}
	return KITH_OK;
}

/* A global header speaks of all entries to come; readers differ in what they do with it. */
static int
take_global(struct kith_gate *g, struct kith_error *err)
{
	struct kith_span rest = kith_buf_span(&g->extra), key, value;

	while (rest.len) {
		if (!next_record(&rest, &key, &value))
			return kith_fail(err, KITH_E_FORMAT, "malformed pax record");
		if (!kith_span_is(key, "comment"))
			return kith_fail(err, KITH_E_FORMAT,
					 "global pax record '%.*s' is not supported",
					 KITH_SPAN_FMT(key));
	}
	return KITH_OK;
}

static int
take_extra(struct kith_gate *g, struct kith_error *err)
{
	struct kith_span s;
	int r = kith_buf_check(&g->extra, err);

	if (r)
		return r;
	if (g->extra_type == 'g')
		return take_global(g, err);
	/* Of several pax headers some readers know the last only. */
	if (g->extra_type == 'x' && g->pax)
		return kith_fail(err, KITH_E_FORMAT, "two pax headers for one entry");
	g->extended = true;
	if (g->extra_type == 'x') {
		g->pax = true;
		return take_pax(g, err);
	}
	s = kith_buf_span(&g->extra);
	if (s.len && s.ptr[s.len - 1] == '\0')
		s.len--;
	return g->extra_type == 'L' ? take_name(&g->has_path, &g->path, s, err)
				    : take_name(&g->has_target, &g->target, s, err);
}

static bool
is_zero(const uint8_t *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (bytes[i])
			return false;
	return true;
}

static int
take_header(struct kith_gate *g, struct kith_error *err)
{
	const uint8_t *h = g->block;
	uint64_t size;
	int r;

	if (is_zero(h, KITH_TAR_BLOCK)) {
		if (g->extended)
			return kith_fail(err, KITH_E_FORMAT, "extension header without its entry");
		g->state = KITH_GATE_END;
		g->zeros = KITH_TAR_BLOCK;
		return KITH_OK;
	}
	if (!checksum_holds(h))
		return kith_fail(err, KITH_E_FORMAT, "a tar header's checksum is wrong");
	if (memcmp(h + MAGIC_AT, "ustar\00000", MAGIC_LEN) != 0 &&
	    memcmp(h + MAGIC_AT, "ustar  \0", MAGIC_LEN) != 0)
		return kith_fail(err, KITH_E_FORMAT, "neither a POSIX nor a GNU tar header");
	if (!octal(h + SIZE_AT, SIZE_LEN, &size))
		return kith_fail(err, KITH_E_FORMAT, "a tar header's size is no octal number");
	r = take_type(g, size, err);
	if (r)
		return r;
	g->left = (size + KITH_TAR_BLOCK - 1) / KITH_TAR_BLOCK * KITH_TAR_BLOCK;
	g->state = g->extra_type ? KITH_GATE_EXTRA : KITH_GATE_DATA;
	return KITH_OK;
}

/* What of `bytes` belongs to content or padding; an extension header's content is kept. */
static size_t
pass_over(struct kith_gate *g, struct kith_span bytes)
{
	size_t n = bytes.len < g->left ? bytes.len : (size_t)g->left;
	size_t want = g->extra_size - g->extra.len;

	if (g->state == KITH_GATE_EXTRA)
		kith_buf_put(&g->extra, bytes.ptr, n < want ? n : want);
	g->left -= n;
	return n;
}

static int
step(struct kith_gate *g, struct kith_span *bytes, struct kith_error *err)
{
	size_t n;
	int r = KITH_OK;

	switch (g->state) {
	case KITH_GATE_HEADER:
		n = KITH_TAR_BLOCK - g->have;
		n = bytes->len < n ? bytes->len : n;
		memcpy(g->block + g->have, bytes->ptr, n);
		g->have += n;
		if (g->have == KITH_TAR_BLOCK) {
			g->have = 0;
			r = take_header(g, err);
		}
		break;
	case KITH_GATE_DATA:
	case KITH_GATE_EXTRA:
		n = pass_over(g, *bytes);
		break;
	case KITH_GATE_END:
	default:
		n = bytes->len;
		g->zeros += n;
		if (!is_zero(bytes->ptr, n))
			r = kith_fail(err, KITH_E_FORMAT, "data after the end of the archive");
		break;
	}
	*bytes = kith_span_sub(*bytes, n, bytes->len);
	return r;
}

int
kith_gate_feed(struct kith_gate *g, struct kith_span bytes, struct kith_error *err)
{
	int r = KITH_OK;

	g->total += bytes.len;
	if (g->total > g->max)
		return kith_fail(err, KITH_E_LIMIT, "more than %llu bytes when unpacked",
				 (unsigned long long)g->max);
	while (bytes.len && !r) {
		r = step(g, &bytes, err);
		if (!r && g->state == KITH_GATE_EXTRA && !g->left) {
			r = take_extra(g, err);
			g->extra_type = '\0';
			g->state = KITH_GATE_HEADER;
		} else if (!r && g->state == KITH_GATE_DATA && !g->left) {
			g->state = KITH_GATE_HEADER;
		}
	}
	return r;
}

int
kith_gate_end(struct kith_gate *g, struct kith_digest *ret_seen, struct kith_error *err)
{
	/* An archive that was cut between two entries looks whole without the two blocks. */
	if (g->state != KITH_GATE_END || g->zeros < 2 * KITH_TAR_BLOCK || g->zeros % KITH_TAR_BLOCK)
		return kith_fail(err, KITH_E_FORMAT, "the archive is cut short");
	kith_blake2b_finish(g->seen, ret_seen);
	return KITH_OK;
}
