/* SPDX-License-Identifier: Apache-2.0 */
/* Everything of libkith in one include. */
#ifndef KITH_H
#define KITH_H

#include <kith/error.h>
#include <kith/types.h>
#include <kith/session.h>
#include <kith/verify.h>
#include <kith/doctor.h>
#include <kith/explain.h>
#include <kith/query.h>
#include <kith/search.h>
#include <kith/words.h>
#include <kith/fetch.h>
#include <kith/source.h>
#include <kith/graph.h>
#include <kith/identity.h>
#include <kith/author.h>
#include <kith/look.h>
#include <kith/review.h>
#include <kith/vet.h>
#include <kith/todo.h>
#include <kith/guard.h>
#include <kith/policy.h>
#include <kith/pin.h>
#include <kith/bundle.h>

#endif
