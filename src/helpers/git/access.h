/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user's git configuration says about reaching one place: for his own repositories and for
 * sources that he named himself, never for what others name. It is read in the child, before that
 * is confined.
 */
#ifndef KITH_HELPERS_GIT_ACCESS_H
#define KITH_HELPERS_GIT_ACCESS_H

#include "helpers/git/job.h"

struct user_access {
	char *ssh_command; /* core.sshCommand; NULL: none */
	char *ca_file;     /* http.sslCAInfo */
	char *proxy;       /* http.proxy; "": none; NULL: what the environment says */
	char *url;         /* after url.*.insteadOf; NULL: as it was */
	bool has_helper;   /* credential.helper */
	int broker;        /* to the process that asks git for passwords; -1: asked directly */
	bool asked;        /* git was asked for a password */
	bool rejected;     /* the server did not take it */
	char *user, *password;
};

void access_init(struct user_access *a);
void access_clear(struct user_access *a); /* wipes the password */
#define ACCESS_AUTO KITH_CLEANUP(access_clear)

/* --- access.c --- */

/* From now on in this process: the user's own files, where git itself would look for them. */
void access_use_configuration(void);
/* Those of `repo`, or without one (NULL) his alone. */
int access_open_config(git_repository *repo, git_config **ret, struct kith_error *err);
/* Fills in what `config` says about `url`, as git matches http.<url>.*, and about its name. */
int access_read(struct user_access *a, git_config *config, const char *url, struct kith_error *err);
/* Both, for a source; afterwards this process reads his configuration no more. */
int access_prepare(struct user_access *a, const char *url, struct kith_error *err);

/* --- credential.c --- */

/*
 * Starts a process that asks git's credential helpers about this one place, and nothing else: the
 * child that speaks to the server is confined afterwards and could not start them itself.
 */
int credential_start(struct user_access *a, const struct kith_helper_url *u,
		     struct kith_error *err);
/* Asks `git credential fill`; false if git has none. Once a connection. */
bool credential_fill(struct user_access *a, const struct kith_helper_url *u);
/* Tells the helpers that it worked, or that it did not; wipes it in that case. */
void credential_report(struct user_access *a, const struct kith_helper_url *u, bool worked);
void credential_clear(struct user_access *a);

#endif
