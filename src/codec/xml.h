/* SPDX-License-Identifier: Apache-2.0 */
/* Text inside XML and HTML: the one function through which anything untrusted gets there. */
#ifndef KITH_CODEC_XML_H
#define KITH_CODEC_XML_H

#include "base/base.h"

/*
 * Appends s as character data, good for elements and for quoted attributes: & < > " ' become
 * references; what kith_text_safe escapes (controls, bytes that are not UTF-8, bidirectional and
 * invisible characters) is escaped as there. No input makes markup, or characters that XML forbids.
 */
void kith_xml_put_text(struct kith_buf *out, struct kith_span s);

#endif
