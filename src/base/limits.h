/* SPDX-License-Identifier: Apache-2.0 */
/* Every maximum that untrusted input meets, by name. Tests cross each of them. */
#ifndef KITH_BASE_LIMITS_H
#define KITH_BASE_LIMITS_H

#define KITH_KIB(n) ((size_t)(n) << 10)
#define KITH_MIB(n) ((size_t)(n) << 20)

/* codec */
#define KITH_MAX_TOML_BYTES KITH_MIB(64)
#define KITH_MAX_TOML_DEPTH 64
#define KITH_MAX_TOML_NODES ((size_t)4000000)
#define KITH_MAX_JSON_BYTES KITH_MIB(64)
#define KITH_MAX_JSON_DEPTH 32
#define KITH_MAX_JSON_NODES ((size_t)4000000)
#define KITH_MAX_YAML_BYTES KITH_KIB(64)
#define KITH_MAX_YAML_DEPTH 16
#define KITH_MAX_YAML_KEYS  64
#define KITH_MAX_YAML_NODES ((size_t)20000)

/* proof (crev format 2.4) */
#define KITH_MAX_PROOF_BODY     32000
#define KITH_MAX_PROOF_SIG      2000
#define KITH_MAX_PROOF_FILE     KITH_MIB(32)
#define KITH_MAX_PROOF_LINE     KITH_KIB(64)
#define KITH_MAX_PROOF_ITEMS    ((size_t)20000) /* proofs and refusals of one file */
#define KITH_MAX_PROOF_REFUSALS ((size_t)1000)  /* listed one by one; the rest is counted */
#define KITH_MAX_URL            2048

/* store and helpers */
#define KITH_MAX_PATH             4096
#define KITH_MAX_TREE_DEPTH       64
#define KITH_MAX_TREE_ENTRIES     ((size_t)200000)
#define KITH_MAX_DATABASE_ENTRIES ((size_t)500000) /* the same of a folder of advisories */
#define KITH_MAX_SOURCES          ((size_t)20000)
#define KITH_MAX_SET_VERSIONS     ((size_t)20000) /* read at once, of all sets together */
#define KITH_MAX_FRAME            KITH_MIB(33)
#define KITH_MAX_WALK_PER_ID      ((size_t)200) /* sources that one id makes us fetch */
#define KITH_MAX_WALK_WAVES       20            /* of newly trusted people */
#define KITH_MAX_REPO_FILES       20000u        /* proof files read of one repository */
#define KITH_MAX_REPO_BYTES       KITH_MIB(256) /* and their bytes */
#define KITH_MAX_DATABASE_FILES   400000u       /* files read of one repository of advisories */
#define KITH_MAX_DATABASE_BYTES   KITH_MIB(1024)
#define KITH_MAX_GIT_TREE         KITH_MIB(16)  /* one tree object */
#define KITH_MAX_GIT_OBJECT       KITH_MIB(128) /* any object in a pack */
#define KITH_MAX_FETCH_BYTES      KITH_MIB(64)  /* these: unless [fetch] says otherwise */
#define KITH_MAX_FETCH_OBJS       500000u
#define KITH_MAX_FETCH_REFS       100000u /* names that a server may list */
#define KITH_MAX_FETCH_HOPS       3u      /* redirects, all on one host */
#define KITH_MAX_FETCH_SECONDS    60u     /* for one source */
#define KITH_MAX_FETCH_IDLE       20u     /* seconds with next to nothing received */
#define KITH_MAX_RETRY_AFTER      86400u  /* seconds that a server may ask to be left alone */
#define KITH_MAX_BUNDLE           ((size_t)KITH_MIB(64)) /* evidence of one project in a file */
#define KITH_MAX_BUNDLE_ITEMS     ((size_t)1000000)
#define KITH_MAX_BUNDLE_REFS      10000u
#define KITH_MAX_JOURNAL          KITH_MIB(64)   /* text about one mirror */
#define KITH_MAX_GONE             KITH_MIB(32)   /* text of proofs that one source has withdrawn */
#define KITH_MAX_SEEN             KITH_MIB(64)   /* text about packages' first checksums */
#define KITH_MAX_SEEN_REGISTRIES  ((size_t)1000) /* that one name and version was seen from */
#define KITH_MAX_CARRIED          ((size_t)4 << 30) /* one file of carried evidence */
#define KITH_MAX_SKIP_REPORTS     100u              /* files not read that are named one by one */

/* package */
#define KITH_MAX_LOCK_BYTES     KITH_MIB(64)
#define KITH_MAX_LOCK_PKGS      ((size_t)1000000)
#define KITH_MAX_LOCK_ARENA     KITH_MIB(1024)
#define KITH_MAX_MANIFEST       KITH_MIB(4)
#define KITH_MAX_MANIFESTS      ((size_t)20000)   /* of one workspace, or of one vendored folder */
#define KITH_MAX_MANIFEST_TOTAL KITH_MIB(64)      /* bytes of all of them */
#define KITH_MAX_GLOB_VISITS    ((size_t)50000)   /* folder entries looked at for `members` */
#define KITH_MAX_PATH_DEPS      ((size_t)100000)  /* followed from a workspace's manifests */
#define KITH_MAX_KIND_MATCHES   ((size_t)1000000) /* to tell edges of one name apart */
#define KITH_MAX_PACKAGE_ID     ((size_t)1024)    /* name and version, looked for on disk */
#define KITH_MAX_CONFIG_TOTAL   KITH_MIB(16)      /* bytes of all of cargo's configuration files */
#define KITH_MAX_EXCLUDES       ((size_t)1000)
#define KITH_MAX_PARENTS        64 /* folders walked up for a lock file or a configuration */
#define KITH_MAX_REPLACE_HOPS   16 /* source replaced by source replaced by … */
#define KITH_MAX_INDEX_ENTRY    KITH_MIB(64)    /* what cargo remembers of one name */
#define KITH_MAX_REMEMBERED     ((size_t)65536) /* versions whose registry's facts are kept */
#define KITH_MAX_WARNINGS       ((size_t)50)
#define KITH_MAX_LOCK_FILES     ((size_t)500)     /* judged together */
#define KITH_MAX_LOCK_FOLDERS   ((size_t)200000)  /* looked into for them … */
#define KITH_MAX_LOCK_ENTRIES   ((size_t)2000000) /* … and their entries */
#define KITH_MAX_LOCK_DEPTH     32
#define KITH_MAX_LAGS           ((size_t)20) /* told of one lock file, the rest counted */
#define KITH_MAX_ARCHIVE        KITH_MIB(512)
#define KITH_MAX_UNPACKED       ((size_t)4 << 30)
#define KITH_MAX_UNPACK_SECONDS 60              /* of CPU for one archive */
#define KITH_MAX_DIGESTS        ((size_t)65536) /* remembered */

/* identity: parameters that a key file may ask for, before any work is done */
#define KITH_MAX_KDF_MEMORY_KIB 2097152u             /* 2 GiB */
#define KITH_MAX_KDF_WORK_KIB   ((uint64_t)64 << 20) /* passes times memory: 64 GiB */
#define KITH_MAX_KDF_PASSES     1000000u
#define KITH_MAX_KDF_LANES      512u /* cargo-crev writes the number of processors */
#define KITH_MAX_KDF_SALT       64u
#define KITH_MAX_KEYFILE        KITH_KIB(16)
#define KITH_MAX_OWN_IDS        ((size_t)1000)
#define KITH_MAX_PASSPHRASE     1024
#define KITH_MAX_AGENT_REPLY    KITH_KIB(256)
#define KITH_MAX_AGENT_KEYS     1000u

/* trust */
#define KITH_MAX_STATEMENTS_PER_ID 10000
#define KITH_MAX_STATEMENTS        ((size_t)64000000)
#define KITH_MAX_TRUST_IDS         ((size_t)60000000) /* an edge has 26 bits for its target */
#define KITH_MAX_IGNORES           ((size_t)64000000) /* of all statements together */
#define KITH_MAX_SCOPE             512
#define KITH_MAX_TRUST_TEXT        KITH_MIB(256) /* scopes and keys of overridden reviews */
#define KITH_MAX_TRUST_ROOTS       64

/* index */
#define KITH_MAX_INDEX_BYTES ((size_t)4 << 30)

/* evidence: audit sets (cargo-vet) */
#define KITH_MAX_VET_ARENA    KITH_MIB(768)      /* what one file becomes */
#define KITH_MAX_VET_REFUSALS ((size_t)1000)     /* listed one by one; the rest is counted */
#define KITH_MAX_VET_STEPS    ((size_t)50000000) /* of resolving one store */

/* evidence: what audit sets say, as one run of bytes */
#define KITH_MAX_CLAIM_SET          KITH_MIB(768)
#define KITH_MAX_CLAIM_SET_ENTRIES  ((size_t)5000000)
#define KITH_MAX_CLAIM_SET_SOURCES  ((size_t)10000)
#define KITH_MAX_CLAIM_SET_REFUSALS ((size_t)1000) /* named one by one; the rest counted */
#define KITH_MAX_CLAIM_SET_COMMENT  ((size_t)1024) /* the rest is cut off */

/* evidence: advisories */
#define KITH_MAX_RUSTSEC_FILE       KITH_MIB(1)  /* the largest real one has 10 KB */
#define KITH_MAX_OSV_RECORD         KITH_MIB(16) /* one JSON file */
#define KITH_MAX_ADVISORY_ARENA     KITH_MIB(256)
#define KITH_MAX_ADVISORY_ID        ((size_t)256)
#define KITH_MAX_ADVISORY_NAME      ((size_t)1024)
#define KITH_MAX_ADVISORY_TITLE     ((size_t)512)  /* the rest is cut off */
#define KITH_MAX_ADVISORY_REQS      ((size_t)1000) /* requirements of one file */
#define KITH_MAX_ADVISORY_ALIASES   ((size_t)10000)
#define KITH_MAX_ADVISORY_PACKAGES  ((size_t)10000)  /* affected entries of one record, … */
#define KITH_MAX_ADVISORY_RANGES    ((size_t)10000)  /* … their ranges, … */
#define KITH_MAX_ADVISORY_EVENTS    ((size_t)100000) /* … events … */
#define KITH_MAX_ADVISORY_VERSIONS  ((size_t)200000) /* … and versions */
#define KITH_MAX_ADVISORY_SET       KITH_MIB(768)    /* bytes of all advisories together */
#define KITH_MAX_ADVISORY_RECORDS   ((size_t)5000000)
#define KITH_MAX_ADVISORY_DATABASES ((size_t)1000)
#define KITH_MAX_ADVISORY_REFUSALS  ((size_t)1000) /* files named one by one; the rest counted */
#define KITH_MAX_GIT_COMMITS        ((size_t)5000000)
#define KITH_MAX_GIT_STEPS          ((size_t)200000000) /* of judging one range of commits */

/* evidence: pins */
#define KITH_MAX_PINS_BYTES   KITH_MIB(64)      /* kith.lock */
#define KITH_MAX_PINS_ENTRIES ((size_t)1000000) /* of one kind */
#define KITH_MAX_PINS_ARENA   KITH_MIB(1024)
#define KITH_MAX_PINS_WORD    ((size_t)4096) /* a URL, a path, a name */
#define KITH_MAX_PINNED_KEPT  4              /* indexes of pinned states in the cache */

/* policy */
#define KITH_MAX_CRITERIA      16 /* of one requirement */
#define KITH_MAX_INDEPENDENT   4  /* independence is counted up to here (verdict.md 5) */
#define KITH_MAX_CUT_STEPS     ((size_t)10000000) /* of the search for independence */
#define KITH_MIN_CUT_TRIALS    8
#define KITH_MAX_BAR_STEPS     ((size_t)200000) /* violations with a range times versions */
#define KITH_MAX_REPAIR_TRIALS 32 /* authors that explain tries as repairs of one package */

/* reports */
#define KITH_MAX_REMARKS  ((size_t)200)   /* findings about one project as a whole */
#define KITH_MAX_GLOBS    ((size_t)100)   /* of --only */
#define KITH_MAX_MARKDOWN ((size_t)60000) /* forges cut comments at 65,536 characters */

/* pictures of the trust graph */
#define KITH_MAX_PICTURE_PERSONS 2000u /* drawn; the rest is counted */
#define KITH_MAX_PICTURE_EDGES   8000u
#define KITH_MAX_PICTURE_BYTES   KITH_MIB(64)

/* configuration */
#define KITH_MAX_CONFIG         KITH_MIB(4)
#define KITH_MAX_STARTER        ((size_t)500)      /* sources of a starter set */
#define KITH_MAX_CONFIG_ENTRIES ((size_t)20000)    /* of one array of tables, or of `names` */
#define KITH_MAX_CONFIG_RULES   ((size_t)1000)     /* [package."GLOB"] */
#define KITH_MAX_CONFIG_LIST    ((size_t)1000)     /* items of one list */
#define KITH_MAX_CONFIG_TEXT    ((size_t)4096)     /* bytes of a reason */
#define KITH_MAX_CONFIG_WORD    ((size_t)512)      /* bytes of a name, version, glob */
#define KITH_MAX_CONFIG_DAYS    36500              /* of a duration */
#define KITH_MAX_CONFIG_BUDGET  250                /* of trust */
#define KITH_MAX_CONFIG_COST    255                /* of a step of trust */
#define KITH_MAX_CONFIG_JOBS    32                 /* fetches at once */
#define KITH_MAX_CONFIG_SECONDS 86400              /* for one source */
#define KITH_MAX_CONFIG_FETCH   ((size_t)16 << 30) /* bytes of one source */
#define KITH_MAX_CONFIG_OBJECTS 50000000           /* of one source */
#define KITH_MAX_CONFIG_REFS    1000000            /* likewise */
#define KITH_MAX_CONFIG_HOPS    20                 /* redirects */

#endif
